/** The times of the headset model, each with its reason (facts/hid.md sections 4 and 5). */

/** Between two writes. Writes in quick succession have made devices end the call (facts/hid.md 4.5). */
export const writeGapMs = 15;
/** After a press the state is written again, within the 50 ms in which Plantronics wants its acknowledgement. */
export const reassertAfterPressMs = 30;
/** After opening; a device may miss what is written while it starts (gonnect does the same). */
export const reassertAfterOpenMs = 500;
/** The same usage again sooner than this is contact bounce (Linux hid-plantronics.c). */
export const bounceMs = 5;
/** Levels that a device shows this soon after our own write are its reaction to the write (gonnect GOW_001). */
export const settleMs = 500;
/** The same after a write that changed nothing: long enough for a reaction, short enough not to eat a real press. */
export const reassertEchoMs = 100;
/**
 * A hook that falls this soon after mute, flash or reject was pressed is the answer of another program, or of the device,
 * to that key: no hand is so quick, and most such reactions take a few milliseconds (softphone-vendor-headsets issue 89).
 */
export const sideKeyMs = 300;
/** Line Busy that rises this soon after our own off-hook, hold or resume is ours: a wireless link needs over 3 s (GN9350). */
export const lineBusyOursMs = 5_000;
/** How long a device may still say Line Busy after our last call; longer, and it is in somebody else's. */
export const lineBusyLetGoMs = 3_000;
/** What a device tells of itself is handed on so often at most: a sensor may say it 200 times a second. */
export const tellEveryMs = 1_000;
/** Battery levels that have to be asked for are asked for so often: a headset talks for 8 hours and more. */
export const statusReadEveryMs = 300_000;
/** A press that nobody took makes some devices send the hook's return up to 2 s later (Jabra Engage 50). */
export const trailingHookMs = 3_000;
/** A seat that wants the line answers a press in a few milliseconds; off-hook later than this is another call. */
export const wantedWithinMs = 500;
/** A device that says the same again so long after anything happened was not asked: a wireless echo needs over 3 s (GN9350). */
export const unaskedAfterMs = 5_000;
/** So many unasked repetitions are a habit (a status every second, a stuck firmware), and nothing is meant by them. */
export const repeatsMax = 3;
/** Repetitions closer together are one burst, further apart they are chance. */
export const repeatsApartMs = 500;
export const repeatRunMs = 60_000;
/** How late a device may acknowledge a lamp: a wireless link needs over 3 s (GN9350). */
export const lateEchoMs = 5_000;
