import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { consoleProcesses } from '../../bench/process-tree.ts';
import { callSeat } from '../../rig/caller.ts';
import { startSeatProcess } from '../../rig/seat.ts';
import { watchSound } from '../../rig/sound-watch.ts';
import { arrangeCall, type CallScene, callStands, gapMsMax, hasEnded, lacksRig } from '../call-scene.ts';
import { type ClockFile, clockFile } from '../clock-file.ts';
import { type Fault, fault } from '../fault.ts';
import { planted } from '../planted.ts';

/** Processes of the console by what they are: `seat`, `devices`, `chromium renderer`, ... */
function pidsOf({ seat }: CallScene, ...roles: readonly string[]): readonly number[] {
  const all = consoleProcesses(seat.process.pid ?? 0, seat.profile);
  const found = all.filter(({ role }) => roles.length === 0 || roles.includes(role)).map(({ pid }) => pid);
  if (found.length === 0) throw new Error(`no process is ${roles}: ${all.map(({ role }) => role)}`);
  return found;
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, name);
}

/** Another call is rung, answered and heard: the seat is usable again. */
async function takesAnotherCall({ seat, asterisk }: CallScene, page: Page = seat.page): Promise<void> {
  const desk = page.frameLocator('iframe');
  await desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  const caller = await callSeat(asterisk, {
    endpoint: '6001',
    name: planted.name,
    number: planted.number,
    toneHz: 600,
  });
  await desk.getByRole('button', { name: 'Answer' }).click();
  await caller.whenAnswered();
  await (await watchSound(page, asterisk, caller.seatChannel)).bothWays(gapMsMax);
}

type WithClock = CallScene & { readonly clock: ClockFile };

const secondsMax = 120;

/** The processes of a console, killed or stopped in the middle of a call. */
export const callProcesses: Readonly<Record<string, Fault>> = {
  'seat-process-killed-in-a-call': fault<CallScene>({
    promise: 'A call goes on when the seat process is killed; the next one closes its line in the log, and says so.',
    lacks: lacksRig,
    secondsMax,
    arrange: () => arrangeCall(),
    inject: async (scene) => signal(pidsOf(scene, 'seat'), 'SIGKILL'),
    check: async ({ seat, sound }) => {
      await seat.desk.getByText('The screen lost its seat process').waitFor();
      const gapMs = await sound.bothWays(gapMsMax);
      const next = await startSeatProcess(seat.profile, {});
      const ended = new Promise((resolve) => next.child.once('exit', resolve));
      next.child.kill('SIGTERM');
      await ended;
      await hasEnded(seat.profile, 'seat-restarted');
      return `sound after ${gapMs} ms`;
    },
  }),
  'device-process-killed-in-a-call': fault<CallScene>({
    promise: 'When the process of the devices dies a call goes on, and the devices are back.',
    lacks: lacksRig,
    secondsMax,
    arrange: () => arrangeCall(),
    inject: async (scene) => {
      const before = pidsOf(scene, 'devices');
      signal(before, 'SIGKILL');
      // It is started anew behind the port; two tries are let pass.
      for (let looks = 0; looks < 100; looks += 1) {
        await pause(100);
        const now = consoleProcesses(scene.seat.process.pid ?? 0, scene.seat.profile);
        if (now.some(({ role, pid }) => role === 'devices' && !before.includes(pid))) return;
      }
      throw new Error('the device process was not started anew');
    },
    check: callStands,
  }),
  'page-killed-in-a-call': fault<CallScene>({
    promise: 'A page that is killed ends its call in the log, and opened again it takes the next one.',
    lacks: lacksRig,
    secondsMax,
    arrange: () => arrangeCall(),
    inject: async (scene) => {
      const crashed = new Promise((resolve) => scene.seat.page.once('crash', resolve));
      signal(pidsOf(scene, 'chromium renderer'), 'SIGKILL');
      await crashed;
      await scene.caller.hangUp();
    },
    check: async (scene) => {
      // What a person does with "Aw, snap"; Playwright loads nothing into a tab that crashed.
      const page = await scene.seat.chromium.context.newPage();
      await page.goto(new URL('/', scene.seat.page.url()).href);
      await takesAnotherCall(scene, page);
      await hasEnded(scene.seat.profile, 'line-lost');
      return '';
    },
  }),
  'page-stopped-in-a-call': fault<CallScene>({
    promise: `After its page stood still for ten seconds a call is heard again within ${gapMsMax} ms.`,
    lacks: lacksRig,
    secondsMax,
    arrange: () => arrangeCall(),
    inject: async (scene) => {
      const pages = pidsOf(scene, 'chromium renderer');
      signal(pages, 'SIGSTOP');
      await pause(10_000);
      signal(pages, 'SIGCONT');
    },
    check: callStands,
  }),
  'switch-stopped-in-a-call': fault<CallScene>({
    promise: `After the switch stood still for ten seconds a call is heard again within ${gapMsMax} ms.`,
    lacks: lacksRig,
    secondsMax,
    arrange: () => arrangeCall(),
    inject: async ({ asterisk, seat }) => {
      process.kill(asterisk.pid, 'SIGSTOP');
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor({ state: 'detached', timeout: 15_000 });
      process.kill(asterisk.pid, 'SIGCONT');
    },
    check: callStands,
  }),
  'asleep-for-ten-minutes': fault<WithClock>({
    promise: 'A machine that slept wakes to a seat that tells the truth: the switch is there, and no talk was counted.',
    lacks: lacksRig,
    secondsMax,
    // Every process stands still for twelve seconds; the ten minutes are the injected clock of the seat process.
    arrange: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hookline-fault-clock-'));
      const clock = clockFile(folder);
      const scene = await arrangeCall({ env: clock.env });
      const close = async (how: { readonly keep: boolean }): Promise<void> => {
        await scene.close(how);
        rmSync(folder, { recursive: true });
      };
      return { ...scene, clock, close };
    },
    inject: async (scene) => {
      const all = pidsOf(scene);
      signal(all, 'SIGSTOP');
      scene.clock.shift(600_000);
      // Whoever was talked to hangs up, and the switch forgets the connection.
      await scene.caller.hangUp();
      await scene.network.reset();
      await pause(12_000);
      signal(all, 'SIGCONT');
    },
    check: async (scene) => {
      await scene.seat.desk.locator('#card[data-state=after-call-work]').waitFor();
      await takesAnotherCall(scene);
      return '';
    },
  }),
};
