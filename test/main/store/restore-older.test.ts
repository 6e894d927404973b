import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../core/journal.ts';
import { storedEntries } from '../../../main/store/journal-table.ts';
import {
  type OlderNews,
  type OlderRestore,
  olderRestore,
  type RestoreOptions,
} from '../../../main/store/restore-older.ts';
import { rewriteJournal } from '../../../main/store/rewrite-journal.ts';
import { lacksOlder, takeOverOlder } from '../../../main/store/take-over-older.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { copyOf, damagePage, overwrite, pagesOf } from './damaged-profile.ts';
import { closedAtEnd, type OpenLog, openLarge, seat, toEnd, writeLarge } from './large-log.ts';
import { mixedLife } from './mixed-life.ts';

let sound = '';
let written: readonly JournalEntry[] = [];

beforeAll(() => {
  sound = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  written = writeLarge(sound, 1_500);
});

afterAll(() => rmSync(sound, { recursive: true, force: true }));

/** Each step of one restoring is a kill of its own with HOOKLINE_EVERY_STEP=1; else every so many. */
const everyStep = process.env.HOOKLINE_EVERY_STEP === '1' ? 1 : 4;

const database = (directory: string): string => join(directory, 'hookline.db');
const entriesOf = (log: OpenLog): readonly JournalEntry[] => log.journal.journal.after(0, 1_000_000);

/** Everything that was written is there, once and as it was; the lists are what the journal says; nothing lies about. */
function expectAll(directory: string, log: OpenLog, also: readonly JournalEntry[] = [], lost = 0): void {
  const found = entriesOf(log);
  expect(found.map(({ seq }) => seq)).toEqual(found.map((_, index) => index + 1));
  expect(found.filter(({ kind }) => kind === 'entry-lost').length).toBe(lost);
  const byId = new Map(found.map((entry) => [entry.id, entry]));
  const missing = [...written, ...also].filter((entry) => !byId.has(entry.id));
  expect(missing.length).toBe(lost);
  for (const entry of [...written, ...also]) if (byId.has(entry.id)) expect(byId.get(entry.id)).toEqual(entry);
  expect(verifyJournal(log.store.connection).findings).toEqual([]);
  expect(readdirSync(directory).filter((name) => name.includes('older') || name.includes('mended'))).toEqual([]);
  expect(lacksOlder(log.store.connection, seat, database(directory))).toBe(false);
}

test('a large damaged log begins with its newest entries, and the older ones come back as they were', () => {
  const directory = copyOf(sound);
  damagePage(database(directory), 20);
  const log = closedAtEnd(openLarge(directory));
  expect(log.mended).toMatchObject({ cause: 'damaged', areSecretsLost: false });
  const { older = 0, kept = 0 } = log.mended ?? {};
  expect(older).toBeGreaterThan(500);
  expect(kept + older).toBe(written.length);
  expect(log.journal.secret('sip-password')).toBe('swordfish');
  const lost = toEnd(takeOverOlder(log.request));
  expect(lost).toBeLessThan(40);
  expectAll(directory, log, [], lost);
});

describe('whatever is damaged, nothing that some copy holds is lost', () => {
  const harms: readonly (readonly [string, (path: string) => void])[] = [
    ['the first page', (path) => damagePage(path, 1)],
    ['the header', (path) => overwrite(path, 0, new Uint8Array(100))],
    ['its newest page', (path) => damagePage(path, pagesOf(path))],
    ['its first seventy pages', (path) => overwrite(path, 0, new Uint8Array(70 * 4096))],
  ];
  test.each(harms)('%s', (_what, harm) => {
    const directory = copyOf(sound);
    harm(database(directory));
    const log = closedAtEnd(openLarge(directory));
    expect(log.mended?.older).toBeGreaterThan(500);
    const lost = toEnd(takeOverOlder(log.request));
    expectAll(directory, log, [], lost);
  });

  test('the whole file: what the side journal had is there, of the rest it is said that it was lost', () => {
    const directory = copyOf(sound);
    rmSync(database(directory));
    const log = closedAtEnd(openLarge(directory));
    const lost = toEnd(takeOverOlder(log.request));
    expect([log.mended?.cause, lost]).toEqual(['gone', log.mended?.older]);
    expectAll(directory, log, [], lost);
  });
});

test('calls, texts and lamps that go on while older entries come back are as their whole story says', () => {
  const directory = copyOf(sound);
  damagePage(database(directory), 2);
  const log = closedAtEnd(openLarge(directory));
  const life = mixedLife(1);
  // The same life goes on: it speaks of calls from before and after the place where the log begins now.
  for (let fact = 0; fact < written.length; fact += 1) life();
  const more: JournalEntry[] = [];
  for (const _ of takeOverOlder(log.request)) {
    const outcome = log.journal.appendAll([life(), life()].map((fact) => ({ fact, at: 5 })));
    if (outcome.kind === 'kept') more.push(...outcome.entries);
  }
  expect(more.length).toBeGreaterThan(50);
  expectAll(directory, log, more);
});

test('at every step the log is whole from its first number on, and a kill there costs nothing', {
  timeout: 120_000,
}, () => {
  const directory = copyOf(sound);
  damagePage(database(directory), 2);
  const log = closedAtEnd(openLarge(directory));
  const life = mixedLife(2);
  const more: JournalEntry[] = [];
  let steps = 0;
  for (const remaining of takeOverOlder(log.request)) {
    steps += 1;
    const outcome = log.journal.append(life(), steps);
    if (outcome.kind === 'kept') more.push(outcome.entry);
    if (steps % everyStep !== 0) continue;
    const killed = copyOf(directory);
    const next = openLarge(killed);
    try {
      const first = entriesOf(next)[0]?.seq ?? 0;
      expect([first - 1, next.mended]).toEqual([remaining, null]);
      expect(verifyJournal(next.store.connection).findings).toEqual([]);
      toEnd(takeOverOlder(next.request));
      expectAll(killed, next, more);
    } finally {
      next.close();
      rmSync(killed, { recursive: true });
    }
  }
  expectAll(directory, log, more);
});

test('a log that is damaged once more before it was whole gets everything back from both damaged files', () => {
  const directory = copyOf(sound);
  damagePage(database(directory), 2);
  const first = openLarge(directory);
  const work = takeOverOlder(first.request);
  const all = work.next().value;
  // Until the first of them are back.
  for (let left = all; left === all; ) left = work.next().value;
  work.return(0);
  first.close();
  damagePage(database(directory), 3);
  const log = closedAtEnd(openLarge(directory));
  expect(log.mended?.older).toBeGreaterThan(500);
  toEnd(takeOverOlder(log.request));
  expectAll(directory, log);
});

test('the same when the second damage meets a log that is small enough to be made at once', () => {
  const directory = copyOf(sound);
  damagePage(database(directory), 2);
  openLarge(directory).close();
  damagePage(database(directory), 3);
  const log = closedAtEnd(openLarge(directory, { bytes: 1e9, entries: 1e9 }));
  toEnd(takeOverOlder(log.request));
  expectAll(directory, log);
});

test('entries of another seat in the same file come back too', () => {
  const directory = copyOf(sound);
  const other = openLarge(directory);
  const ofOther = written.slice(0, 30).map((entry) => ({ ...entry, seat: 'seat-0', id: newId(), body: '{}' }));
  for (const entry of ofOther) other.journal.journal.refill([{ ...entry, kind: 'seat-stopped' }]);
  other.close();
  damagePage(database(directory), 2);
  const log = closedAtEnd(openLarge(directory));
  toEnd(takeOverOlder(log.request));
  expect(verifyJournal(log.store.connection).findings).toEqual([]);
  expect(Array.from(storedEntries(log.store.connection)).filter(({ seat: of }) => of === 'seat-0').length).toBe(30);
});

test('while older entries are missing nothing is sent that would leave a gap', () => {
  const directory = copyOf(sound);
  damagePage(database(directory), 2);
  const log = closedAtEnd(openLarge(directory));
  const first = entriesOf(log)[0]?.seq ?? 0;
  const { hub, refill } = log.journal;
  const sent = (seq: number) => hub.entriesAfter(seq, 3).map((row) => row.seq);
  expect([sent(0), sent(first - 2), sent(first - 1), sent(first)]).toEqual([
    [],
    [],
    [first, first + 1, first + 2],
    [first + 1, first + 2, first + 3],
  ]);
  expect(refill?.isWhole()).toBe(false);
  toEnd(takeOverOlder(log.request));
  expect([sent(0), refill?.isWhole()]).toEqual([[1, 2, 3], true]);
});

test('what was lost for good and comes back from elsewhere is folded into the lists, of a long journal too', () => {
  const directory = copyOf(sound);
  for (const page of [30, 60, 90]) damagePage(database(directory), page);
  const log = closedAtEnd(openLarge(directory));
  const lost = toEnd(takeOverOlder(log.request));
  expect(lost).toBeGreaterThan(0);
  const { journal } = log.journal;
  const refill = rewriteJournal({
    connection: log.store.connection,
    seat,
    journal,
    onBefore: () => {},
    onAfter: () => {},
    foldedWholeMax: 0,
  });
  const held = written.map((entry) => ({ ...entry, body: JSON.stringify(entry.body) }));
  expect(refill.putBack(held)).toBe(lost);
  expectAll(directory, log);
});

test('restoring beside the seat tells how far it is and how it ended, and writes that down; closed in between it goes on later', async () => {
  const directory = copyOf(sound);
  for (const page of [30, 60]) damagePage(database(directory), page);
  const first = closedAtEnd(openLarge(directory));
  const { older = 0 } = first.mended ?? {};
  let rests = 0;
  const options = (log: OpenLog, rest: () => Promise<void>): RestoreOptions => ({
    ...log.request,
    rest,
    write: (fact) => void log.journal.append(fact, 9),
    onPutBack: log.journal.tellAppended,
    log: () => {},
  });
  const closedSoon = await new Promise<OlderRestore | null>((resolve) => {
    const restore = olderRestore(
      options(first, () => {
        rests += 1;
        if (rests === 2) resolve(restore);
        return Promise.resolve();
      }),
    );
    restore?.start(() => {});
  });
  closedSoon?.close();
  first.close();

  const log = closedAtEnd(openLarge(directory));
  expect([log.mended, lacksOlder(log.store.connection, seat, database(directory))]).toEqual([null, true]);
  const told: OlderNews[] = [];
  await new Promise<void>((resolve) => {
    olderRestore(options(log, () => Promise.resolve()))?.start((news) => {
      told.push(news);
      if (news.kind === 'done') resolve();
    });
  });
  const end = told.at(-1);
  const lost = end?.kind === 'done' ? end.lost : -1;
  expect(lost).toBeGreaterThan(0);
  const [copy = ''] = readdirSync(log.request.quarantine);
  const mended = entriesOf(log).at(-1);
  expect(mended).toMatchObject({ kind: 'log-mended', body: { cause: 'damaged', lost, copy } });
  expect(entriesOf(log).filter(({ kind }) => kind === 'entry-lost').length).toBe(lost);
  expect(older).toBeGreaterThan(500);
  expect(olderRestore(options(log, () => Promise.resolve()))).toBeNull();
  expectAll(directory, log, [], lost);
});
