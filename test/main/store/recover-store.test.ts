import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../core/journal.ts';
import { connect } from '../../../main/store/connection.ts';
import { openPage, pageKeys } from '../../../main/store/recover-pages.ts';
import {
  bytesIn,
  copyOf,
  damagePage,
  type Found,
  openAndRead,
  openLogIn,
  overwrite,
  pagesOf,
  writeCalls,
} from './damaged-profile.ts';
import { testKey } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Long enough to flow over into pages of its own. */
const longNote = '客户说线路时断时续。'.repeat(160);

/** A profile with a file of many pages and a log of pages beside it, as a crash leaves it; and what was acknowledged. */
let sound = '';
/** The same, closed as it should be: all of it stands in the file. */
let whole = '';
let acknowledged: readonly JournalEntry[] = [];

beforeAll(() => {
  sound = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  const folded = [...writeCalls(sound, 1, 12, longNote), ...writeCalls(sound, 12, 40)];
  fold(sound);
  acknowledged = [...folded, ...writeCalls(sound, 40, 60)];
  whole = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  cpSync(sound, whole, { recursive: true });
  fold(whole);
}, 60_000);

afterAll(() => {
  for (const directory of [sound, whole]) rmSync(directory, { recursive: true, force: true });
});

/** Pages of each kind (first, table, index, overflow; leaf, inner), two of each; every one with HOOKLINE_EVERY_PAGE=1. */
function pagesToDamage(): readonly number[] {
  const path = join(whole, 'hookline.db');
  const keys = pageKeys(testKey);
  const bytes = readFileSync(path);
  const kinds = new Map<number, number[]>();
  for (let number = 1; number <= pagesOf(path); number += 1) {
    const page = openPage(keys, bytes.subarray((number - 1) * 4096, number * 4096), number);
    const kind = number === 1 ? -1 : (page?.[0] ?? -2);
    kinds.set(kind, [...(kinds.get(kind) ?? []), number]);
  }
  expect([...kinds.keys()].toSorted((a, b) => a - b)).toEqual([-1, 0, 2, 5, 10, 13]);
  const isEvery = process.env.HOOKLINE_EVERY_PAGE === '1';
  return [...kinds.values()].flatMap((numbers) => (isEvery ? numbers : [numbers[0] ?? 1, numbers.at(-1) ?? 1]));
}

/** Opens and closes a profile: the log of pages is folded into the file. */
function fold(directory: string): void {
  const outcome = openLogIn(directory);
  if (outcome.kind === 'open') outcome.store.close();
}

/** Everything acknowledged is there once, in order, the rest says what it is, and every list is right. */
function expectWhole({ entries, findings }: Found, lost = 0): void {
  expect(findings).toEqual([]);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  expect(entries.filter(({ kind }) => kind === 'entry-lost').length).toBe(lost);
  const there = new Map(entries.map((entry) => [entry.id, entry]));
  expect(acknowledged.filter(({ id }) => there.has(id)).length).toBe(acknowledged.length - lost);
  for (const entry of acknowledged) if (there.has(entry.id)) expect(there.get(entry.id)).toEqual(entry);
}

/** The damaged files lie in the quarantine, byte for byte as they were. */
function expectKept(directory: string, damaged: Buffer | null): void {
  const [folder = ''] = readdirSync(join(directory, 'quarantine'));
  expect(bytesIn(join(directory, 'quarantine', folder), 'hookline.db')).toEqual(damaged);
}

test('a sound profile is opened as it is', () => {
  const directory = copyOf(sound);
  const found = openAndRead(directory);
  expect(found).toMatchObject({ mended: null, password: 'swordfish' });
  expectWhole(found);
  expect(readdirSync(directory)).not.toContain('quarantine');
});

describe('a damaged page', () => {
  test('of whatever kind loses nothing: what it held is in the side journal', { timeout: 120_000 }, () => {
    for (const number of pagesToDamage()) {
      const directory = copyOf(whole);
      damagePage(join(directory, 'hookline.db'), number);
      const damaged = bytesIn(directory, 'hookline.db');
      const found = openAndRead(directory);
      expectWhole(found);
      expect(found.mended).toMatchObject({ cause: 'damaged', lost: 0 });
      expect(found.entries.at(-1)).toMatchObject({ kind: 'log-mended' });
      expectKept(directory, damaged);
      rmSync(directory, { recursive: true });
    }
  });

  test('of whatever kind costs only what stood in it when there is no side journal', { timeout: 120_000 }, () => {
    for (const number of pagesToDamage()) {
      const directory = copyOf(whole);
      rmSync(join(directory, 'side-journal'), { recursive: true });
      damagePage(join(directory, 'hookline.db'), number);
      const found = openAndRead(directory);
      const lost = found.mended?.lost ?? 0;
      expect(lost).toBeLessThan(40);
      expectWhole(found, lost);
      rmSync(directory, { recursive: true });
    }
  });
});

describe('what is written anew is encrypted', () => {
  test('and holds no word in clear, side journal and quarantine neither', () => {
    const directory = copyOf(sound);
    damagePage(join(directory, 'hookline.db'), 3);
    openAndRead(directory);
    for (const { name, parentPath } of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const bytes = bytesIn(parentPath, name);
      if (bytes === null || name.endsWith('.lock')) continue;
      expect([name, bytes.includes('SQLite format 3')]).toEqual([name, false]);
      for (const word of ['13800130001', 'Customer 1', 'swordfish', '客户']) {
        expect([name, word, bytes.includes(word)]).toEqual([name, word, false]);
      }
    }
  });
});

type Harm = readonly [what: string, harm: (directory: string) => void, cause: string];

const harms: readonly Harm[] = [
  ['the header is zeroed', (d) => overwrite(join(d, 'hookline.db'), 0, new Uint8Array(100)), 'damaged'],
  ['the first page is zeroed', (d) => overwrite(join(d, 'hookline.db'), 0, new Uint8Array(4096)), 'damaged'],
  ['the first 70 pages are zeroed', (d) => overwrite(join(d, 'hookline.db'), 0, new Uint8Array(70 * 4096)), 'damaged'],
  ['the file is cut in half', (d) => truncateSync(join(d, 'hookline.db'), 50 * 4096 + 77), 'damaged'],
  ['the file is empty', (d) => writeFileSync(join(d, 'hookline.db'), ''), 'damaged'],
  ['the file is noise', (d) => writeFileSync(join(d, 'hookline.db'), noise(300_000)), 'damaged'],
  ['the file is gone', (d) => rmSync(join(d, 'hookline.db')), 'gone'],
  ['file and log of pages are gone', (d) => without(d, 'hookline.db', 'hookline.db-wal'), 'gone'],
  ['the log of pages is gone', (d) => without(d, 'hookline.db-wal'), 'set-back'],
  ['the log of pages is torn at its head', (d) => overwrite(join(d, 'hookline.db-wal'), 0, noise(32)), 'set-back'],
  [
    'the log of pages is torn in the middle',
    (d) => overwrite(join(d, 'hookline.db-wal'), 90_000, noise(64)),
    'set-back',
  ],
  ['the log of pages is cut off', (d) => truncateSync(join(d, 'hookline.db-wal'), 60_000), 'set-back'],
  ['an older log of pages stands there', (d) => swapLog(d, 'older'), ''],
  ['the log of pages of another profile stands there', (d) => swapLog(d, 'other'), ''],
];

describe('nothing is missing when', () => {
  test.each(harms)('%s', (_what, harm, cause) => {
    const directory = copyOf(sound);
    harm(directory);
    const damaged = bytesIn(directory, 'hookline.db');
    const found = openAndRead(directory);
    expectWhole(found);
    if (cause !== '') expect(found.mended?.cause).toBe(cause);
    if (found.mended !== null) expectKept(directory, damaged);
  });

  test('the file of the index of the log (-shm) is gone or noise', () => {
    for (const bytes of [null, noise(32_768)]) {
      const directory = copyOf(sound);
      rmSync(join(directory, 'hookline.db-shm'), { force: true });
      if (bytes !== null) writeFileSync(join(directory, 'hookline.db-shm'), bytes);
      const found = openAndRead(directory);
      expect(found.mended).toBeNull();
      expectWhole(found);
    }
  });
});

describe('without a side journal', () => {
  test.each(harms.slice(0, 2))('nothing is missing when %s: every other page is still read', (_what, harm) => {
    const directory = copyOf(sound);
    rmSync(join(directory, 'side-journal'), { recursive: true });
    harm(directory);
    const found = openAndRead(directory);
    expect(found.mended).toMatchObject({ cause: 'damaged', lost: 0 });
    expect(found.password).toBe('swordfish');
    expectWhole(found);
  });
});

test('a swap that was cut off is finished by the next start, before or after the old log of pages went', () => {
  const mended = copyOf(sound);
  damagePage(join(mended, 'hookline.db'), 3);
  const outcome = openLogIn(mended);
  if (outcome.kind === 'open') outcome.store.close();
  for (const isLogGone of [false, true]) {
    const directory = copyOf(sound);
    copyFileSync(join(mended, 'hookline.db'), join(directory, 'hookline.db.mended'));
    if (isLogGone) rmSync(join(directory, 'hookline.db-wal'));
    const found = openAndRead(directory);
    expectWhole(found);
    expect(readdirSync(directory)).not.toContain('hookline.db.mended');
  }
});

test('a database from the future and one of another key are left alone', () => {
  const directory = copyOf(sound);
  const raw = connect(join(directory, 'hookline.db'), testKey, 'write');
  raw.pragma('user_version = 990');
  raw.close();
  const before = readFileSync(join(directory, 'hookline.db'));
  expect(openLogIn(directory)).toMatchObject({ kind: 'refused', error: { code: 'future-database' } });
  expect(openLogIn(copyOf(sound), new Uint8Array(32).fill(9))).toMatchObject({ error: { code: 'wrong-key' } });
  expect(readFileSync(join(directory, 'hookline.db'))).toEqual(before);
});

function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 2_654_435_761 + (index >> 3)) & 0xff);
}

function without(directory: string, ...names: readonly string[]): void {
  for (const name of names) rmSync(join(directory, name));
}

/** Puts the log of pages of another moment, or of another profile under the same key, beside the file. */
function swapLog(directory: string, which: 'older' | 'other'): void {
  const source = which === 'older' ? copyOf(sound) : temporaryDirectory();
  if (which === 'older') fold(source);
  writeCalls(source, 900, 905);
  copyFileSync(join(source, 'hookline.db-wal'), join(directory, 'hookline.db-wal'));
}
