import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { SeatView } from '../../../core/console-api.ts';
import type { Notice } from '../../../core/notice.ts';
import { runSeatShell, type SeatShell } from '../../../main/electron/seat-shell.ts';
import { type Console, connectConsole } from '../../../renderer/console-link.ts';
import { messagePortWire } from '../../../renderer/console-wire.ts';
import { bundleMain, channelLikeMain, type PortLikeMain, utilityOf } from './bundled-main.ts';

/** Two programs are loaded and a store is made; on two busy cores that takes a while. */
const patienceMs = 30_000;

let program: (file: string) => string = (file) => file;
let profile = '';

beforeAll(async () => {
  program = await bundleMain();
}, patienceMs);
beforeAll(() => {
  profile = mkdtempSync(join(tmpdir(), 'hookline-electron-'));
});
afterAll(() => rmSync(profile, { recursive: true, force: true }));

const key = new Uint8Array(randomBytes(32));

/** The shell as electron.ts runs it, with worker threads for utility processes. */
function runShell(start: { key: Uint8Array }) {
  const said: string[] = [];
  const started = Promise.withResolvers<void>();
  const restarted = Promise.withResolvers<void>();
  const seats: { crash(): void }[] = [];
  let states = 0;
  const shell: SeatShell<PortLikeMain> = runSeatShell<PortLikeMain>({
    forkSeat: () => {
      const utility = utilityOf(program('seat-utility.js'));
      seats.push(utility);
      return utility;
    },
    forkDevices: () => utilityOf(program('device-process.js'), ['--simulated']),
    makeChannel: channelLikeMain,
    start: { kind: 'start', profile, key: new Uint8Array(start.key), version: '0.0.0', locale: 'en', isPractice: true },
    onState: () => {
      states += 1;
      if (seats.length === 1) started.resolve();
      else restarted.resolve();
    },
    onRefused: (message) => said.push(message),
    now: Date.now,
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    log: (_level, message) => said.push(message),
  });
  onTestFinished(() => shell.stop());
  return { shell, said, started, restarted, crashSeat: () => seats[0]?.crash(), states: () => states };
}

/** A page's link over a port from the shell, as the preload hands it over. */
function openPage(shell: SeatShell<PortLikeMain>, page: 'phone' | 'desk'): Promise<Console> {
  const { port1, port2 } = channelLikeMain();
  expect(shell.givePage(page, port1)).toBe(true);
  // Node's port is the browser's too, but for typings.
  const link = connectConsole({ open: messagePortWire(port2.raw as unknown as MessagePort) });
  onTestFinished(() => link.close());
  return new Promise((resolve) => link.watch((console) => console !== null && resolve(console)));
}

async function until(console: Console, isSo: (view: SeatView) => boolean): Promise<SeatView> {
  for await (const view of await console.desk.view()) if (isSo(view)) return view;
  throw new Error('the feed ended');
}

test(
  'the bundled seat and device process run as under Electron: a page sees the seat and its simulated headset',
  async () => {
    const { shell, started } = runShell({ key });
    await started.promise;
    const desk = await openPage(shell, 'desk');
    const view = await until(desk, ({ devices }) => devices.some(({ kind }) => kind === 'simulated'));
    expect(view).toMatchObject({ line: { kind: 'practice' }, version: '0.0.0', calls: [] });
    expect(existsSync(join(profile, 'hookline.db'))).toBe(true);
    // Who may ask what is decided by the window the port was made for.
    await expect(desk.phone.report({ kind: 'started', at: 1 })).rejects.toThrow('may not ask');
  },
  patienceMs,
);

test(
  'a seat process that crashes comes back on the same profile, with its devices',
  async () => {
    const { shell, said, started, restarted, crashSeat } = runShell({ key });
    await started.promise;
    crashSeat();
    await restarted.promise;
    const desk = await openPage(shell, 'desk');
    await until(desk, ({ devices }) => devices.some(({ kind }) => kind === 'simulated'));
    expect(said.some((line) => line.startsWith('the seat process ended'))).toBe(true);
  },
  patienceMs,
);

test(
  'with another key a new log is begun: the old one is set aside, and the agent is told',
  async () => {
    const { shell, started } = runShell({ key: new Uint8Array(randomBytes(32)) });
    await started.promise;
    const desk = await openPage(shell, 'desk');
    expect(await firstNotice(desk, 'log-begun-anew')).toBe('log-begun-anew');
    expect(readdirSync(join(profile, 'quarantine')).length).toBeGreaterThan(0);
  },
  patienceMs,
);

/** Resolves when the agent has been told this. */
async function firstNotice(console: Console, code: Notice['code']): Promise<string> {
  for await (const notice of await console.desk.notices()) if (notice.code === code) return notice.code;
  throw new Error('the feed ended');
}
