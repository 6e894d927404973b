import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HubScene, hubScene } from '../faults/hub-scene.ts';
import { openSeat, type Seat } from '../rig/seat.ts';

/** A person lets the seat join the site's hub, takes a call, sees it arrive; the hub goes away in a call and comes back. */
const hubProgram = new URL('../../hub/start.ts', import.meta.url).pathname;

let hub: HubScene;
let seat: Seat;

beforeAll(async () => {
  hub = await hubScene({ seats: 0, calls: 0 });
  seat = await openSeat();
});

afterAll(async () => {
  await seat?.close();
  seat?.remove();
  await hub?.close({ keep: false });
});

/** What the hub's QR code holds. */
function scannedCode(): string {
  const args = ['enrol-code', '--label', 'window 3', '--data', hub.data, '--address', hub.url, '--json'];
  const made: unknown = JSON.parse(execFileSync(process.execPath, [hubProgram, ...args], { encoding: 'utf8' }));
  if (typeof made !== 'object' || made === null || !('uri' in made)) throw new Error('no code was made');
  return String(made.uri);
}

test('join by a scanned code; a call and its sound go up; the hub goes away and nothing stops; leave', async () => {
  const { desk, page } = seat;
  const button = (name: string | RegExp) => desk.getByRole('button', { name });
  const says = (words: string | RegExp) => desk.getByText(words).first().waitFor({ timeout: 40_000 });
  const call = async (): Promise<void> => {
    await button('Call me').click();
    await desk.locator('#card[data-state=ringing]').waitFor();
    await desk.locator('body').press('F8');
    await desk.locator('#card[data-state=talking]').waitFor();
  };
  const hangUp = async (): Promise<void> => {
    await button('Hang up').click();
    await desk.locator('#card[data-state=after-call-work]').waitFor();
    await desk.getByRole('radio', { name: 'Order' }).check();
    await button('Save and finish').click();
    await desk.locator('#card[data-state=idle]').waitFor();
  };
  await button('Media: good').waitFor();

  // A code that is wrong is said to be; the right one is typed as a scanner types it.
  await desk.getByRole('link', { name: 'Settings' }).click();
  const code = desk.getByLabel('Enrolment code');
  await code.fill(`${hub.url} AAAAA-AAAAA-AAAAA-AAAAA`);
  await code.press('Enter');
  await says('The hub does not know this code.');
  await code.fill('');
  await code.focus();
  await page.keyboard.type(`${scannedCode()}\n`);
  await says('This seat has joined the hub.');
  await says(hub.url);

  // A call and its recording arrive.
  await call();
  await desk.locator('#card [role=timer]', { hasText: '00:04' }).first().waitFor();
  await hangUp();
  await desk.getByRole('link', { name: 'Calls' }).click();
  await desk.locator('#call-row-0 [aria-label="Recording: Here and at the hub"]').waitFor({ timeout: 60_000 });
  await button('Data: good').click();
  await says('Everything you see is on disk and at the hub.');
  await seat.chromium.shot(page, 'hub-in-step');
  await button('Data: good').click();

  // The hub goes away in the middle of a call: the light says so, the call goes on and is kept here.
  await call();
  await hub.stop('SIGKILL');
  await button('Data: weak').waitFor({ timeout: 60_000 });
  await says(/The hub has not answered since \d\d:\d\d\. You can go on working\. Everything is kept here/);
  // The call goes on; and the key that answered takes no press for a moment.
  await desk.locator('#card[data-state=talking] [role=timer]', { hasText: '00:02' }).first().waitFor();
  await hangUp();
  await says(/Waiting: \d+ lines?, 1 recording\./);
  await seat.chromium.shot(page, 'hub-away');

  // It is back: what waited goes up, and the light is good again by itself.
  await hub.start();
  await button('Data: good').waitFor({ timeout: 120_000 });
  await desk.locator('#call-row-0 [aria-label="Recording: Here and at the hub"]').waitFor({ timeout: 120_000 });

  await desk.getByRole('link', { name: 'Settings' }).click();
  await button('Leave the hub').click();
  await button('Really leave').click();
  await code.waitFor();
  await button('Data: good').click();
  await says('Everything you see is on disk.');
  expect(await desk.getByText('at the hub').count()).toBe(0);
});
