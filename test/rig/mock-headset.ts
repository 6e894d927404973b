import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseReportDescriptor } from '../../native/hid/report-descriptor.ts';

/**
 * A headset that is not there, for the real node-hid: umockdev devices driven over JSON lines (mock-headset.py).
 * Needs the Debian packages umockdev, gir1.2-umockdev-1.0 and python3-gi.
 */

/** A device to plug in; `test/recordings/hid/*.json` are such. Hex throughout, reports with their id first. */
export type MockDevice = {
  readonly vid: string;
  readonly pid: string;
  readonly vendor: string;
  readonly product: string;
  readonly descriptor_hex: string;
  readonly serial?: string;
  /** What it says by itself when the host writes a report: acknowledgements. */
  readonly echo?: Readonly<Record<string, string>>;
  /** The number of its USB interface; 3 unless said otherwise. */
  readonly interface?: number;
  /** What it answers when a feature report is read: by report id, hex with the id first. */
  readonly features?: Readonly<Record<number, string>>;
  /** Opening it never ends. */
  readonly hangs?: boolean;
};

/** Reports in hex, or random bytes, so many a second. */
export type MockFlood = { readonly reports?: readonly string[]; readonly perSecond: number; readonly seconds: number };

/** A report the host wrote. `atNs`: CLOCK_MONOTONIC, the clock of process.hrtime.bigint(). */
export type HostReport = {
  readonly n: number;
  readonly report: string;
  readonly atNs: bigint;
  readonly isFeature: boolean;
};

export type MockHeadset = {
  /** The test bed's root directory. */
  readonly root: string;
  /** What a child process needs in its environment for node-hid in it to see the devices. */
  readonly env: Readonly<Record<string, string>>;
  /** Plugs in a device, or the device of a recording file, as number n. A number is used once. */
  plug(device: MockDevice | string, n: number): Promise<void>;
  /**
   * The device says a report; answers when it was written, CLOCK_MONOTONIC in nanoseconds. `stillMs`: for so long before
   * and after it the rig takes no time from whom it is measured by, neither the processor's nor its listener's.
   */
  send(n: number, reportHex: string, stillMs?: number): Promise<bigint>;
  /** Every report the host wrote so far, oldest first. */
  outputs(): readonly HostReport[];
  /** The first report, from now or already there after `since` others, that fits. Rejects after timeoutMs. */
  waitForOutput(fits: (output: HostReport) => boolean, timeoutMs: number, since?: number): Promise<HostReport>;
  /** It says these reports in turn, or random bytes; answers how many it could when the time is over. */
  flood(n: number, flood: MockFlood): Promise<number>;
  unplug(n: number): Promise<void>;
  stop(): Promise<void>;
};

const program = fileURLToPath(new URL('mock-headset.py', import.meta.url));
const shimSource = fileURLToPath(new URL('hid-node.c', import.meta.url));
const recordings = new URL('../recordings/hid/', import.meta.url);
/** What umockdev-wrapper preloads. */
const preload = 'libumockdev-preload.so.0';
/** Python and GLib start in half a second; on a machine that runs a whole test suite beside it, in several. */
const answerWaitMs = 20_000;

type RigEvent = {
  readonly root?: string;
  readonly plugged?: number;
  readonly unplugged?: number;
  readonly sent?: number;
  readonly flooded?: number;
  readonly count?: number;
  readonly out?: string;
  readonly feature?: string;
  readonly n?: number;
  readonly at_ns?: number;
  readonly error?: string;
};

/** Who measures wants the rig out of the way; see startMockHeadset. */
export type MockBed = { readonly isDirect?: boolean };

/**
 * Starts an empty test bed. `isDirect`: node-hid reads its devices as it reads a real one, from the kernel alone. Else
 * umockdev, which emulates the ioctls of a node, asks the rig's process at every read too, and that takes 0.4 ms. Such
 * devices have no feature reports and none hangs in open. Needs gcc.
 */
export async function startMockHeadset({ isDirect = false }: MockBed = {}): Promise<MockHeadset> {
  const shim = isDirect ? await buildNodeShim() : undefined;
  const rig = spawn('umockdev-wrapper', ['/usr/bin/python3', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const outputs: HostReport[] = [];
  const waiting = new Set<(event: RigEvent) => void>();
  const failing = new Set<(error: Error) => void>();
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const reject of failing) reject(error);
  };
  const exited = new Promise<void>((resolve) => {
    rig.once('exit', () => {
      fail(new Error('The mock headset has ended.'));
      resolve();
    });
    rig.once('error', (error) => {
      fail(error);
      resolve();
    });
  });
  createInterface({ input: rig.stdout }).on('line', (line) => {
    // Nanoseconds since boot stay below 2^53 for 104 days.
    const event: RigEvent = JSON.parse(line);
    if (event.error !== undefined) return fail(new Error(event.error));
    const report = event.out ?? event.feature;
    if (report !== undefined) {
      const isFeature = event.feature !== undefined;
      outputs.push({ n: event.n ?? -1, report, atNs: BigInt(event.at_ns ?? 0), isFeature });
    }
    for (const take of [...waiting]) take(event);
  });

  const waitFor = <T>(found: (event: RigEvent) => T | undefined, timeoutMs: number, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(take);
        failing.delete(refuse);
      };
      const take = (event: RigEvent): void => {
        const value = found(event);
        if (value === undefined) return;
        done();
        resolve(value);
      };
      const refuse = (error: Error): void => {
        done();
        reject(error);
      };
      const timer = setTimeout(() => refuse(new Error(`Waited ${timeoutMs} ms for ${what}`)), timeoutMs);
      waiting.add(take);
      failing.add(refuse);
    });
  const tell = (command: object): void => void rig.stdin.write(`${JSON.stringify(command)}\n`);

  const root = await waitFor((event) => event.root, answerWaitMs, 'the test bed');
  return {
    root,
    env: {
      UMOCKDEV_DIR: root,
      LD_PRELOAD: [shim?.library, preload, process.env.LD_PRELOAD].filter(Boolean).join(':'),
    },
    plug: async (device, n) => {
      const plugged = waitFor((event) => (event.plugged === n ? true : undefined), answerWaitMs, `plug ${n}`);
      tell({ do: 'plug', n, device: { ...complete(device), direct: isDirect } });
      await plugged;
    },
    send: (n, report, stillMs = 0) => {
      const sent = waitFor((e) => (e.sent === n ? BigInt(e.at_ns ?? 0) : undefined), answerWaitMs, `send ${report}`);
      tell({ do: 'send', n, report, still_s: stillMs / 1_000 });
      return sent;
    },
    flood: (n, { reports, perSecond, seconds }) => {
      const waitMs = answerWaitMs + seconds * 1_000;
      const over = waitFor((event) => (event.flooded === n ? (event.count ?? 0) : undefined), waitMs, `flood ${n}`);
      tell({ do: 'flood', n, reports, per_second: perSecond, seconds });
      return over;
    },
    outputs: () => outputs,
    waitForOutput: (fits, timeoutMs, since = outputs.length) => {
      const there = outputs.slice(since).find(fits);
      if (there !== undefined) return Promise.resolve(there);
      const from = outputs.length;
      return waitFor(() => outputs.slice(from).find(fits), timeoutMs, 'a report from the host');
    },
    unplug: async (n) => {
      const unplugged = waitFor((event) => (event.unplugged === n ? true : undefined), answerWaitMs, `unplug ${n}`);
      tell({ do: 'unplug', n });
      await unplugged;
    },
    stop: async () => {
      rig.stdin.end();
      await exited;
      await shim?.remove();
    },
  };
}

async function buildNodeShim(): Promise<{ readonly library: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-shim-'));
  const library = join(folder, 'hid-node.so');
  await promisify(execFile)('gcc', ['-shared', '-fPIC', '-o', library, shimSource, '-ldl']);
  return { library, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Reads a recording file and adds the output lengths, by which the stream of host writes is cut into reports. */
function complete(device: MockDevice | string): object {
  const described: MockDevice =
    typeof device === 'string' ? JSON.parse(readFileSync(new URL(device, recordings), 'utf8')) : device;
  const descriptor = parseReportDescriptor(Uint8Array.from(Buffer.from(described.descriptor_hex, 'hex')));
  const lengths =
    descriptor.kind === 'ok'
      ? descriptor.reports.filter((r) => r.direction === 'output').map((r) => [r.reportId, 1 + Math.ceil(r.bits / 8)])
      : [];
  return { ...described, output_lengths: Object.fromEntries(lengths) };
}
