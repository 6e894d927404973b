import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reserveAt } from '../../../main/store/reserve.ts';
import { openedSeat } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const fact = { kind: 'agent-state', body: { activity: { kind: 'ready' }, cause: 'person' } } as const;

test('the reserve is given up once, to the log, and taken back when there is room', async () => {
  const path = join(temporaryDirectory(), 'reserve');
  const reserve = reserveAt(path, 100_000);
  expect(reserve.isSpent()).toBe(true);
  expect(await reserve.restore()).toBe(true);
  expect(statSync(path).size).toBe(100_000);
  expect(reserveAt(path, 100_000).isSpent()).toBe(false);
  expect([reserve.spend(), reserve.spend(), reserve.isSpent(), existsSync(path)]).toEqual([true, false, true, false]);
  expect(await Promise.all([reserve.restore(), reserve.restore(), reserve.restore()])).toEqual([true, true, true]);
  expect(statSync(path).size).toBe(100_000);
});

test('a database that can grow no more answers disk-full, keeps what it has, and goes on when there is room', () => {
  const { journal, store, append } = openedSeat(temporaryDirectory());
  const pages = Number(store.connection.pragma('page_count', { simple: true }));
  store.connection.pragma(`max_page_count = ${pages + 2}`);
  let kept = 0;
  while (append(fact, 1).kind === 'kept') kept += 1;
  expect(journal.append(fact, 1).kind).toBe('disk-full');
  expect(journal.lastSeq()).toBe(kept);
  store.connection.pragma('max_page_count = 100000');
  expect(journal.append(fact, 1)).toMatchObject({ kind: 'written', entry: { seq: kept + 1 } });
});

test('the second try after the reserve was given up is what the caller hears', () => {
  let spent = 0;
  const directory = temporaryDirectory();
  const seat = openedSeat(directory, {
    isSpent: () => spent > 0,
    spend: () => {
      spent += 1;
      seat.store.connection.pragma('max_page_count = 100000');
      return true;
    },
    restore: () => Promise.resolve(false),
  });
  const pages = Number(seat.store.connection.pragma('page_count', { simple: true }));
  seat.store.connection.pragma(`max_page_count = ${pages + 2}`);
  while (spent === 0) expect(seat.append(fact, 1).kind).toBe('kept');
  expect(spent).toBe(1);
  expect(seat.journal.after(0, 1_000).map(({ seq }) => seq)).toEqual(
    Array.from({ length: seat.journal.lastSeq() }, (_, index) => index + 1),
  );
});

/** A file system of its own that is really full takes the right to mount, which a person's machine may not give. */
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

test.skipIf(!canMount)('on a disk that is really full: sound stops, the log goes on, nothing is torn', () => {
  const mountPoint = temporaryDirectory();
  const script = new URL('fill-disk.ts', import.meta.url).pathname;
  const inside = `mount -t tmpfs -o size=40m tmpfs "$1" && exec "$2" "$3" "$1"`;
  const run = spawnSync('unshare', ['-m', 'sh', '-c', inside, 'sh', mountPoint, process.execPath, script], {
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual({
    soundOutcome: 'disk-full',
    entriesAfterSoundStopped: 200,
    isReserveSpent: true,
    soundAfterReserveSpent: 'disk-full',
    verdict: [],
    end: 'interrupted',
    problems: [],
    chunksKept: true,
    entriesBeforeFull: true,
    logWhenAllIsGone: 'disk-full',
    logWhenRoomIsBack: 'kept',
  });
});
