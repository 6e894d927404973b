import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCode } from '../../hub/keys/enrolment.ts';
import { createPerson, endPerson } from '../../hub/people/person-table.ts';
import { pinHasher } from '../../hub/people/pin-hash.ts';
import { newFolder, startHub } from '../hub/some-hub.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf } from '../rig/seat-evidence.ts';

/** A person at a seat that joins a hub with people: the keyboard alone, with the hub and without, and never in the way of a call. */
let seat: Seat;

beforeAll(async () => {
  seat = await openSeat({});
});

afterAll(async () => {
  await seat?.close();
  seat?.remove();
});

test('join, sign in, talk through a reload, sign out, sign in without the hub, and be ended in a call that goes on', async () => {
  const { desk, page } = seat;
  const rig = { id: 'rig', role: 'administrator' };
  const place = newFolder();
  // A hub of this journey has the machine's clock.
  const hub = await startHub(place, { now: Date.now });
  const wish = { login: '8012', name: 'Li Na', role: 'agent' as const, pin: 'pelican-48215' };
  const made = await createPerson(hub.parts, pinHasher(hub.parts.random), rig, wish);
  if (made.kind !== 'made') throw new Error(made.kind);
  const { code } = await createCode(hub.parts, rig, { label: 'a seat', minutes: 60, renews: null });
  const card = (state: string) => desk.locator(`#card[data-state=${state}]`);
  const pin = desk.getByLabel('PIN or password');
  const frame = () => {
    const found = page.frames().find((one) => one.url().includes('/desk/'));
    if (found === undefined) throw new Error('the page has no desk');
    return found;
  };
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

  await frame().evaluate("location.hash = '#/settings/site'");
  await desk.getByLabel('Enrolment code').fill(`${hub.url} ${code}`);
  await page.keyboard.press('Enter');
  await desk.getByRole('heading', { name: 'Sign in' }).waitFor();
  await seat.chromium.shot(page, 'sign-in-first');
  await page.keyboard.type('8012');
  await page.keyboard.press('Enter');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await desk.getByText('This name and this PIN do not belong together.').waitFor();
  await page.keyboard.type('pelican-48215');
  await page.keyboard.press('Enter');
  await frame().evaluate("location.hash = '#/'");
  await callMe();
  await frame()
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
  await endPerson(again.parts, rig, made.personId);
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
  const who = made.personId;
  expect(told).toEqual([
    `in ${who} hub`,
    'answered',
    `out ${who} asked`,
    `in ${who} offline`,
    'answered',
    `out ${who} ended`,
  ]);
}, 240_000);
