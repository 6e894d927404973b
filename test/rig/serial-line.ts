import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A serial device that is not there, for the real serialport: a pty behind a symlink (serial-line.py). */
export type SerialLine = {
  /** The name to open; it comes and goes with the device. */
  readonly path: string;
  plug(): Promise<void>;
  /** As a USB driver does it: the open port is hung up. Wants root. */
  unplug(): Promise<void>;
  send(hex: string): void;
  /** From now on: bytes without an end, as fast as the host reads. */
  babble(): void;
  /** Calls with what the host sends, as it comes, hex. */
  onHost(listener: (hex: string) => void): void;
  /** Resolves once everything the host sent since the last call of `clear` contains these bytes. */
  waitForHost(hex: string, timeoutMs?: number): Promise<void>;
  /** All the host sent since `clear`, hex. */
  heard(): string;
  clear(): void;
  stop(): Promise<void>;
};

const program = fileURLToPath(new URL('serial-line.py', import.meta.url));
const shimSource = fileURLToPath(new URL('serial-line.c', import.meta.url));

/** Starts the helper with nothing plugged in. */
export async function startSerialLine(): Promise<SerialLine> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-line-'));
  const path = join(folder, 'ttyUSB0');
  const rig = spawn('/usr/bin/python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => rig.once('exit', () => resolve()));
  const watchers = new Set<() => void>();
  const told = { plugged: 0, unplugged: 0 };
  let heard = '';
  const listeners: ((hex: string) => void)[] = [];
  createInterface({ input: rig.stdout }).on('line', (line) => {
    const event: { plugged?: string; unplugged?: boolean; rx?: string } = JSON.parse(line);
    if (event.plugged !== undefined) told.plugged += 1;
    if (event.unplugged === true) told.unplugged += 1;
    heard += event.rx ?? '';
    if (event.rx !== undefined) for (const listener of listeners) listener(event.rx);
    for (const watch of [...watchers]) watch();
  });
  const until = (isSo: () => boolean, what: string, timeoutMs = 10_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        watchers.delete(watch);
      };
      const watch = (): void => {
        if (!isSo()) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`Waited ${timeoutMs} ms for ${what}; heard ${heard}`));
      }, timeoutMs);
      watchers.add(watch);
      watch();
    });
  let isStopped = false;
  const tell = (command: object): void => {
    // Equipment played on this line may still have a word on its lips when the test takes the line away.
    if (!isStopped) rig.stdin.write(`${JSON.stringify(command)}\n`);
  };
  return {
    path,
    plug: () => {
      const count = told.plugged;
      tell({ do: 'plug', link: path });
      return until(() => told.plugged > count, 'the plug');
    },
    unplug: () => {
      const count = told.unplugged;
      tell({ do: 'unplug' });
      return until(() => told.unplugged > count, 'the unplugging');
    },
    send: (hex) => tell({ do: 'send', hex: hex.replaceAll(' ', '') }),
    onHost: (listener) => void listeners.push(listener),
    babble: () => tell({ do: 'babble' }),
    waitForHost: (hex, timeoutMs) => {
      const wanted = hex.replaceAll(' ', '').toLowerCase();
      return until(() => heard.includes(wanted), wanted, timeoutMs);
    },
    heard: () => heard,
    clear: () => {
      heard = '';
    },
    stop: async () => {
      isStopped = true;
      // It may be writing to a port nobody reads any more.
      rig.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Modem lines for the ptys of a child process. */
export type ModemShim = {
  /** What the child needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Raises and drops the input lines. */
  set(inputs: { readonly cts?: boolean; readonly dsr?: boolean; readonly dcd?: boolean }): Promise<void>;
  outputs(): Promise<{ readonly dtr: boolean; readonly rts: boolean; readonly breaks: number }>;
  stop(): Promise<void>;
};

/** Builds the ioctl shim (serial-line.c; needs gcc) with a file of lines of its own. */
export async function buildModemShim(): Promise<ModemShim> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-shim-'));
  const [library, state] = [join(folder, 'shim.so'), join(folder, 'lines.bin')];
  await promisify(execFile)('gcc', ['-shared', '-fPIC', '-o', library, shimSource, '-ldl']);
  const file = await open(state, 'w+');
  await file.write(Buffer.alloc(4096));
  return {
    env: { LD_PRELOAD: library, FAKE_MODEM: state },
    set: async ({ cts, dsr, dcd }) => {
      const bits = Buffer.alloc(4);
      bits.writeInt32LE((cts === true ? 0x20 : 0) | (dcd === true ? 0x40 : 0) | (dsr === true ? 0x100 : 0));
      await file.write(bits, 0, 4, 0);
    },
    outputs: async () => {
      const { buffer } = await file.read(Buffer.alloc(12), 0, 12, 0);
      const bits = buffer.readInt32LE(4);
      return { dtr: (bits & 0x2) !== 0, rts: (bits & 0x4) !== 0, breaks: buffer.readInt32LE(8) };
    },
    stop: async () => {
      await file.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
