import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { callSeat } from '../rig/caller.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf, recordingOf } from '../rig/seat-evidence.ts';
import { longestGapMs, measureTone, type Sound } from '../rig/tone.ts';

/** The desk page is reloaded in mid-call: the caller hears nothing of it, and the card comes back with the right timer. */
const microphoneHz = 1000;
const callerHz = 600;

/** The promise: a gap longer than three lost packets of 20 ms is heard. */
const gapMsMax = 60;

let asterisk: Asterisk;
let seat: Seat;

beforeAll(async () => {
  asterisk = await startAsterisk();
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  seat = await openSeat({ microphoneHz, account: { server: asterisk.wsUrl, ...account } });
});

afterAll(async () => {
  await seat?.close();
  await asterisk?.stop();
  seat?.remove();
});

test('a reload of the desk is not heard and loses nothing', async () => {
  const { desk, page } = seat;
  await desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  const caller = await callSeat(asterisk, { endpoint: '6001', name: 'Ada', number: '02079460123', toneHz: callerHz });
  await desk.getByRole('button', { name: 'Answer' }).click();
  await caller.whenAnswered();
  await desk.locator('#card[data-state=talking]').waitFor();
  const answeredAt = await answeredTime();
  await desk.getByText('Recording', { exact: true }).waitFor();
  const recording = await caller.record();

  const note = desk.getByRole('textbox', { name: 'Note' });
  await note.fill('Boiler');
  const shown: number[] = [];
  for (let i = 0; i < 3; i++) {
    await reloadDesk();
    await desk.locator('#card[data-state=talking]').waitFor();
    shown.push((await answeredTime()) - answeredAt);
  }
  expect(await desk.locator('#card h2').textContent()).toBe('Ada');
  expect(await note.inputValue()).toBe('Boiler');
  // The timer shows whole seconds: it is right when it is less than a second and a redraw off.
  for (const offMs of shown) expect(Math.abs(offMs)).toBeLessThan(1300);

  // The call goes on for a while, so that there is sound after the last reload too.
  await desk.locator('#card [role=timer]', { hasText: '00:08' }).first().waitFor();
  const { fromSeat, toSeat } = await recording.stop();
  await caller.hangUp();
  await caller.whenEnded();
  await desk.locator('#card[data-state=after-call-work]').waitFor();
  expect(heard(fromSeat)).toEqual({ hz: microphoneHz, hasGap: false });
  expect(heard(toSeat)).toEqual({ hz: callerHz, hasGap: false });

  const entries = await journalOf(seat.profile);
  expect(entries.filter((entry) => entry.kind === 'call-offered')).toHaveLength(1);
  const started = entries.find((entry) => entry.kind === 'recording-started');
  if (started?.kind !== 'recording-started') throw new Error('no recording was started');
  const { sound } = await recordingOf(seat, started.body.recordingId);
  expect(longestGapMs(middle(sound, 1), sound.sampleRate)).toBeLessThanOrEqual(gapMsMax);

  /** Reloads the frame as a person (or a crash) would, and waits until another document stands there. */
  async function reloadDesk(): Promise<void> {
    const frame = page.frames().find((one) => one.url().includes('/desk/'));
    if (frame === undefined) throw new Error('the page has no desk');
    await frame.evaluate('globalThis.isBeforeReload = true');
    const isLoaded = page.waitForEvent('framenavigated', (one) => one === frame);
    await frame.evaluate('location.reload()').catch((error: unknown) => {
      // The document that ran it is gone: that is what was asked for.
      if (!String(error).includes('destroyed')) throw error;
    });
    await isLoaded;
    expect(await frame.evaluate('globalThis.isBeforeReload')).toBe(undefined);
  }

  /** The wall-clock time the card's timer counts from. */
  async function answeredTime(): Promise<number> {
    const timer = desk.locator('#card [role=timer]').first();
    const shownSeconds = isoSeconds(await timer.getAttribute('datetime'));
    return Date.now() - shownSeconds * 1000;
  }
});

/** PT1H2M3S in seconds. */
function isoSeconds(text: string | null): number {
  const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text ?? '');
  if (parts === null) throw new Error(`not a duration: ${text}`);
  const [hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** Without the first and last half second: there the call begins and ends. */
function middle(sound: Sound, channel: number): Float32Array {
  const half = sound.sampleRate / 2;
  const samples = sound.channels[channel] ?? new Float32Array();
  return samples.subarray(half, -half);
}

function heard(sound: Sound): { hz: number; hasGap: boolean } {
  const samples = middle(sound, 0);
  if (samples.length < 4 * sound.sampleRate) throw new Error('less than four seconds of sound to listen to');
  const { hz } = measureTone(samples, sound.sampleRate);
  return { hz: Math.round(hz), hasGap: longestGapMs(samples, sound.sampleRate) > gapMsMax };
}
