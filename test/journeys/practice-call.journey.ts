import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf, recordingOf, verifyJournal } from '../rig/seat-evidence.ts';
import { longestGapMs, measureTone } from '../rig/tone.ts';

/** A person on a fresh console, with no account and no headset: the practice line, all on the screen. */
const microphoneHz = 1000;

let seat: Seat;

beforeAll(async () => {
  seat = await openSeat({ microphoneHz });
});

afterAll(async () => {
  await seat?.close();
  seat?.remove();
});

test('call me, answer, talk, hang up, code the call, find it and play its recording', async () => {
  const { desk, page } = seat;
  const card = (state: string) => desk.locator(`#card[data-state=${state}]`);
  await desk.getByRole('button', { name: 'Media: good' }).waitFor();
  await desk.getByRole('button', { name: 'Call me' }).click();
  await card('ringing').waitFor();
  const customer = (await desk.locator('#card h2').textContent()) ?? '';
  expect(customer).not.toBe('');
  await desk.locator('body').press('F8');
  await card('talking').waitFor();
  await desk.getByText('Recording', { exact: true }).waitFor();
  await desk.locator('#card [role=timer]', { hasText: '00:06' }).first().waitFor();
  await desk.getByRole('button', { name: 'Hang up' }).click();

  await card('after-call-work').waitFor();
  await desk.getByRole('radio', { name: 'Order' }).check();
  await desk.getByRole('textbox', { name: 'Note' }).fill('Wants it on Friday');
  await desk.getByRole('button', { name: 'Save and finish' }).click();
  await card('idle').waitFor();

  await desk
    .getByRole('button', { name: 'Calls' })
    .or(desk.getByRole('link', { name: 'Calls' }))
    .first()
    .click();
  await desk.getByRole('searchbox').fill('friday');
  await desk.getByText('1 call found').waitFor();
  await desk.locator('#call-list').getByText(customer).first().click();
  const player = desk.getByRole('region', { name: 'Recording' });
  await player.getByRole('button', { name: 'Play' }).click();
  const audio = page
    .frames()
    .find((frame) => frame.url().includes('/desk/'))
    ?.locator('audio');
  if (audio === undefined) throw new Error('the desk has no player');
  await player.getByRole('button', { name: 'Pause' }).waitFor();
  await seat.chromium.shot(page, 'practice-call-player');
  // It plays: the place in the sound moves on by itself.
  await expect
    .poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime), { timeout: 10_000 })
    .toBeGreaterThan(1);

  await verifyJournal(seat.profile);
  const entries = await journalOf(seat.profile);
  const steps = entries
    .filter(({ kind }) => kind.startsWith('call-') && kind !== 'call-quality')
    .map(({ kind }) => kind);
  expect(steps).toEqual(['call-offered', 'call-answered', 'call-ended', 'call-coded']);
  const started = entries.find(({ kind }) => kind === 'recording-started');
  if (started?.kind !== 'recording-started') throw new Error('no recording was started');
  const { report, sound } = await recordingOf(seat, started.body.recordingId);
  expect(report).toMatchObject({ ok: true, channels: 2, end: 'complete' });
  expect(report.seconds).toBeGreaterThan(5);
  const [agent, caller] = sound.channels.map((samples) => samples.subarray(sound.sampleRate));
  if (agent === undefined || caller === undefined) throw new Error('not two channels');
  expect(Math.round(measureTone(agent, sound.sampleRate).hz)).toBe(microphoneHz);
  // The customer speaks: there is sound, and it is not the agent's.
  expect(longestGapMs(caller, sound.sampleRate)).toBeLessThan(5000);
  expect(Math.abs(measureTone(caller, sound.sampleRate).hz - microphoneHz)).toBeGreaterThan(50);
});
