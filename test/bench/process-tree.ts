import { readdirSync, readFileSync } from 'node:fs';

/** One process of the console. */
export type ConsoleProcess = { readonly pid: number; readonly role: string; readonly command: string };

/** Linux counts processor time in hundredths of a second (USER_HZ), whatever the kernel's own tick. */
const ticksPerSecond = 100;

/** Every process under `pid`, and every process whose command line names `profile` (Chromium may leave the tree). */
export function consoleProcesses(pid: number, profile: string): readonly ConsoleProcess[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const wanted = new Set([pid, ...all.filter(({ command }) => command.includes(profile)).map((one) => one.pid)]);
  for (let grew = true; grew; ) {
    const before = wanted.size;
    for (const one of all) if (wanted.has(one.parent)) wanted.add(one.pid);
    grew = wanted.size > before;
  }
  return all
    .filter((one) => wanted.has(one.pid))
    .map(({ pid: own, command }) => ({ pid: own, role: roleOf(command), command }));
}

/** Memory that is this process's own share (PSS), in megabytes; 0 when it is gone. */
export function memoryMb({ pid }: ConsoleProcess): number {
  const kilobytes = Number(/^Pss:\s+(\d+)/m.exec(readIfThere(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  return Math.round(kilobytes / 102.4) / 10;
}

/** Processor time used so far, in seconds; 0 when it is gone. */
export function processorSeconds({ pid }: ConsoleProcess): number {
  const fields = readIfThere(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
}

function readProcess(pid: number): readonly { pid: number; parent: number; command: string }[] {
  const command = readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  const parent = Number(readIfThere(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1] ?? 0);
  return command === '' ? [] : [{ pid, parent, command }];
}

function roleOf(command: string): string {
  if (command.includes('device-process')) return 'devices';
  if (command.includes('main/browser.ts')) return 'seat';
  if (command.includes('main/start.ts') || command.includes('set-up.mjs')) return 'starter';
  const type = /--type=([\w-]+)/.exec(command)?.[1];
  const service = /--utility-sub-type=([\w.]+)/.exec(command)?.[1]?.split('.')[0];
  if (type !== undefined) return `chromium ${service ?? type}`;
  return /chrom/i.test(command) ? 'chromium browser' : 'other';
}

/** The file, or nothing when its process ended in this moment. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}
