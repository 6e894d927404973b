import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeskRequest, SeatView } from '../../../core/console-api.ts';
import { scenePages } from './scene-pages.ts';
import { scenesAt } from './scenes.ts';

/** The real desk page in Chromium on a fake seat, under the product's own content policy. */
const { open, complaints, page: opened } = scenePages({ width: 1024, height: 640 });
let page: Page;
beforeAll(() => {
  page = opened();
});

type OnPage = { readonly seat: { asked: DeskRequest[]; pressed: unknown[]; show(change: Partial<SeatView>): void } };
const asked = (): Promise<DeskRequest[]> => page.evaluate(() => (globalThis as unknown as OnPage).seat.asked);
const show = (change: Partial<SeatView>): Promise<void> =>
  page.evaluate((it) => (globalThis as unknown as OnPage).seat.show(it), change);

/** What axe finds wrong with the page. A scene has no frames of others, so axe needs no second page to sum up in. */
async function axe(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

const scenes = scenesAt(Date.now());

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  it.each(Object.keys(scenes))('%s: axe finds nothing, nothing scrolls sideways, the policy was kept', async (name) => {
    const isBar = scenes[name]?.isBar === true;
    await page.setViewportSize(isBar ? { width: 480, height: 64 } : { width: 1024, height: 640 });
    await open(name, theme === 'light' ? 'en' : 'zh-CN', theme);
    if (name.startsWith('call-')) await page.waitForSelector('canvas');
    const found = await axe();
    const sideways = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter(
          (part) =>
            part.scrollWidth > part.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(part).overflowX),
        )
        .map((part) => part.className),
    );
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect({ found, sideways, overflow, complaints }).toEqual({ found: [], sideways: [], overflow: 0, complaints: [] });
  });
});

describe('in high contrast', () => {
  it.each([
    'idle',
    'ringing',
    'muted',
    'after-call',
    'settings',
    'devices-all',
    'devices-trouble',
    'keys',
    'settings-equipment',
    'texts',
    'switch-unread',
    'modem-call',
    'hub-away-asked',
    'hub-catching-up',
    'site',
    'site-away',
    'recordings',
    'notices',
  ])('%s: axe finds nothing', async (name) => {
    await page.setViewportSize({ width: 1024, height: 640 });
    await open(name, 'en', 'high-contrast');
    expect(await axe()).toEqual([]);
  });
});

describe('the card', () => {
  it('keeps the hook and the small keys in their place whatever happens', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    const places: unknown[] = [];
    for (const name of [
      'idle',
      'ringing',
      'connecting',
      'talking',
      'held',
      'waiting',
      'after-call',
      'disk-full',
      'calls',
    ]) {
      await open(name);
      places.push(
        await page.evaluate(() =>
          [...document.querySelectorAll('#card [data-meaning], #card fieldset:last-child button')].map((key) => {
            const { x, y, width, height } = key.getBoundingClientRect();
            return [x, y, width, height].map(Math.round);
          }),
        ),
      );
    }
    expect(places).toEqual(places.map(() => places[0]));
  });

  it('stands still in the smallest window, and in a smaller one, as at 200 % zoom, scrolls to the hook', async () => {
    const room = (): Promise<readonly number[]> =>
      page.evaluate(() => {
        const { scrollWidth, clientWidth, scrollHeight, clientHeight } =
          document.getElementById('desk') ?? document.body;
        return [scrollWidth - clientWidth, scrollHeight - clientHeight];
      });
    await page.setViewportSize({ width: 1024, height: 640 });
    for (const name of ['idle', 'hub-away-asked', 'devices-trouble', 'keys-many']) {
      await open(name);
      expect([name, await room()]).toEqual([name, [0, 0]]);
    }
    await open('talking');
    await page.setViewportSize({ width: 640, height: 400 });
    await page.mouse.move(320, 20);
    await page.mouse.wheel(600, 0);
    await page.mouse.wheel(0, 600);
    // Not scrolled to by the test: the wheel alone brings it there.
    await page.waitForFunction(() => {
      const hook = document.querySelector('#card [data-meaning]')?.getBoundingClientRect();
      return hook !== undefined && hook.right <= innerWidth && hook.bottom <= innerHeight;
    });
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('shows HTML in a name as text', async () => {
    await open('hostile');
    expect(await page.locator('#card h2').textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(await page.locator('#desk img').count()).toBe(0);
  });

  it('never takes the focus or the keys of somebody who types when it rings; F8 answers from there', async () => {
    await open('idle');
    const field = page.locator('#card input');
    await field.fill('9558');
    const ringing = scenes.ringing?.view;
    if (ringing === undefined) throw new Error('no ringing scene');
    await show({ calls: ringing.calls, agent: ringing.agent });
    await page.waitForSelector('#card[data-state=ringing]');
    await page.keyboard.type('8');
    expect(await field.inputValue()).toBe('95588');
    await page.keyboard.press('Enter');
    expect(await asked()).toEqual([]);
    await page.keyboard.press('F8');
    expect(await asked()).toEqual([{ kind: 'answer', callId: ringing.calls[0]?.callId }]);
  });

  it('does not hang up on a double press of Answer, nor by a key held down', async () => {
    await open('ringing');
    const talking = scenes.talking?.view;
    if (talking === undefined) throw new Error('no talking scene');
    await page.keyboard.press('F8');
    await show({ calls: talking.calls, agent: talking.agent });
    await page.waitForSelector('#card[data-state=talking]');
    await page.keyboard.press('F8');
    expect((await asked()).map((request) => request.kind)).toEqual(['answer']);
  });

  it('keeps the note and the focus through the hang-up, and saves it with the code', async () => {
    await open('talking');
    // Drafts are sent while somebody rests from typing: how many is a matter of how fast the machine is.
    const decided = async () => (await asked()).filter(({ kind }) => kind !== 'draft');
    const done = scenes['after-call']?.view;
    const talking = scenes.talking?.view.calls[0];
    if (done?.afterCall == null || talking === undefined) throw new Error('no such scene');
    await page.locator('#card textarea').fill('Leaks since Mon');
    await show({ calls: [], agent: done.agent, afterCall: { ...done.afterCall, callId: talking.callId } });
    await page.waitForSelector('#card[data-state=after-call-work]');
    await page.keyboard.type('day 3');
    expect(await page.locator('#card textarea').inputValue()).toBe('Leaks since Monday 3');
    await page.locator('#card textarea').blur();
    await page.keyboard.press('F8');
    await page.keyboard.press('Enter');
    expect(await decided()).toEqual([]);
    await page.keyboard.press('3');
    await page.keyboard.press('Enter');
    expect(await decided()).toEqual([
      { kind: 'code', callId: talking.callId, code: 'repair', note: 'Leaks since Monday 3' },
    ]);
  });

  it('sends digits, hold and mute by keyboard while talking', async () => {
    await open('talking');
    for (const key of ['1', '5', '#', 'F9', 'F10']) await page.keyboard.press(key);
    expect((await asked()).map((request) => [request.kind, 'digits' in request ? request.digits : ''])).toEqual([
      ['digits', '1'],
      ['digits', '5'],
      ['digits', '#'],
      ['hold', ''],
      ['mute', ''],
    ]);
  });

  it('does nothing by a dimmed key, and says why', async () => {
    await open('idle');
    const hold = page.getByRole('button', { name: 'Hold' });
    await hold.click({ force: true });
    expect(await hold.getAttribute('aria-description')).toBe('Only in a call');
    expect(await asked()).toEqual([]);
  });

  it('dims what has to be agreed on with a switch that is away, and says why and what goes on', async () => {
    await open('talking-line-down');
    const status = await page.locator('main [role=status]').first().textContent();
    expect(status).toContain('You can go on talking. Hold and transfer come back with the line');
    const hold = page.getByRole('button', { name: 'Hold' });
    await hold.click({ force: true });
    expect(await hold.getAttribute('aria-description')).toBe(
      "The switch can't be reached. This comes back with the line; you can go on talking.",
    );
    const said = page.getByRole('tooltip');
    await said.waitFor();
    const box = await said.boundingBox();
    const card = await page.locator('#card').boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(card?.x ?? 0);
    await page.getByRole('button', { name: 'Mute' }).click();
    await page.getByRole('button', { name: 'Hang up' }).click();
    expect((await asked()).map((request) => request.kind)).toEqual(['mute', 'hang-up']);
  });

  it('is never covered by its own keypad', async () => {
    await page.setViewportSize({ width: 1024, height: 640 });
    await open('talking');
    await page.getByRole('button', { name: 'Keypad' }).click();
    const pad = await page.getByRole('dialog', { name: 'Keypad' }).boundingBox();
    const card = await page.locator('#card').boundingBox();
    expect((pad?.x ?? 0) + (pad?.width ?? 0)).toBeLessThanOrEqual(card?.x ?? 0);
    await page.getByRole('button', { name: 'Key 5' }).click();
    expect(await asked()).toEqual([{ kind: 'digits', digits: '5' }]);
  });
});

describe('the page without its seat process', () => {
  it('keeps the last view, turns the data light red and says what still works', async () => {
    await open('lost');
    await page.waitForSelector('[data-state=down]');
    expect(await page.locator('main').textContent()).toContain('The screen lost its seat process.');
    expect(await page.locator('#card h2').first().textContent()).toBe('王小明');
    await page.getByRole('button', { name: 'Hang up' }).click({ force: true });
    expect(await asked()).toEqual([]);
  });
});

describe('the call list', () => {
  it('is walked by keys: / searches, arrows choose, End goes to the last of 10,000 rows', async () => {
    await open('calls');
    await page.keyboard.press('/');
    await page.keyboard.type('front desk');
    await page.getByRole('status').filter({ hasText: 'found' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('[role=option][aria-selected=true]');
    expect(await page.locator('[role=option][aria-selected=true]').textContent()).toContain('Front desk');
    await page.locator('#call-search').fill('');
    await page.getByRole('status').filter({ hasText: '10,000 calls' }).waitFor();
    await page.locator('#call-list').focus();
    await page.keyboard.press('End');
    await page.waitForSelector('#call-row-9999[aria-selected=true]');
    expect(await page.locator('[role=option]').count()).toBeLessThan(60);
  });

  it('plays a recording: Space starts it, its gap and damaged chunks are said', async () => {
    await open('call-damaged');
    await page.waitForSelector('canvas');
    const text = await page.getByRole('region', { name: 'Recording' }).textContent();
    expect(text).toContain('1 pause of 00:06');
    expect(text).toContain('Chunks 22, 23 are damaged and left out. The rest plays.');
    await page.getByRole('slider', { name: 'Position in the recording' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  });
});

describe('settings', () => {
  it('says what is wrong with a field only after it was left, and saves nothing wrong', async () => {
    await open('settings');
    await page.getByRole('radio', { name: 'Switch account' }).check();
    const server = page.getByLabel('Server');
    await server.fill('switch.example');
    expect(await server.getAttribute('aria-invalid')).toBeNull();
    await server.blur();
    expect(await server.getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Save and connect' }).click();
    expect(await page.getByRole('status').filter({ hasText: 'Saved' }).count()).toBe(0);
    await server.fill('wss://switch.example/ws');
    await page.getByLabel('User').fill('6001');
    await page.getByLabel('Domain').fill('switch.example');
    await page.getByLabel('Password').fill('secret');
    await page.getByRole('button', { name: 'Save and connect' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
  });

  it('changes language and theme at once', async () => {
    await open('settings');
    await page.getByRole('radio', { name: '中文' }).check();
    await page.getByRole('heading', { name: '设置' }).waitFor();
    await page.getByRole('radio', { name: '深色' }).check();
    await page.waitForSelector('html[data-theme=dark][lang=zh-CN]');
  });
});
