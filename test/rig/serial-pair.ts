import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Two serial ports joined like a null modem (serial-pair.py): what is written to one is read from the other. */
export type SerialPair = {
  /** A name of the first port, in a folder of its own. */
  readonly a: string;
  /** The second port by its real name, `/dev/pts/N`. */
  readonly b: string;
  /** All that one of them sent so far, as text; bytes above 127 cannot be. */
  sent(by: 'a' | 'b'): string;
  stop(): Promise<void>;
};

const program = fileURLToPath(new URL('serial-pair.py', import.meta.url));

/** Starts a pair with the pace of a line: `charactersPerSecond` 120 is 1200 baud, 0 no pace at all. */
export async function startSerialPair(charactersPerSecond: number): Promise<SerialPair> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-pair-'));
  const a = join(folder, 'a');
  const rig = spawn('/usr/bin/python3', [program, a, join(folder, 'b'), String(charactersPerSecond)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => rig.once('exit', () => resolve()));
  const sent = { a: '', b: '' };
  const b = await new Promise<string>((resolve, reject) => {
    rig.once('exit', (code) => reject(new Error(`serial-pair.py ended with ${code}`)));
    createInterface({ input: rig.stdout }).on('line', (line) => {
      const event: { ready?: readonly string[]; from?: 'a' | 'b'; hex?: string } = JSON.parse(line);
      if (event.ready?.[1] !== undefined) resolve(event.ready[1]);
      if (event.from !== undefined) sent[event.from] += Buffer.from(event.hex ?? '', 'hex').toString('latin1');
    });
  });
  return {
    a,
    b,
    sent: (by) => sent[by],
    stop: async () => {
      rig.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
