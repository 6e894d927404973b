import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { DeskRequest, SeatView } from '../../../core/console-api.ts';
import type { Notice } from '../../../core/notice.ts';
import en from '../../../renderer/words/en.json' with { type: 'json' };
import zhCn from '../../../renderer/words/zh-CN.json' with { type: 'json' };
import { callWith } from './fake-seat.ts';
import { scenePages } from './scene-pages.ts';

/** Help is called by whoever stands there, by keyboard alone; and a page that is locked asks for nothing it does not get. */
const { open, complaints, page: opened } = scenePages({ width: 1024, height: 640 });
let page: Page;
beforeAll(() => {
  page = opened();
});

type OnPage = {
  readonly seat: {
    show(change: Partial<SeatView>): void;
    notify(notice: Notice): void;
    readonly asked: DeskRequest[];
    readonly refusedLocked: string[];
  };
};
const asked = (): Promise<DeskRequest[]> => page.evaluate(() => (globalThis as unknown as OnPage).seat.asked);
const refused = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as OnPage).seat.refusedLocked);
const show = (change: Partial<SeatView>): Promise<void> =>
  page.evaluate((it) => (globalThis as unknown as OnPage).seat.show(it), change);
const heading = (name: string) => page.getByRole('heading', { name });
const focusedName = (): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
const forHelp = (isAnswered: boolean) => {
  const now = Date.now();
  const state = isAnswered ? ({ kind: 'talking' } as const) : ({ kind: 'dialling', isAlerting: false } as const);
  return callWith(
    { number: '120', displayName: '' },
    { direction: 'outbound', state, answeredAt: isAnswered ? now : null },
    now,
  );
};

it('F8 from the PIN shows the numbers, typing finds one, Enter calls it; nothing is dialled before', async () => {
  await open('sign-in-away');
  await page.keyboard.type('12');
  await page.keyboard.press('F8');
  await heading(en.emergency.open).waitFor();
  expect(await focusedName()).toBe('Call 110, Police');
  await page.keyboard.type('120');
  expect(await focusedName()).toBe('Call 120, Ambulance');
  // Another number is begun by its first digit; F8 again dials nothing.
  await page.keyboard.type('9');
  expect(await focusedName()).toBe('Call 911');
  await page.keyboard.type('112');
  await page.keyboard.press('F8');
  expect([await focusedName(), await asked()]).toEqual(['Call 112', []]);
  await page.keyboard.press('Enter');
  expect([await asked(), complaints]).toEqual([[{ kind: 'dial', number: '112' }], []]);
});

it('the way back is Escape, or the key where the way in was; the hands are in the form again', async () => {
  for (const back of ['Escape', 'key'] as const) {
    await open('sign-in-away');
    await page.getByRole('button', { name: en.emergency.open }).click();
    if (back === 'Escape') await page.keyboard.press('Escape');
    else await page.getByRole('button', { name: en.emergency.back }).click();
    await heading(en.signIn.title).waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('pin');
  }
});

it('a call for help stands in the form’s place: number, time, mute, hang up; Enter once more does not end it', async () => {
  await open('emergency');
  await heading(en.emergency.open).waitFor();
  await page.keyboard.type('120\n');
  await show({ calls: [forHelp(false)] });
  await heading('Emergency call 120').waitFor();
  await page.keyboard.press('Enter');
  await show({ calls: [forHelp(true)] });
  await page.getByText('Talking').waitFor();
  await page.getByRole('timer').waitFor();
  expect(await page.getByLabel(en.signIn.pin).count()).toBe(0);
  await page.keyboard.press('F10');
  await page.keyboard.press('F9');
  await page.keyboard.press('F8');
  const callId = forHelp(true).callId;
  expect(await asked()).toEqual([
    { kind: 'dial', number: '120' },
    { kind: 'mute', isMuted: true },
    { kind: 'hang-up', callId },
  ]);
  await show({ calls: [] });
  await page.getByText('The call to 120 has ended.').waitFor();
  await page.getByLabel(en.signIn.pin).waitFor();
  expect(complaints).toEqual([]);
});

it('a call nobody answered leads back to the numbers, and says what to do', async () => {
  await open('emergency-dialling');
  await heading('Emergency call 120').waitFor();
  await show({ calls: [] });
  await page.getByRole('alert').getByText('The call to 120 ended without an answer.').waitFor();
  await page.keyboard.press('Enter');
  expect(await asked()).toEqual([{ kind: 'dial', number: '120' }]);
});

it('whoever hangs up before anybody answers is back in the form, and the next Enter calls nobody', async () => {
  await open('emergency-dialling');
  await heading('Emergency call 120').waitFor();
  await page.getByRole('button', { name: 'Hang up' }).click();
  await show({ calls: [] });
  await page.getByLabel(en.signIn.pin).waitFor();
  await page.keyboard.press('Enter');
  expect((await asked()).map(({ kind }) => kind)).toEqual(['hang-up']);
  expect(await page.locator('body').textContent()).not.toContain('without an answer');
});

it('nothing that is told lies over the keys for help', async () => {
  await open('emergency-noticed');
  await page.getByText('91 % full').waitFor();
  const right = async (locator: ReturnType<Page['getByText']>): Promise<number> => {
    const box = await locator.boundingBox();
    return (box?.x ?? Number.NaN) + (box?.width ?? Number.NaN);
  };
  const left = (await page.getByRole('main').locator('form').boundingBox())?.x ?? Number.NaN;
  for (const notice of await page.getByRole('log').locator(':scope > div').all()) {
    expect(await right(notice)).toBeLessThanOrEqual(left);
  }
  await page.getByRole('button', { name: en.emergency.open }).click();
  await heading(en.emergency.open).waitFor();
});

it('says what has to be known before anybody relies on this seat', async () => {
  const says = async (scene: string): Promise<string | null> => {
    await open(scene);
    await heading(en.emergency.open).waitFor();
    return page.getByRole('alert').textContent();
  };
  expect([await says('emergency'), await says('emergency-away'), await says('emergency-practice')]).toEqual([
    '',
    en.emergency.away,
    en.emergency.practice,
  ]);
  await page.evaluate(() => (globalThis as unknown as { link: { set(isUp: boolean): void } }).link.set(false));
  await page.getByText(en.emergency.lost).waitFor();
  await page.keyboard.press('Enter');
  expect(await asked()).toEqual([]);
});

it('speaks Chinese; names are those of mainland China and of nowhere else; without numbers there is no key', async () => {
  await open('emergency', 'zh-CN');
  await page.getByRole('button', { name: '呼叫 120，急救' }).waitFor();
  await page.getByRole('group', { name: zhCn.emergency.numbers }).waitFor();
  await open('emergency-many');
  await page.getByRole('button', { name: 'Call 110', exact: true }).waitFor();
  await open('emergency-none');
  await page.keyboard.press('F8');
  await page.getByLabel(en.signIn.pin).waitFor();
  expect(await page.getByRole('button', { name: en.emergency.open }).count()).toBe(0);
});

it('while somebody finishes a call the work area tells nothing, on any screen, and nothing turns red', async () => {
  for (const hash of ['', 'calls', 'calls/row-1', 'devices', 'keys', 'texts', 'switch-log', 'settings/site']) {
    await open('sign-in-waits');
    await page.evaluate((it) => {
      location.hash = `#/${it}`;
    }, hash);
    await page.getByText(en.signIn.first).waitFor();
    await page.getByRole('button', { name: 'Hang up' }).waitFor();
    expect([await refused(), await page.getByRole('log').textContent()]).toEqual([['desk.calls'], '']);
  }
  expect(complaints).toEqual([]);
});

it('locked it asks for nothing; open again its lists are there', async () => {
  await open('sign-in-away');
  expect(await refused()).toEqual([]);
  await page.keyboard.type('pelican\n');
  await page.getByRole('heading', { name: 'Latest calls' }).waitFor();
  await page.evaluate(() =>
    (globalThis as unknown as OnPage).seat.notify({ code: 'text-received', detail: '13900139000' }),
  );
  await page.getByText('13900139000').waitFor();
  await show({
    signIn: { kind: 'signed-out', lastLogin: '8012', why: 'asked', isHubAway: false },
    agent: { choice: { kind: 'signed-out' }, activity: { kind: 'signed-out' }, sinceAt: 0, cause: 'person' },
  });
  await page.getByLabel(en.signIn.pin).waitFor();
  expect(await page.locator('body').textContent()).not.toContain('13900139000');
  await page.keyboard.type('pelican\n');
  await page.getByRole('heading', { name: 'Latest calls' }).waitFor();
  expect([await refused(), complaints]).toEqual([[], []]);
});
