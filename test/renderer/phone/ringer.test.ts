import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ringer } from '../../../renderer/phone/ringer.ts';
import { openTestPage, type TestPage } from './test-page.ts';

type Page = {
  readonly ringer: Ringer;
  readonly states: () => string[];
  readonly peaks: (ms: number) => Promise<number[]>;
};

let opened: TestPage;
beforeAll(async () => {
  opened = await openTestPage('ringer');
}, 60_000);
afterAll(() => opened?.close());

const peaks = (ms: number) => opened.page.evaluate((each) => (window as unknown as Page).peaks(each), ms);

test('the ring begins softly, rises, goes quiet at once when answered, and the sound system sleeps again', async () => {
  await opened.page.evaluate(() => {
    const { ringer } = window as unknown as Page;
    ringer.setVolumes(1, 1);
    ringer.ringFor(1, false);
  });
  const [first = 0] = await peaks(1_500);
  // Asked again, as every event of every call does: the rise goes on, it does not begin anew.
  await opened.page.evaluate(() => (window as unknown as Page).ringer.ringFor(2, false));
  await peaks(3_000);
  const [third = 0] = await peaks(3_000);
  expect(first).toBeGreaterThan(0.05);
  expect(first).toBeLessThan(0.2);
  expect(third).toBeGreaterThan(2 * first);
  await opened.page.evaluate(() => (window as unknown as Page).ringer.ringFor(0, false));
  await peaks(200);
  expect(Math.max(...(await peaks(500)))).toBeLessThan(0.01);
  await opened.page.waitForFunction(() => (window as unknown as Page).states().every((state) => state === 'suspended'));
}, 30_000);

test('a call that waits while another is up rings on the talk device, much softer', async () => {
  await opened.page.evaluate(() => (window as unknown as Page).ringer.ringFor(1, true));
  const [ring = 0, talk = 0] = await peaks(1_500);
  expect(ring).toBeLessThan(0.01);
  expect(talk).toBeGreaterThan(0.02);
  expect(talk).toBeLessThan(0.12);
  await opened.page.evaluate(() => (window as unknown as Page).ringer.ringFor(0, false));
}, 30_000);
