import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { startAsterisk } from '../rig/asterisk.ts';
import { endSeatProcess, newProfile } from '../rig/seat.ts';
import { preciseNow, type RelayedFrame, startSipRelay } from '../rig/sip-relay.ts';
import type { Bench } from './bench.ts';
import { spread } from './percentile.ts';
import { type ConsoleProcess, consoleProcesses, memoryMb, processorSeconds } from './process-tree.ts';

/** Starts that are measured, after one that fills the caches of disk and bundler. */
const starts = 7;

/** How long the console is left alone: the issue asks for thirty seconds. */
const idleMs = 30_000;

/** After registering, pages still draw and compile; that is starting, not idling. */
const settleMs = 5_000;

const house = new URL('../..', import.meta.url).pathname;

/** `npm start -- --headless` as a person starts it, without npm itself: process start to the registrar's 200 OK. */
export const bench: Bench = async (say) => {
  const asterisk = await startAsterisk();
  const relay = await startSipRelay(asterisk.wsUrl);
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  const times: number[] = [];
  let idle: IdleFigures | null = null;
  for (let i = 0; i <= starts; i++) {
    const profile = await newProfile({ account: { ...account, server: relay.url } });
    const from = relay.mark();
    const startedAt = preciseNow();
    const args = [`${house}main/set-up.mjs`, 'start', `${house}main/start.ts`, '--headless', '--profile', profile.path];
    const child = spawn('node', args, { cwd: house, stdio: ['ignore', 'ignore', 'inherit'] });
    const registered = await relay.waitFor('the registration', isRegistered, { from, timeoutMs: 60_000 });
    if (i > 0) times.push(registered.at - startedAt);
    say(`start ${i}: ${(registered.at - startedAt).toFixed(0)} ms`);
    if (i === starts) idle = await measureIdle(consoleProcesses(child.pid ?? 0, profile.path));
    await endSeatProcess(child);
    profile.remove();
  }
  await relay.close();
  await asterisk.stop();
  return { figures: { startToRegistered: spread(times), ...idle }, peers: {} };
};

type IdleFigures = {
  /** Share of one core over `idleMs`, all processes together. */
  readonly idleCpuPercent: number;
  readonly idleCpuPercentByProcess: Readonly<Record<string, number>>;
  /** PSS: what would come free if the process ended. */
  readonly memoryMb: Readonly<Record<string, number>>;
};

async function measureIdle(processes: readonly ConsoleProcess[]): Promise<IdleFigures> {
  await setTimeout(settleMs);
  const before = new Map(processes.map((one) => [one.pid, processorSeconds(one)]));
  const startedAt = performance.now();
  // Not a wait for something to happen: the time itself is what is measured.
  await setTimeout(idleMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const percent = (one: ConsoleProcess) =>
    Math.round(((processorSeconds(one) - (before.get(one.pid) ?? 0)) / seconds) * 10_000) / 100;
  const shares = sumByRole(processes, percent);
  return {
    idleCpuPercent: Math.round(Object.values(shares).reduce((sum, share) => sum + share, 0) * 100) / 100,
    idleCpuPercentByProcess: shares,
    memoryMb: sumByRole(processes, memoryMb),
  };
}

function sumByRole(
  processes: readonly ConsoleProcess[],
  value: (one: ConsoleProcess) => number,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of processes) sums[one.role] = Math.round(((sums[one.role] ?? 0) + value(one)) * 100) / 100;
  return sums;
}

function isRegistered({ to, text }: RelayedFrame): boolean {
  return to === 'seat' && text.startsWith('SIP/2.0 200') && /^CSeq:\s*\d+\s+REGISTER/im.test(text);
}
