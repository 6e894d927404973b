import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrations } from '../../../main/store/migrate.ts';
import { openStore } from '../../../main/store/open.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { seatStore } from '../../../main/store/seat-store.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { readContainer } from '../../../recording/read-container.ts';
import { profileKey } from '../recordings/recorded.ts';
import { noReserve } from './opened.ts';

/**
 * "Fail the n-th operation": one life of a seat's store (make or migrate the file, log a call, record three seconds) in
 * which strace kills the process at its n-th system call of a kind, or lets that call fail. Whatever was shown as kept
 * must be there at the next start. `HOOKLINE_EVERY_CALL=1` runs every n (some minutes); otherwise one of
 * each kind, chosen by a seed.
 */
/** `HOOKLINE_SEED` chooses which call of each kind fails in a short run. */
const seed = Number(process.env.HOOKLINE_SEED ?? 20_261_122);
const isEvery = process.env.HOOKLINE_EVERY_CALL === '1';
const script = new URL('one-life.ts', import.meta.url).pathname;
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** How often a life makes each call at most: counted with `strace -c`, and a few more. */
const calls = { pwrite64: 130, fsync: 26, fdatasync: 6, ftruncate: 7, unlink: 7, rename: 3, link: 1 } as const;

/** Calls that a full disk refuses. */
const canBeFull: readonly string[] = ['pwrite64', 'ftruncate', 'fsync', 'link', 'rename'];

/** One place out of so many, by the seed: another seed tries others. */
function placeOf(what: string, count: number): number {
  return 1 + (createHash('sha256').update(`${seed} ${what}`).digest().readUInt32BE(0) % count);
}

type Fault = { readonly call: keyof typeof calls; readonly how: string; readonly at: number };

const faults: readonly Fault[] = Object.keys(calls)
  .filter(isCall)
  .flatMap((call) => {
    const count = calls[call];
    const every = Array.from({ length: count }, (_, index) => index + 1);
    const hows = ['signal=KILL', 'error=EIO', ...(canBeFull.includes(call) ? ['error=ENOSPC'] : [])];
    return hows.flatMap((how) =>
      (isEvery ? every : [placeOf(`${call} ${how}`, count)]).map((at) => ({ call, how, at })),
    );
  });

function isCall(name: string): name is keyof typeof calls {
  return name in calls;
}

function live(directory: string, args: readonly string[], known = migrations.length): string {
  const run = spawnSync(
    'strace',
    ['-f', '-qq', '-o', '/dev/null', ...args, process.execPath, script, directory, String(known)],
    {
      encoding: 'utf8',
    },
  );
  return run.stdout;
}

/** Everything the life said it kept must be there, whole, once. */
function check(directory: string, said: string): void {
  const paths = profilePaths(directory);
  const words = said.split('\n').map((line) => line.split(' '));
  const opened = openStore({ path: paths.database, key: profileKey, now: Date.now });
  if (opened.kind === 'refused') throw new Error(`${opened.error.code}: ${opened.error.detail}`);
  try {
    const store = seatStore(opened.store, { seat: 'seat-1', newId: () => '', reserve: noReserve });
    const entries = new Map(store.journal.after(0, 100).map(({ seq, id }) => [String(seq), id]));
    expect(words.filter(([what, seq = '', id]) => what === 'ENTRY' && entries.get(seq) !== id)).toEqual([]);
    expect(verifyJournal(opened.store.connection).findings).toEqual([]);
  } finally {
    opened.store.close();
  }
  for (const [what, recordingId = '', number = '0'] of words) {
    if (what !== 'CHUNK') continue;
    const contents = readContainer(readFileSync(join(paths.recordings, `${recordingId}.hkrec`)), profileKey);
    if (contents.kind === 'unreadable') throw new Error(contents.code);
    expect(contents.problems).toEqual([]);
    expect(contents.chunks.map((chunk) => chunk.number)).toContain(Number(number));
  }
}

describe.skipIf(!canTrace)('a store made anew', () => {
  test.each(faults)(`survives $how at $call number $at (seed ${seed})`, ({ call, how, at }) => {
    const directory = mkdtempSync(join(tmpdir(), 'hookline-test-'));
    try {
      check(directory, live(directory, ['-e', `inject=${call}:${how}:when=${at}`]));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!canTrace)('a store of an older version', () => {
  test.each(faults)(`survives $how at $call number $at (seed ${seed})`, ({ call, how, at }) => {
    const directory = mkdtempSync(join(tmpdir(), 'hookline-test-'));
    try {
      expect(live(directory, [], 1)).toContain('END');
      check(directory, live(directory, ['-e', `inject=${call}:${how}:when=${at}`]));
      expect(existsSync(profilePaths(directory).backups)).toBe(true);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
