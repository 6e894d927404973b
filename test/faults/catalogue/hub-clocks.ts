import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Fault, fault } from '../fault.ts';
import { expectSiteWhole, type SiteScene, siteScene } from '../site-scene.ts';

/** Where Debian keeps libfaketime: it moves the clock under the whole process, SQLite and all. */
const libraries = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
];

function library(): string | null {
  return libraries.find((path) => existsSync(path)) ?? null;
}

function lacksFaketime(): string | null {
  return library() === null ? 'no libfaketime: apt-get install faketime' : null;
}

const hourS = 3_600;

/** How far the hub's clock goes, in seconds. */
const jumps: Readonly<Record<string, () => number>> = {
  'an-hour-forward': () => hourS,
  'an-hour-back': () => -hourS,
  'a-day-forward': () => 24 * hourS,
  'a-day-back': () => -24 * hourS,
  'to-1970': () => 100_000 - Math.floor(Date.now() / 1000),
  'to-2038': () => Math.floor((Date.UTC(2038, 0, 19, 3, 14, 8) - Date.now()) / 1000),
};

type WithClock = SiteScene & { readonly jump: (seconds: number) => void };

/** A site whose hub runs under libfaketime; its monotonic clock is let alone. */
async function withClock(): Promise<WithClock> {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-fault-time-'));
  const path = join(folder, 'offset');
  const jump = (seconds: number): void => {
    writeFileSync(path, `${seconds >= 0 ? '+' : ''}${seconds}\n`);
    utimesSync(path, new Date(), new Date());
  };
  jump(0);
  const env = {
    LD_PRELOAD: library() ?? '',
    FAKETIME_TIMESTAMP_FILE: path,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const scene = await siteScene({ hub: { env } });
  const close = async (how: { readonly keep: boolean }): Promise<void> => {
    await scene.close(how);
    rmSync(folder, { recursive: true });
  };
  return { ...scene, jump, close };
}

/** How far the hub's own word for the time may be from what it should be, and how often it is asked. */
const clockSlackS = 60;
const asksMax = 30;

/** The hub really lives at another time: it says so with each answer (RFC 9110, 6.6.1), renewed once a second. */
async function expectClock(url: string, seconds: number): Promise<void> {
  for (let asks = 0; asks < asksMax; asks += 1) {
    const { headers } = await fetch(`${url}/healthz`);
    if (Math.abs(Date.parse(headers.get('date') ?? '') / 1000 - seconds) < clockSlackS) return;
    await pause(200);
  }
  throw new Error('the clock of the hub did not move');
}

/** A hub whose clock jumps while its seat works. */
export const hubClocks: Readonly<Record<string, Fault>> = Object.fromEntries(
  Object.entries(jumps).map(([name, seconds]) => [
    `hub-clock-${name}`,
    fault<WithClock>({
      promise: `A hub’s clock that jumps ${name.replaceAll('-', ' ')} locks no seat out, reorders and erases nothing.`,
      lacks: lacksFaketime,
      arrange: withClock,
      inject: async ({ jump, life, hub }) => {
        jump(seconds());
        await expectClock(hub.url, Date.now() / 1000 + seconds());
        await life.order({ do: 'calls', count: 3 });
        await pause(1_000);
        jump(0);
        await life.order({ do: 'calls', count: 1 });
      },
      check: expectSiteWhole,
    }),
  ]),
);
