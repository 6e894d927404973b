import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JournalEntry } from '../../../core/journal.ts';
import { doubtPath, isCheckedWhole } from '../../../main/store/check-depth.ts';
import { pageWatch } from '../../../main/store/page-watch.ts';
import { takeOverOlder } from '../../../main/store/take-over-older.ts';
import { copyOf, damagePage, pagesOf } from './damaged-profile.ts';
import { closedAtEnd, type OpenLog, openLarge, smallIsLarge, toEnd, writeLarge } from './large-log.ts';
import { testKey } from './opened.ts';

/** Large enough that most of its pages are neither among its first nor its last ones that are always checked. */
const facts = 30_000;

let sound = '';
let written: readonly JournalEntry[] = [];

beforeAll(() => {
  sound = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  written = writeLarge(sound, facts);
}, 120_000);

afterAll(() => rmSync(sound, { recursive: true, force: true }));

const database = (directory: string): string => join(directory, 'hookline.db');

/** Opened as a log that is larger than what is checked as a whole. */
function openHuge(directory: string): OpenLog {
  return closedAtEnd(openLarge(directory, smallIsLarge, 0));
}

/** What a watch over the pages of a folder says at its end. */
function watched(directory: string): Promise<number | null> {
  return pageWatch({
    path: database(directory),
    key: testKey,
    log: () => {},
    rest: () => Promise.resolve(),
  }).look();
}

test('of a large log that was closed the ends are checked before it opens: damage there is mended at once', () => {
  for (const page of [1, 20, -1, -900]) {
    const directory = copyOf(sound);
    damagePage(database(directory), page > 0 ? page : pagesOf(database(directory)) + page + 1);
    const log = openHuge(directory);
    expect([page, log.mended?.cause]).toEqual([page, 'damaged']);
    log.close();
    rmSync(directory, { recursive: true });
  }
});

test('damage in its middle is found while it is in use, and mended at the next start', {
  timeout: 60_000,
}, async () => {
  const directory = copyOf(sound);
  // Behind the first pages and before the last ones that are always checked.
  const middle = 400;
  expect(pagesOf(database(directory))).toBeGreaterThan(2_600);
  expect(await watched(directory)).toBeNull();
  expect(existsSync(doubtPath(database(directory)))).toBe(false);
  damagePage(database(directory), middle);
  const first = openHuge(directory);
  expect(first.mended).toBeNull();
  expect(await watched(directory)).toBe(middle);
  expect(existsSync(doubtPath(database(directory)))).toBe(true);
  first.close();

  const log = openHuge(directory);
  expect(log.mended?.cause).toBe('damaged');
  expect(existsSync(doubtPath(database(directory)))).toBe(false);
  const lost = toEnd(takeOverOlder(log.request));
  const found = new Set(log.journal.journal.after(0, 1_000_000).map(({ id }) => id));
  expect(written.filter(({ id }) => !found.has(id)).length).toBe(lost);
  expect(lost).toBeLessThan(40);
});

test('after a crash, and when it is doubted, all of a large log is checked', () => {
  const path = database(copyOf(sound));
  expect([isCheckedWhole(path), isCheckedWhole(path, 0)]).toEqual([true, false]);
  writeFileSync(`${path}-wal`, 'x');
  expect(isCheckedWhole(path, 0)).toBe(true);
  rmSync(`${path}-wal`);
  writeFileSync(doubtPath(path), '');
  expect(isCheckedWhole(path, 0)).toBe(true);
});
