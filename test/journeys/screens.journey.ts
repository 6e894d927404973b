import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'vitest';
import type { Settings } from '../../core/settings.ts';
import { openSeat, type Seat } from '../rig/seat.ts';

/**
 * The desk as people see it, in both languages and both themes: pictures to look at under `out/shots`, and an
 * accessibility check of each. With HOOKLINE_README_PICTURES=1 the README's pictures are made anew.
 */
const readmePictures = new URL('../../assets/screenshots/', import.meta.url).pathname;
const isForReadme = process.env.HOOKLINE_README_PICTURES === '1';

const looks = [
  { language: 'en', locale: 'en-GB', theme: 'light' },
  { language: 'en', locale: 'en-GB', theme: 'dark' },
  { language: 'zh-CN', locale: 'zh-CN', theme: 'light' },
  { language: 'zh-CN', locale: 'zh-CN', theme: 'dark' },
] as const;

/** Equipment that is not there: its screens are, and say so. */
const port = { path: '/dev/ttyNotThere0', vendorId: null, productId: null, serialNumber: null };
const line = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' } as const;
const notThere: Settings['equipment'] = [
  { use: 'panel', id: 'door-panel', name: '', port, profile: 'eao-panel' },
  { use: 'message-desk', id: 'desk-link', name: '', port, line, role: 'desk', digits: 7, keepAliveNumber: '' },
  {
    use: 'call-records',
    id: 'switch-log',
    name: '',
    layout: 'mitel-5000',
    source: { kind: 'port', port, line },
    dateOrder: 'layout',
  },
  { use: 'modem', id: 'mobile', name: '', port, line, kind: 'mobile', isFallback: true },
];

/**
 * The README's caller has called before: practice customers ring in turn, so these are two rounds of all three, and the
 * next one is the first again.
 */
const readmeNotes = {
  en: [
    'Asked what a table for six costs on a Friday. Sent the menu.',
    'Waited twenty minutes last time. Apologised; the team leader knows.',
    'Wanted the shop next door.',
    'Booked for Friday at 19:00, one guest eats no nuts.',
    'Refund is on its way, three working days.',
    'Wrong number again; gave the right one.',
  ],
  'zh-CN': [
    '咨询周五六人位的价格，已发送菜单。',
    '反映上次等了二十分钟，已致歉并告知班长。',
    '要找的是隔壁商店。',
    '已预订周五 19:00，一位客人对坚果过敏。',
    '退款已提交，三个工作日内到账。',
    '再次拨错，已告知正确号码。',
  ],
} as const;

/** The README shows a seat as most people have it. */
const equipment = isForReadme ? [] : notThere;

test.each(looks)(
  'the desk in $language, $theme: every screen drawn and accessible',
  async ({ language, locale, theme }) => {
    const seat = await openSeat({ locale, colorScheme: theme, settings: { language, theme, equipment } });
    try {
      await walk(seat, `${language}-${theme}`);
    } finally {
      await seat.close();
      seat.remove();
    }
  },
);

/** One short day: idle, two calls and their work, the lists; a picture and a check of each. */
async function walk(seat: Seat, look: string): Promise<void> {
  const { desk } = seat;
  const card = (state: string) => desk.locator(`#card[data-state=${state}]`);
  const problems: string[] = [];
  const see = async (name: string) => {
    const path = await seat.chromium.shot(seat.page, `${name}-${look}`);
    if (isForReadme && (name === 'desk' || name === 'ringing')) {
      mkdirSync(readmePictures, { recursive: true });
      copyFileSync(path, join(readmePictures, `${name}-${look}.png`));
    }
    const { violations } = await new AxeBuilder({ page: seat.page }).analyze();
    problems.push(
      ...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    );
  };

  await card('idle').waitFor();
  await see('idle');
  const notes = isForReadme ? readmeNotes[look.startsWith('en') ? 'en' : 'zh-CN'] : [''];
  for (const note of notes) await practiceCall(seat, note);
  await desk.locator('#card button').first().click();
  await card('ringing').waitFor();
  // Who has called before is looked up while it rings.
  if (isForReadme) await desk.locator('#history').waitFor();
  await see('ringing');
  await desk.locator('body').press('F8');
  await card('talking').waitFor();
  await desk.locator('#card [role=timer]', { hasText: '00:05' }).first().waitFor();
  await see('desk');
  await seat.page.setViewportSize({ width: 1024, height: 640 });
  await see('desk-small');
  expect(await seat.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1024);
  await seat.page.setViewportSize({ width: 1280, height: 800 });
  await desk.locator('body').press('F8');
  await card('after-call-work').waitFor();
  await see('after-call');
  await finishWork(seat, '');
  const screens = isForReadme ? ['calls'] : ['calls', 'texts', 'devices', 'keys', 'settings'];
  for (const screen of screens) {
    const link = desk.locator(`nav [href="#/${screen}"]`);
    await link.click();
    // Screens are loaded when they are first wanted: one is there when its own title is.
    await desk.locator('h1', { hasText: (await link.textContent()) ?? '' }).waitFor();
    await see(screen);
  }
  if (!isForReadme) {
    await desk.locator('nav [href="#/calls"]').first().click();
    await desk.locator('main [href="#/switch-log"]').click();
    await desk.locator('main [href="#/switch-log"][aria-current=page]').waitFor();
    await see('switch-log');
  }
  expect(problems).toEqual([]);
}

/** A practice call from ring to work code, so that the lists have something in them. */
async function practiceCall(seat: Seat, note: string): Promise<void> {
  const { desk } = seat;
  await desk.locator('#card button').first().click();
  await desk.locator('#card[data-state=ringing]').waitFor();
  await desk.locator('body').press('F8');
  // The hook guards against a second press by accident: a person talks before they hang up.
  await desk.locator('#card[data-state=talking] [role=timer]', { hasText: '00:02' }).first().waitFor();
  await desk.locator('body').press('F8');
  await desk.locator('#card[data-state=after-call-work]').waitFor();
  await finishWork(seat, note);
}

async function finishWork({ desk }: Seat, note: string): Promise<void> {
  if (note !== '') await desk.locator('#card textarea').fill(note);
  await desk.locator('#card input[value=consultation]').check();
  await desk.locator('#card input[value=consultation]').press('Enter');
  await desk.locator('#card[data-state=idle]').waitFor();
}
