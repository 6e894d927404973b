import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { type Caller, callSeat } from '../rig/caller.ts';
import { type MockDevice, type MockHeadset, startMockHeadset } from '../rig/mock-headset.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf, recordingOf, verifyJournal } from '../rig/seat-evidence.ts';
import { measureTone, part, type Sound, silenceLevel } from '../rig/tone.ts';

/** A real caller, a real headset (to node-hid), a real seat: one whole call, with every part of it measured. */
const microphoneHz = 1000;
const callerHz = 600;

/** How long one piece of sound is that a tone is measured in. */
const listenMs = 2000;

/** How long a headset may wait for its lamp: the write itself takes 10 to 20 ms. */
const lampMs = 5000;

/** How long the device process may take to see and open a headset that is plugged in. */
const openMs = 15_000;

/** Reports of the Blackwire 3220: hook and mute keys in report 8, one lamp a report. Source: the recording file. */
const hookUp = '0802';
const hookDown = '0800';
const muteDown = '0803';
const lamp = { ringOn: '1801', ringOff: '1800', offHookOn: '1701', offHookOff: '1700', muteOn: '0901', holdOn: '2001' };

const blackwire: MockDevice = {
  ...JSON.parse(
    readFileSync(
      new URL('../recordings/hid/047f-c056-plantronics-blackwire-3220.telephony.json', import.meta.url),
      'utf8',
    ),
  ),
  // It acknowledges the host's off-hook with its hook switch.
  echo: { [lamp.offHookOn]: hookUp, [lamp.offHookOff]: hookDown },
};

let asterisk: Asterisk;
let headset: MockHeadset;
let seat: Seat;

beforeAll(async () => {
  asterisk = await startAsterisk();
  headset = await startMockHeadset();
  await headset.plug(blackwire, 0);
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  seat = await openSeat({ microphoneHz, account: { server: asterisk.wsUrl, ...account }, env: headset.env });
});

afterAll(async () => {
  await seat?.close();
  await headset?.stop();
  await asterisk?.stop();
  seat?.remove();
});

test('a caller rings, the hook key answers, both are heard, and the log has each step', async () => {
  const { desk } = seat;
  const card = (state: string) => desk.locator(`#card[data-state=${state}]`);
  await desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  // An opened headset is shown that nothing is up.
  await headset.waitForOutput(({ report }) => report === lamp.offHookOff, openMs, 0);

  const before = headset.outputs().length;
  const caller = await callSeat(asterisk, { endpoint: '6001', name: '王芳', number: '13800138000', toneHz: callerHz });
  await headset.waitForOutput(({ report }) => report === lamp.ringOn, lampMs, before);
  await card('ringing').waitFor();
  await seat.chromium.shot(seat.page, 'real-call-ringing');

  await headset.send(0, hookUp);
  await caller.whenAnswered();
  await headset.waitForOutput(({ report }) => report === lamp.offHookOn, lampMs, before);
  await headset.waitForOutput(({ report }) => report === lamp.ringOff, lampMs, before);
  await card('talking').waitFor();
  await desk.getByText('Recording', { exact: true }).waitFor();
  expect(await listen(caller)).toEqual({ fromSeat: microphoneHz, toSeat: callerHz });
  await seat.chromium.shot(seat.page, 'real-call-talking');

  const atHold = asterisk.ami.mark();
  await desk.getByRole('button', { name: 'Hold' }).click();
  await caller.whenHeld(atHold);
  await card('held').waitFor();
  await headset.waitForOutput(({ report }) => report === lamp.holdOn, lampMs, before);
  expect((await listen(caller)).fromSeat).toBe('silent');
  await desk.getByRole('button', { name: 'Resume', exact: true }).click();
  await caller.whenResumed(atHold);
  await card('talking').waitFor();
  expect(await listen(caller)).toEqual({ fromSeat: microphoneHz, toSeat: callerHz });

  const muted = desk.getByText('Muted: they can’t hear you').or(desk.getByText("Muted: they can't hear you"));
  await pressMute();
  await muted.waitFor();
  await headset.waitForOutput(({ report }) => report === lamp.muteOn, lampMs, before);
  expect(await listen(caller)).toEqual({ fromSeat: 'silent', toSeat: callerHz });
  await pressMute();
  await muted.waitFor({ state: 'detached' });
  expect(await listen(caller)).toEqual({ fromSeat: microphoneHz, toSeat: callerHz });

  await seat.page.bringToFront();
  for (const digit of '1590#') await desk.locator('body').press(digit);
  expect(await caller.whenDigits(5)).toBe('1590#');

  const atEnd = headset.outputs().length;
  await headset.send(0, hookDown);
  expect(await caller.whenEnded()).toEqual({ cause: '16', text: 'Normal Clearing' });
  await headset.waitForOutput(({ report }) => report === lamp.offHookOff, lampMs, atEnd);
  await card('after-call-work').waitFor();
  await desk.getByRole('radio', { name: 'Consultation' }).check();
  await desk.getByRole('button', { name: 'Save and finish' }).click();
  await card('idle').waitFor();
  expect(litLamps()).toEqual([]);

  const entries = await journalOf(seat.profile);
  const steps = entries.filter(
    ({ kind }) => kind.startsWith('call-') && !['call-quality', 'call-digits'].includes(kind),
  );
  expect(steps.map(({ kind }) => kind)).toEqual([
    'call-offered',
    'call-answered',
    'call-held',
    'call-resumed',
    'call-muted',
    'call-muted',
    'call-ended',
    'call-coded',
  ]);
  expect(bodies('call-offered')).toMatchObject([
    { remote: { number: '13800138000', displayName: '王芳' }, line: 'switch' },
  ]);
  expect(bodies('call-answered')).toMatchObject([{ by: 'key' }]);
  expect(bodies('call-ended')).toMatchObject([{ cause: 'hung-up-here' }]);
  expect(bodies('call-coded')).toMatchObject([{ code: 'consultation' }]);
  const digits = bodies('call-digits').reduce((sum, body) => sum + ('count' in body ? body.count : 0), 0);
  expect(digits).toBe(5);
  expect(JSON.stringify(entries)).not.toContain('1590');
  await verifyJournal(seat.profile);

  const started = entries.find(({ kind }) => kind === 'recording-started');
  if (started?.kind !== 'recording-started') throw new Error('no recording was started');
  const { report, sound } = await recordingOf(seat, started.body.recordingId);
  expect(report).toMatchObject({ ok: true, channels: 2, end: 'complete' });
  // The first seconds are the talk before the hold: agent left, caller right.
  expect([0, 1].map((channel) => tone(sound, channel, 500, 500 + listenMs))).toEqual([microphoneHz, callerHz]);

  function bodies(kind: string) {
    return entries.filter((entry) => entry.kind === kind).map(({ body }) => body);
  }
});

/** The mute key of a headset sends a press and a release; the hook bit stays as it is. */
async function pressMute(): Promise<void> {
  await headset.send(0, muteDown);
  await headset.send(0, hookUp);
}

/** The lamps whose last write was "on". */
function litLamps(): string[] {
  const last = new Map(headset.outputs().map(({ report }) => [report.slice(0, 2), report.slice(2)]));
  return [...last].filter(([, value]) => value !== '00').map(([id]) => id);
}

/** What goes both ways now, in hertz, measured at Asterisk over `listenMs`. */
async function listen(caller: Caller): Promise<{ fromSeat: number | string; toSeat: number | string }> {
  const { fromSeat, toSeat } = await caller.listen(listenMs + 1000);
  // The first half second may still hold what was under way when the recording began.
  return { fromSeat: tone(fromSeat, 0, 500, 500 + listenMs), toSeat: tone(toSeat, 0, 500, 500 + listenMs) };
}

function tone(sound: Sound, channel: number, fromMs: number, toMs: number): number | string {
  const samples = part(sound.channels[channel] ?? new Float32Array(), sound.sampleRate, fromMs, toMs);
  // No packets at all (on hold) and packets of silence (muted) are the same to a caller.
  const { hz, level, dominance } = measureTone(samples, sound.sampleRate);
  if (level < silenceLevel) return 'silent';
  return dominance > 0.8 ? Math.round(hz) : `unclear: ${hz} Hz, dominance ${dominance.toFixed(2)}`;
}
