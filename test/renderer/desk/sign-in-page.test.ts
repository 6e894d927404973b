import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { SeatView } from '../../../core/console-api.ts';
import type { SignInRefusal } from '../../../core/sign-in-api.ts';
import en from '../../../renderer/words/en.json' with { type: 'json' };
import { scenePages } from './scene-pages.ts';

/** Signing in as a person meets it: the keyboard alone, refusals in words, what is under way is never covered. */
const { open, complaints, page: opened } = scenePages({ width: 1024, height: 640 });
let page: Page;
beforeAll(() => {
  page = opened();
});

type OnPage = {
  readonly seat: {
    show(change: Partial<SeatView>): void;
    readonly signIn: { refusal: SignInRefusal | 'pending' | 'throws' | null; readonly asked: unknown[] };
  };
};
const refuse = (how: SignInRefusal | 'pending' | 'throws' | null): Promise<void> =>
  page.evaluate((it) => {
    (globalThis as unknown as OnPage).seat.signIn.refusal = it;
  }, how);
const asked = (): Promise<unknown[]> => page.evaluate(() => (globalThis as unknown as OnPage).seat.signIn.asked);
const show = (change: Partial<SeatView>): Promise<void> =>
  page.evaluate((it) => (globalThis as unknown as OnPage).seat.show(it), change);
const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('name') ?? null);
const values = (): Promise<readonly string[]> =>
  page.evaluate(() => [...document.querySelectorAll('input')].map((field) => field.value));
const type = async (login: string, pin: string): Promise<void> => {
  await page.keyboard.type(login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(pin);
  await page.keyboard.press('Enter');
};
const alert = () => page.locator('form').getByRole('alert');

it('is done without the mouse: name, Enter or Tab, PIN, Enter; then the desk is there', async () => {
  await open('sign-in');
  expect(await focused()).toBe('login');
  await page.keyboard.press('Enter');
  expect([await focused(), await asked()]).toEqual(['login', []]);
  await page.keyboard.type(' 8012 ');
  // A hand that presses Enter after the name comes to the PIN, and nothing is sent.
  await page.keyboard.press('Enter');
  expect([await focused(), await asked()]).toEqual(['pin', []]);
  await page.keyboard.type('pelican');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Your state: Ready/ }).click();
  await page.getByText('Signed in as 李娜 Li Na').waitFor();
  expect([await asked(), complaints]).toEqual([[{ login: '8012', pin: 'pelican' }], []]);
});

it('whoever was here last types the PIN only; without the hub it is said who can sign in', async () => {
  await open('sign-in-away');
  expect([await focused(), await values()]).toEqual(['pin', ['8012', '']]);
  await page.getByText(en.signIn.away).waitFor();
  await open('sign-in-ended');
  await page.getByText(en.signIn.ended).waitFor();
});

const refusals: readonly (readonly [SignInRefusal, string])[] = [
  [{ why: 'wrong' }, en.signIn.refused.wrong],
  [{ why: 'not-known-here' }, en.signIn.refused['not-known-here']],
  [{ why: 'run-out', offlineHours: 72 }, en.signIn.refused['run-out_other'].replace('{{count, number}}', '72')],
  [{ why: 'run-out', offlineHours: 1 }, en.signIn.refused['run-out_one'].replace('{{count, number}}', '1')],
  [{ why: 'busy' }, en.signIn.refused.busy],
];

it.each(refusals)(
  'says why somebody could not sign in: %o; the name stays, the PIN goes, the hands stay where they are',
  async (refusal, says) => {
    await open('sign-in');
    await refuse(refusal);
    await page.keyboard.type('8012');
    await page.keyboard.press('Tab');
    await page.keyboard.type('guess');
    await page.keyboard.press('Enter');
    await alert().getByText(says).waitFor();
    expect([await focused(), await values()]).toEqual(['pin', ['8012', '']]);
    await refuse(null);
    await page.keyboard.type('pelican');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Your state: Ready/ }).waitFor();
  },
);

it('a wait is counted down, nothing is sent until it is over, and then the way is free again', async () => {
  await open('sign-in');
  await refuse({ why: 'wait', waitMs: 2_500 });
  await type('8012', 'guess');
  await alert()
    .getByText(/Too many attempts\. Try again in 00:0\d\./)
    .waitFor();
  await refuse(null);
  await page.keyboard.type('pelican\n');
  expect((await asked()).length).toBe(1);
  await alert().getByText('Too many attempts').waitFor({ state: 'detached' });
  await page.keyboard.type('\n');
  await page.getByRole('button', { name: /^Your state: Ready/ }).waitFor();
});

it('asks once however often Enter is pressed, and says when the question did not arrive', async () => {
  await open('sign-in');
  await refuse('pending');
  await type('8012', 'pelican');
  for (let times = 0; times < 2; times++) await page.keyboard.press('Enter');
  await page.getByRole('button', { name: en.signIn.entering }).waitFor();
  expect((await asked()).length).toBe(1);
  await open('sign-in');
  await refuse('throws');
  await type('8012', 'pelican');
  await alert().getByText(en.signIn.refused['no-seat']).waitFor();
});

it('a call that is up is never covered: the desk says what comes, and asks when nothing is left to do', async () => {
  await open('sign-in-waits');
  await page.getByText(en.signIn.strip.waits).waitFor();
  await page.getByRole('button', { name: 'Hang up' }).waitFor();
  await show({
    calls: [],
    agent: { choice: { kind: 'signed-out' }, activity: { kind: 'signed-out' }, sinceAt: 0, cause: 'network' },
  });
  await page.getByLabel(en.signIn.pin).waitFor();
  await open('sign-in-ended-in-call');
  await page.getByText(en.signIn.strip.ended).waitFor();
  await page.getByRole('button', { name: 'Hang up' }).waitFor();
  expect(complaints).toEqual([]);
});
