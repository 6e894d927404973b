import { appendFile, mkdtemp, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../../../native/clock.ts';
import { type FilePosition, followFile } from '../../../native/smdr/file-source.ts';
import type { LogSource } from '../../../native/smdr/log-source.ts';

let folder: string;
let path: string;
let reader: LogSource | undefined;
let text: string;
let states: string[];
let position: FilePosition | undefined;
let look = (): void => undefined;

/** The reader looks only when it is told to; `looked` resolves when it has done so and waits again. */
let looked = (): void => undefined;
const clock: Clock = {
  nowMs: () => 0,
  after: (_ms, then) => {
    look = then;
    looked();
    return () => undefined;
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-log-'));
  path = join(folder, 'smdr.log');
  text = '';
  states = [];
  position = undefined;
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

function start(): Promise<void> {
  const done = new Promise<void>((resolve) => {
    looked = resolve;
  });
  reader = followFile(
    {
      ...{ path, clock, position },
      onPosition: (place) => {
        position = place;
      },
    },
    {
      onBytes: (bytes) => {
        text += Buffer.from(bytes).toString('latin1');
      },
      onState: (state) => states.push(state.kind),
    },
  );
  return done;
}

function lookNow(): Promise<void> {
  return new Promise((resolve) => {
    looked = resolve;
    look();
  });
}

async function stop(): Promise<void> {
  const closing = reader?.close();
  reader = undefined;
  await closing;
}

it('from its end the first time, then every line once and whole', async () => {
  await writeFile(path, 'last year\nhalf a ');
  await start();
  await appendFile(path, 'line\none\nt');
  await lookNow();
  expect(text).toBe('half a line\none\n');
  await appendFile(path, 'wo\r\n');
  await lookNow();
  expect(text).toBe('half a line\none\ntwo\r\n');
});

it('a file that is not there yet is waited for, and read whole', async () => {
  await start();
  await writeFile(path, 'one\n');
  await lookNow();
  expect([text, states]).toEqual(['one\n', ['lost', 'connected']]);
});

it('goes on where it stopped; a line that was half written then is told whole now', async () => {
  await writeFile(path, '');
  await start();
  await appendFile(path, 'one\ntw');
  await lookNow();
  await stop();
  await appendFile(path, 'o\nthree\n');
  await start();
  expect(text).toBe('one\ntwo\nthree\n');
});

it('renamed away: read to its end, then the new one from its start', async () => {
  await writeFile(path, '');
  await start();
  await appendFile(path, 'one\n');
  await rename(path, `${path}.1`);
  await appendFile(`${path}.1`, 'two\nlast without an end');
  await writeFile(path, 'three\n');
  await lookNow();
  expect(text).toBe('one\ntwo\nlast without an end\nthree\n');
});

it('renamed away while nobody read: the rest of the old one comes first', async () => {
  await writeFile(path, 'old\n');
  await start();
  await stop();
  await appendFile(path, 'one\n');
  await rename(path, `${path}-20261121`);
  await writeFile(path, 'two\n');
  await start();
  expect(text).toBe('one\ntwo\n');
});

it('cut short (copytruncate), also when it has already grown longer again', async () => {
  await writeFile(path, '');
  await start();
  await appendFile(path, 'one\ntwo\n');
  await lookNow();
  await truncate(path, 0);
  await appendFile(path, 'a\n');
  await lookNow();
  await truncate(path, 0);
  await appendFile(path, 'another line, longer than all before\n');
  await lookNow();
  expect(text).toBe('one\ntwo\na\nanother line, longer than all before\n');
});

it('deleted and made anew while nobody read: read from its start', async () => {
  await writeFile(path, 'one\n');
  await start();
  await stop();
  await unlink(path);
  await writeFile(path, 'quite another\n');
  await start();
  expect(text).toBe('quite another\n');
});

it('a line without an end is handed on in pieces, not kept', async () => {
  await writeFile(path, '');
  await start();
  await appendFile(path, 'x'.repeat(300_000));
  await lookNow();
  expect(text.length).toBeGreaterThan(200_000);
});

it('however lines are written, the reader stopped and the file renamed: each line is told once, in order', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('write' as const), text: fc.stringMatching(/^[a-z]{0,6}\n?$/) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('look' as const, 'restart' as const, 'rename' as const) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await rm(folder, { recursive: true, force: true });
      folder = await mkdtemp(join(tmpdir(), 'hookline-log-'));
      path = join(folder, 'smdr.log');
      [text, position] = ['', undefined];
      await writeFile(path, '');
      await start();
      let written = '';
      let names = 0;
      for (const one of steps) {
        if (one.do === 'write') {
          await appendFile(path, one.text);
          written += one.text;
        } else if (one.do === 'look') await lookNow();
        else if (one.do === 'restart') {
          await stop();
          await start();
        } else {
          // A writer that renames ends its line, and the reader has a look between two renamings.
          await appendFile(path, '\n');
          written += '\n';
          names += 1;
          await rename(path, `${path}.${names}`);
          await writeFile(path, '');
          await lookNow();
        }
      }
      await appendFile(path, '\n');
      written += '\n';
      await lookNow();
      expect(text).toBe(written);
      await stop();
    }),
    { numRuns: 60 },
  );
});
