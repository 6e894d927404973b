/** A system's clock this far from ours has jumped; anything less is a clock being set right, and is followed. */
const jumpMs = 2_000;

/** The two clocks of a machine, in milliseconds: the one people read, and the one that only goes forward. */
export type MachineClocks = { readonly wall: () => number; readonly monotonicMs: () => number };

/**
 * The time as people read it, whose differences are durations: in a call it runs by the monotonic clock, so a system's
 * clock that jumps in the middle of one (somebody sets it, summer time of an old system, a wrong year) neither lengthens
 * the call nor makes it end before it began. `mayJump`: no duration is being measured, and the system's clock is
 * believed again. A machine that slept counts as a jump: the sleep was no talk.
 */
export function steadyClock({ wall, monotonicMs }: MachineClocks, mayJump: () => boolean): () => number {
  let ahead = wall() - monotonicMs();
  let told = Number.NEGATIVE_INFINITY;
  return () => {
    const now = monotonicMs();
    const found = wall() - now;
    if (Math.abs(found - ahead) >= jumpMs) {
      if (mayJump()) {
        ahead = found;
        told = Number.NEGATIVE_INFINITY;
      }
    } else ahead = found;
    told = Math.max(told, now + ahead);
    return told;
  };
}
