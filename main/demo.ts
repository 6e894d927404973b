import type { SeatView } from '../core/console-api.ts';
import type { Lamps } from '../core/key.ts';
import type { SeatProcess } from './seat-process.ts';

/** What the demo needs from the shell that runs it. Times are milliseconds of a monotonic clock. */
export type DemoStage = {
  readonly seat: SeatProcess;
  readonly simulatedLamps: () => Promise<Lamps>;
  readonly monotonicMs: () => number;
  /** Takes a picture of the desk and answers where it lies. */
  readonly screenshot: () => Promise<string>;
  /** Writes the recording out as WebM and answers where it lies. */
  readonly exportRecording: (recordingId: string) => Promise<string>;
  readonly journalEntries: () => number;
  readonly say: (line: string) => void;
};

/** What a demo has shown: the line of JSON that `--demo --json` ends with. */
export type DemoResult = {
  readonly keyToAnswerMs: number;
  readonly ringLampMs: number;
  readonly recording: { readonly seconds: number; readonly channels: number; readonly verified: boolean };
  readonly journalEntries: number;
  readonly screenshot: string;
};

/** How long any one step may take before the demo is given up: a browser on a slow machine starts in ten. */
const stepMsMax = 45_000;

/** How long it rings before the hook is lifted: what a person needs to reach for it. */
const ringMs = 1_500;

/** How long the agent listens and talks. */
const talkMs = 6_000;

/** A step of the demo did not happen in time. */
class DemoStuck extends Error {
  override readonly name = 'DemoStuck';
}

/**
 * Plays one whole practice call by itself: the customer rings, the lamp lights, the hook key answers, both talk, the
 * hook key ends it, the work code is chosen; then the recording and the journal are checked. Prints each step.
 */
export async function playDemo(stage: DemoStage): Promise<DemoResult> {
  const { seat, say } = stage;
  const began = stage.monotonicMs();
  const tell = (step: string, what: string): void => {
    say(`${String(Math.round(stage.monotonicMs() - began)).padStart(6)} ms  ${step.padEnd(9)} ${what}`);
  };
  const until = <T>(what: string, pick: (view: SeatView) => T | null | undefined | false) =>
    untilView(seat, what, pick);

  await until('the practice line', (v) => v.lights.signalling.code === 'practice' && v.lights.media.state === 'good');
  tell('ready', 'the practice line and the microphone are there');
  seat.ask({ kind: 'call-me', scriptId: null });
  const ringing = await until('a ringing call', (v) => v.calls.find((c) => c.state.kind === 'ringing'));
  const rangAt = stage.monotonicMs();
  tell('ring', `${ringing.remote.displayName} ${ringing.remote.number}`);
  await untilLamp(stage, (lamps) => lamps.isRinging);
  const ringLampMs = stage.monotonicMs() - rangAt;
  tell('lamp', 'the ring lamp of the headset is lit');

  await new Promise((resolve) => setTimeout(resolve, ringMs));
  const pressedAt = stage.monotonicMs();
  tell('key', 'off hook');
  await seat.devices.pressSimulated({ key: 'hook', to: 'off-hook' });
  const { callId } = ringing;
  await until('the answered call', (v) => v.calls.find((c) => c.callId === callId && c.state.kind === 'talking'));
  const keyToAnswerMs = stage.monotonicMs() - pressedAt;
  tell('answered', `${keyToAnswerMs.toFixed(1)} ms after the key`);
  await until('the recording', (v) => v.recording[callId] === 'recording');
  await new Promise((resolve) => setTimeout(resolve, talkMs));
  const screenshot = await stage.screenshot();

  await seat.devices.pressSimulated({ key: 'hook', to: 'on-hook' });
  await until('after-call work', (v) => v.agent.activity.kind === 'after-call-work');
  tell('ended', 'on hook');
  const row = await untilRecorded(stage, callId);
  const recordingId = row.recordingId;
  if (recordingId === null) throw new DemoStuck('the call has no recording');
  const info = await seat.recordings.open(recordingId);
  const verified = info.isComplete && info.damagedChunks.length === 0 && info.channels === 2 && info.seconds > 1;
  tell(
    'recorded',
    `${info.seconds.toFixed(1)} s, ${info.channels} channels: ${await stage.exportRecording(recordingId)}`,
  );

  seat.ask({ kind: 'code', callId, code: 'consultation', note: '' });
  await until('the coded call', (v) => v.agent.activity.kind === 'ready');
  const journalEntries = stage.journalEntries();
  tell('logged', `${journalEntries} entries in the journal`);
  tell('picture', screenshot);
  const recording = { seconds: info.seconds, channels: info.channels, verified };
  return { keyToAnswerMs: round(keyToAnswerMs), ringLampMs: round(ringLampMs), recording, journalEntries, screenshot };
}

async function untilView<T>(
  seat: SeatProcess,
  what: string,
  pick: (view: SeatView) => T | null | undefined | false,
): Promise<T> {
  const abort = AbortSignal.timeout(stepMsMax);
  for await (const view of seat.view.watch(abort)) {
    const found = pick(view);
    if (found) return found;
  }
  throw new DemoStuck(`waited ${stepMsMax / 1000} s for ${what}: ${JSON.stringify(seat.view.value.lights)}`);
}

/** Lamps are asked for, not watched: the device process has no feed of them, and the demo wants what is really shown. */
async function untilLamp(stage: DemoStage, isAsWanted: (lamps: Lamps) => boolean): Promise<void> {
  const giveUpAt = stage.monotonicMs() + stepMsMax;
  while (stage.monotonicMs() < giveUpAt) {
    if (isAsWanted(await stage.simulatedLamps())) return;
  }
  throw new DemoStuck('the ring lamp was not lit');
}

async function untilRecorded(stage: DemoStage, callId: string) {
  const giveUpAt = stage.monotonicMs() + stepMsMax;
  while (stage.monotonicMs() < giveUpAt) {
    const row = stage.seat.store.callRow(callId);
    if (row && row.recordingEnd !== null) return row;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new DemoStuck('the recording was not closed');
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
