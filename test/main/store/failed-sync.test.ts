import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskTrust } from '../../../main/store/disk-trust.ts';
import { openStore } from '../../../main/store/open.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { seatName, seatStore } from '../../../main/store/seat-store.ts';
import { readSideJournal } from '../../../main/store/side-journal.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { profileKey } from '../recordings/recorded.ts';
import { noReserve } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const script = new URL('doubtful-life.ts', import.meta.url).pathname;

/** A life in which a system call fails from its n-th time on, so many times; what it said, and the calls it made. */
function live(
  directory: string,
  inject: string,
): { readonly said: readonly string[]; readonly calls: readonly string[] } {
  const trace = join(temporaryDirectory(), 'trace');
  const args = ['-f', '-qq', '-y', '-s', '8', '-o', trace, '-e', 'trace=write,pwrite64,fsync,fdatasync,ftruncate'];
  const run = spawnSync('strace', [...args, '-e', inject, process.execPath, script, directory], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return { said: run.stdout.trim().split('\n'), calls: readFileSync(trace, 'utf8').split('\n') };
}

/** What was said to be kept is there, once, in the log and in the side journal. */
function check(directory: string, said: readonly string[]): void {
  const paths = profilePaths(directory);
  const opened = openStore({ path: paths.database, key: profileKey, now: Date.now });
  if (opened.kind === 'refused') throw new Error(opened.error.detail);
  try {
    const seat = seatName(opened.store, noReserve, () => '');
    const { journal } = seatStore(opened.store, { seat, newId: () => '', reserve: noReserve });
    const kept = said.filter((line) => line.startsWith('ENTRY'));
    expect(kept).toHaveLength(20);
    expect(journal.after(0, 100).map(({ seq, id }) => `ENTRY ${seq} ${id}`)).toEqual(kept);
    const side = new Set(
      readSideJournal(paths.sideJournal, profileKey).entries.map(({ seq, id }) => `ENTRY ${seq} ${id}`),
    );
    expect(kept.filter((line) => !side.has(line))).toEqual([]);
    expect(verifyJournal(opened.store.connection).findings).toEqual([]);
  } finally {
    opened.store.close();
  }
}

/** `HOOKLINE_EVERY_CALL=1` lets each sync of the life fail in turn. */
const places = process.env.HOOKLINE_EVERY_CALL === '1' ? Array.from({ length: 40 }, (_, index) => index + 12) : [25];

describe.skipIf(!canTrace)('a sync that fails and then succeeds', () => {
  test.each(places)(
    'of the log, from its %i-th on: nothing is kept before every page was written anew',
    (from) => {
      const directory = temporaryDirectory();
      const { said, calls } = live(directory, `inject=fsync:error=EIO:when=${from}..${from + 2}`);
      check(directory, said);
      if (process.env.HOOKLINE_EVERY_CALL === '1') return;
      expect(said).toContain('NO disk-failed');
      const failedAt = calls.findLastIndex((call) => call.includes('fsync(') && call.includes('EIO'));
      const keptAt = calls.findIndex((call, index) => index > failedAt && call.includes('"ENTRY'));
      const between = calls.slice(failedAt, keptAt);
      const inOrder = [
        /pwrite64\(.*hookline\.db>/,
        /fsync\(.*hookline\.db>.*= 0/,
        /ftruncate\(.*hookline\.db-wal>, 0\)/,
        /fsync\(.*hookline\.db-wal>.*= 0/,
      ];
      const steps = inOrder.map((step) => between.findIndex((call) => step.test(call)));
      expect(steps.every((at) => at >= 0)).toBe(true);
    },
    60_000,
  );

  test.each(places.map((place) => (place % 9) + 1))(
    'of the side journal, its %i-th: what it held is written again into a new file',
    (at) => {
      const directory = temporaryDirectory();
      const { said } = live(directory, `inject=fdatasync:error=EIO:when=${at}`);
      check(directory, said);
    },
    60_000,
  );
});

test('until everything was written anew each write is refused and not even tried', () => {
  let isBroken = false;
  const rewrites: string[] = [];
  const trust = diskTrust(() => {
    rewrites.push(isBroken ? 'failed' : 'done');
    if (isBroken) throw new Error('EIO');
  });
  let tried = 0;
  const write = (kind: 'written' | 'disk-failed' | 'disk-full') => () => {
    tried += 1;
    return { kind };
  };
  expect([trust.over(write('written')).kind, trust.over(write('disk-full')).kind, rewrites]).toEqual([
    'written',
    'disk-full',
    [],
  ]);
  isBroken = true;
  expect([trust.over(write('disk-failed')).kind, trust.over(write('written')).kind, tried]).toEqual([
    'disk-failed',
    'disk-failed',
    3,
  ]);
  isBroken = false;
  expect([trust.over(write('written')).kind, trust.over(write('written')).kind]).toEqual(['written', 'written']);
  expect(rewrites).toEqual(['failed', 'done']);
});
