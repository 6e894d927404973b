import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCode } from '../../hub/keys/enrolment.ts';
import { createPerson, endPerson } from '../../hub/people/person-table.ts';
import { pinHasher } from '../../hub/people/pin-hash.ts';
import { newFolder, startHub } from '../hub/some-hub.ts';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { callSeat } from '../rig/caller.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf, recordingOf } from '../rig/seat-evidence.ts';
import { measureTone, part, type Sound, silenceLevel } from '../rig/tone.ts';

/** A person at a seat that joins a hub with people: the keyboard alone, with the hub and without, and never in the way of a call. */
let seat: Seat;

const rig = { id: 'rig', role: 'administrator' };

/** A hub of this journey, with the machine's clock, Li Na, and a code for a seat. */
async function hubWithLiNa() {
  const place = newFolder();
  const hub = await startHub(place, { now: Date.now });
  const wish = { login: '8012', name: 'Li Na', role: 'agent' as const, pin: 'pelican-48215' };
  const made = await createPerson(hub.parts, pinHasher(hub.parts.random), rig, wish);
  if (made.kind !== 'made') throw new Error(made.kind);
  const { code } = await createCode(hub.parts, rig, { label: 'a seat', minutes: 60, renews: null });
  return { place, hub, personId: made.personId, code };
}

function frameOf({ page }: Seat) {
  const found = page.frames().find((one) => one.url().includes('/desk/'));
  if (found === undefined) throw new Error('the page has no desk');
  return found;
}

/** Joins on the settings screen; nobody is signed in after it. */
async function join(joining: Seat, text: string): Promise<void> {
  await frameOf(joining).evaluate("location.hash = '#/settings/site'");
  await joining.desk.getByLabel('Enrolment code').fill(text);
  await joining.page.keyboard.press('Enter');
  await joining.desk.getByRole('heading', { name: 'Sign in' }).waitFor();
}

beforeAll(async () => {
  seat = await openSeat({});
});

afterAll(async () => {
  await seat?.close();
  seat?.remove();
});

test('join, sign in, talk through a reload, sign out, sign in without the hub, and be ended in a call that goes on', async () => {
  const { desk, page } = seat;
  const { place, hub, personId: who, code } = await hubWithLiNa();
  const card = (state: string) => desk.locator(`#card[data-state=${state}]`);
  const pin = desk.getByLabel('PIN or password');
  const callMe = async (): Promise<void> => {
    await desk.getByRole('button', { name: 'Media: good' }).waitFor();
    await desk.getByRole('button', { name: 'Call me' }).click();
    await card('ringing').waitFor();
    await desk.locator('body').press('F8');
    await card('talking').waitFor();
  };
  const finish = async (): Promise<void> => {
    await desk.getByRole('button', { name: 'Hang up' }).click();
    await card('after-call-work').waitFor();
    await desk.getByRole('radio', { name: 'Order' }).check();
    await desk.getByRole('button', { name: 'Save and finish' }).click();
  };

  await join(seat, `${hub.url} ${code}`);
  await seat.chromium.shot(page, 'sign-in-first');
  await page.keyboard.type('8012');
  await page.keyboard.press('Enter');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await desk.getByText('This name and this PIN do not belong together.').waitFor();
  await page.keyboard.type('pelican-48215');
  await page.keyboard.press('Enter');
  await frameOf(seat).evaluate("location.hash = '#/'");
  await callMe();
  await frameOf(seat)
    .evaluate('location.reload()')
    .catch((error: unknown) => {
      if (!String(error).includes('destroyed')) throw error;
    });
  await card('talking').waitFor();
  await desk.getByRole('button', { name: /^Your state: Talking/ }).click();
  await desk.getByText('Signed in as Li Na').waitFor();
  await page.keyboard.press('Escape');
  await finish();

  const { port } = new URL(hub.url);
  await hub.stop();
  await desk.getByRole('button', { name: /^Your state: Ready/ }).click();
  await desk.getByRole('menuitem', { name: 'Sign out' }).click();
  await pin.waitFor();
  await page.keyboard.type('pelican-48215');
  await page.keyboard.press('Enter');
  await desk.getByRole('button', { name: /^Your state: Ready/ }).waitFor();
  await callMe();

  const again = await startHub(place, { now: Date.now, port: Number(port) });
  await endPerson(again.parts, rig, who);
  await desk.getByText('Your sign-in was ended at the hub. Finish what you have begun').waitFor({ timeout: 60_000 });
  await seat.chromium.shot(page, 'sign-in-ended-in-call');
  await finish();
  await desk.getByText('Your sign-in was ended at the hub. Ask your team leader.').waitFor();
  await seat.chromium.shot(page, 'sign-in-ended');

  const entries = await journalOf(seat.profile);
  const told = entries.flatMap((entry) => {
    if (entry.kind === 'person-signed-in') return [`in ${entry.body.personId} ${entry.body.how}`];
    if (entry.kind === 'person-signed-out') return [`out ${entry.body.personId} ${entry.body.why}`];
    return entry.kind === 'call-answered' ? ['answered'] : [];
  });
  expect(told).toEqual([
    `in ${who} hub`,
    'answered',
    `out ${who} asked`,
    `in ${who} offline`,
    'answered',
    `out ${who} ended`,
  ]);
  expect(seat.chromium.errors).toEqual([]);
}, 240_000);

const microphoneHz = 1000;

/** What a channel of a recording holds of a stretch of two seconds, in hertz. */
function heard({ channels, sampleRate }: Sound, channel: number, fromMs: number): number | 'silent' {
  const samples = part(channels[channel] ?? new Float32Array(), sampleRate, fromMs, fromMs + 2000);
  const { hz, level } = measureTone(samples, sampleRate);
  return level < silenceLevel ? 'silent' : Math.round(hz);
}

/** A timer that shows so many seconds or more; a loaded page may skip one. */
function atLeast(seconds: number): RegExp {
  const shown = Array.from({ length: 60 - seconds }, (_, n) => String(seconds + n).padStart(2, '0'));
  return new RegExp(`^00:(${shown.join('|')})$`);
}

test('help is called from the locked screen: both sides are heard, it is muted and hung up, and nobody was signed in', async () => {
  // An extension that says back what it hears stands for whoever answers there.
  const files = { 'extensions.conf': '[from-seat](+)\nexten => 110,1,Answer()\n same => n,Echo()\n' };
  const asterisk: Asterisk = await startAsterisk({ extras: { modules: [], files, hasPtys: false } });
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  const locked = await openSeat({ microphoneHz, account: { server: asterisk.wsUrl, ...account } });
  const { hub, code } = await hubWithLiNa();
  try {
    const { desk, page, chromium } = locked;
    await desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
    await join(locked, `${hub.url} ${code}`);
    const since = (await journalOf(locked.profile)).length;

    // Who calls now is nobody's here: the call goes elsewhere, and the page does not even move.
    const caller = await callSeat(asterisk, { endpoint: '6001', name: '王芳', number: '13800138000', toneHz: 600 });
    await caller.whenEnded();
    expect(await desk.locator('body').textContent()).not.toMatch(/13800138000|王芳/);

    await page.keyboard.press('F8');
    await desk.getByRole('heading', { name: 'Emergency call' }).waitFor();
    await chromium.shot(page, 'emergency-numbers');
    await page.keyboard.type('110');
    await page.keyboard.press('Enter');
    const timer = desk.getByRole('timer');
    await desk.getByText('Talking').waitFor();
    await timer.getByText(atLeast(4)).waitFor();
    await chromium.shot(page, 'emergency-talking');
    await page.keyboard.press('F10');
    await desk.getByRole('button', { name: 'Unmute' }).waitFor();
    // Long enough to measure two seconds of it, however late the key was pressed.
    const seconds = Number((await timer.textContent())?.slice(-2)) + 5;
    await timer.getByText(atLeast(seconds)).waitFor();
    await page.keyboard.press('F8');
    await desk.getByText('The call to 110 has ended.').waitFor();

    await page.keyboard.press('Tab');
    await desk.getByLabel('Number or name').fill('8012');
    await desk.getByLabel('PIN or password').fill('pelican-48215');
    await page.keyboard.press('Enter');
    await desk.getByRole('button', { name: /^Your state: Ready/ }).waitFor();
    await frameOf(locked).evaluate("location.hash = '#/calls'");
    await desk.getByText('13800138000').or(desk.getByText('138 0013 8000')).first().waitFor();

    const entries = (await journalOf(locked.profile)).slice(since);
    const steps = entries.flatMap(({ kind }) => (/^(call-(?!quality)|person-|agent-)/.test(kind) ? [kind] : []));
    expect(steps).toEqual([
      'call-offered',
      'call-ended',
      'call-dialled',
      'call-answered',
      'call-muted',
      'call-ended',
      'person-signed-in',
      'agent-state',
    ]);
    expect(entries.find(({ kind }) => kind === 'call-dialled')?.body).toMatchObject({
      remote: { number: '110' },
      line: 'switch',
    });
    const started = entries.find(({ kind }) => kind === 'recording-started');
    if (started?.kind !== 'recording-started') throw new Error('no recording was started');
    const { sound } = await recordingOf(locked, started.body.recordingId);
    const muted = entries.find(({ kind }) => kind === 'call-muted');
    const mutedMs = (muted?.at ?? Number.NaN) - started.at + 1500;
    // What comes back from there is our own tone: both ways carry sound, and none does while muted.
    expect([1000, mutedMs].map((fromMs) => [heard(sound, 0, fromMs), heard(sound, 1, fromMs)])).toEqual([
      [microphoneHz, microphoneHz],
      ['silent', 'silent'],
    ]);
    expect(chromium.errors).toEqual([]);
  } finally {
    await locked.close();
    locked.remove();
    await asterisk.stop();
  }
}, 240_000);
