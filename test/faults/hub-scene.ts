import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { v7 } from 'uuid';
import { z } from 'zod';
import { pushEntriesMax } from '../../core/hub-api.ts';
import type { JournalEntry } from '../../core/journal.ts';
import { callFacts } from '../main/store/facts.ts';
import { freePort } from '../rig/asterisk.ts';
import type { Dice } from './dice.ts';
import type { Scene } from './fault.ts';
import { planted } from './planted.ts';

const program = new URL('../../hub/start.ts', import.meta.url).pathname;

/** How long a hub may take to listen, on a machine that does much else. */
const startMsMax = 30_000;

/** A seat as a hub sees it: a key and a journal it pushes from, until everything is acknowledged. */
export type PushingSeat = {
  readonly seat: string;
  readonly key: string;
  readonly entries: readonly JournalEntry[];
  /** Everything up to and with this the hub said it has. */
  acknowledged: number;
};

/** The real program of a hub, and seats that push to it. */
export type HubScene = Scene & {
  /** The same after a restart. */
  readonly url: string;
  readonly data: string;
  readonly seats: readonly PushingSeat[];
  pid(): number;
  /** Ends it; gives the code or the signal. */
  stop(signal: NodeJS.Signals): Promise<string>;
  start(options?: HubLife): Promise<void>;
  /** What the hub wrote to its log. */
  log(): string;
  /** A code with which one seat more may enrol. */
  code(label: string): Promise<string>;
};

/** What a life of a hub is begun with: words before the program, and more environment. */
export type HubLife = { readonly under?: readonly string[]; readonly env?: Readonly<Record<string, string>> };

/** What a hub of faults is made with; `folder`: its data, a new folder of its own unless given, and then not removed. */
export type HubSceneOptions = HubLife & {
  readonly seats: number;
  readonly calls: number;
  readonly folder?: string;
};

/** A hub with so many seats, each with so many calls to tell. */
export async function hubScene(options: HubSceneOptions): Promise<HubScene> {
  const data = options.folder ?? mkdtempSync(join(tmpdir(), 'hookline-fault-hub-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let log = '';
  const start = async ({ under = [], env = {} }: HubLife = {}): Promise<void> => {
    const [first = '', ...rest] = [
      ...under,
      process.execPath,
      program,
      'serve',
      '--data',
      data,
      '--port',
      String(port),
    ];
    const started = spawn(first, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    child = started;
    const note = (text: string): void => {
      log = (log + text).slice(-1_000_000);
    };
    started.stderr.on('data', (text: Buffer) => note(text.toString()));
    const lines = createInterface({ input: started.stdout });
    lines.on('line', (line) => note(`${line}\n`));
    const late = AbortSignal.timeout(startMsMax);
    await Promise.race([
      once(lines, 'line', { signal: late }),
      once(started, 'exit', { signal: late }).then(() => Promise.reject(new Error(`the hub ended: ${log}`))),
    ]);
  };
  const stop = async (signal: NodeJS.Signals): Promise<string> => {
    const ending = child;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return 'ended before';
    const ended = once(ending, 'exit');
    ending.kill(signal);
    if (signal === 'SIGKILL') ending.kill('SIGCONT');
    const [code, by] = await ended;
    return String(by ?? code);
  };
  await start(options);
  const admin = madeKey.parse(await command(data, 'make-key', '--name', 'rig', '--role', 'administrator')).key;
  const code = async (label: string): Promise<string> =>
    madeCode.parse((await post(`${url}/v1/enrolment-codes`, admin, { label })).body).code;
  return {
    url,
    data,
    folders: [data],
    seats: await enrolAll(url, code, options),
    code,
    pid: () => child?.pid ?? 0,
    stop,
    start,
    log: () => log,
    close: async ({ keep }) => {
      await stop('SIGKILL');
      if (!keep && options.folder === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

const madeKey = z.object({ key: z.string() });
const madeCode = z.object({ code: z.string() });

async function enrolAll(
  url: string,
  code: (label: string) => Promise<string>,
  { seats, calls }: { readonly seats: number; readonly calls: number },
): Promise<readonly PushingSeat[]> {
  return Promise.all(
    Array.from({ length: seats }, async (_, index) => {
      const seat = `seat-${index}`;
      const enrolled = await post(`${url}/v1/enrolments`, null, { code: await code(seat), seat });
      const facts = Array.from({ length: calls }, (_each, number) => callFacts(number, planted.number)).flat();
      const entries = facts.map((fact, at) => ({ seat, seq: at + 1, id: v7(), at: Date.now() + at, ...fact }));
      return { seat, key: madeKey.parse(enrolled.body).key, entries, acknowledged: 0 };
    }),
  );
}

async function command(data: string, ...args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [program, ...args, '--data', data, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  await once(child, 'close');
  return JSON.parse(out);
}

/** One POST of JSON. Rejects when no answer came, as `fetch` does. */
export async function post(
  url: string,
  key: string | null,
  body: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(startMsMax),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

const pushed = z.object({ acknowledgedSeq: z.number(), setAside: z.array(z.unknown()) });

/**
 * One push of a seat: the next entries, and now and then some that were acknowledged before, as a seat does that did not
 * hear the answer. False: no answer came, or none of the hub's. Throws when a hub says what it may not.
 */
export async function pushOnce(seat: PushingSeat, url: string, dice: Dice): Promise<boolean> {
  // With nothing left to tell the last ones are told once more.
  const next = Math.min(seat.entries.length, seat.acknowledged + 1);
  return push(seat, url, Math.max(1, next - dice.whole(0, 3)), dice.whole(4, 12));
}

async function push(seat: PushingSeat, url: string, from: number, count: number): Promise<boolean> {
  const entries = seat.entries.slice(from - 1, from - 1 + count);
  try {
    const { status, body } = await post(`${url}/v1/journal`, seat.key, { firstSeq: from, entries });
    if (status === 503 || status === 302 || status === 502) return false;
    if (status !== 200) throw new Error(`a push was answered ${status}: ${JSON.stringify(body)}`);
    const { acknowledgedSeq, setAside } = pushed.parse(body);
    if (setAside.length > 0) throw new Error(`set aside: ${JSON.stringify(setAside)}`);
    seat.acknowledged = Math.max(seat.acknowledged, acknowledgedSeq);
    return true;
  } catch (error) {
    // What fetch gives for a connection that broke, and for one that nobody answered.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return false;
    throw error;
  }
}

/** How often a seat tries before a hub that should be well is said not to be. */
const triesMax = 40;

/** Everything a seat has left to tell goes to the hub, the last entry twice. */
export async function drain(seat: PushingSeat, url: string): Promise<void> {
  for (let tries = 0; seat.acknowledged < seat.entries.length; tries += 1) {
    if (tries === triesMax) throw new Error(`${seat.seat} got no further than ${seat.acknowledged}`);
    await push(seat, url, Math.max(1, seat.acknowledged), pushEntriesMax);
  }
}

/** Resident memory of a process, in megabytes (Linux). */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`no memory of process ${pid}`);
  return Math.round(Number(kilobytes) / 1024);
}
