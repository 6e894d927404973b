import { rmSync, statSync } from 'node:fs';
import { connect, sqliteCode } from './connection.ts';
import { secondName } from './inspect.ts';
import { type LooseEntry, lastStored } from './journal-table.ts';
import { readablePages } from './recover-pages.ts';
import { rowsOfPage } from './recover-rows.ts';
import { isFact, looseEntryOf, salvageSettings } from './recover-salvage.ts';
import { allSettings } from './setting-table.ts';

/** The newest part of a damaged log: enough to work with at once. */
export interface Newest {
  readonly seat: string;
  /** By number, without a gap. */
  readonly entries: readonly LooseEntry[];
  /** How many numbers come before the first of them. */
  readonly older: number;
  readonly settings: ReadonlyMap<string, string>;
}

/** From which size on a log is not made anew as a whole before the agent can work. */
export interface LargeLog {
  readonly bytes: number;
  readonly entries: number;
}

/** Some 95,000 entries, of which making a whole log takes five seconds on a slow machine with two cores. */
export const largeLog: LargeLog = { bytes: 32 * 1024 * 1024, entries: 95_000 };

/** With fewer entries than this the figures of the day and the lists would begin nearly empty. */
const newestMin = 2_000;

/**
 * What the seat begins with when its log is large and damaged: what the side journal has of it up to its end without a
 * gap, and what stands behind that in the damaged file (a power cut may have kept it from the side journal). What this
 * costs does not grow with the log, but for one case: settings that SQLite can't read are looked for in every page.
 * Null: the log is small, or the two do not fit together; then all of it is made at once. `side`: facts, oldest first.
 */
export function newestOf(
  path: string,
  key: Uint8Array,
  side: readonly LooseEntry[],
  large: LargeLog = largeLog,
): Newest | null {
  const ofSide = endWithoutGap(side);
  const [first] = ofSide;
  const last = ofSide.at(-1);
  if (first === undefined || last === undefined || first.seq === 1) return null;
  const isLarge = sizeOf(path) + sizeOf(`${path}-wal`) > large.bytes || first.seq > large.entries;
  if (!isLarge || ofSide.length < Math.min(newestMin, large.entries)) return null;
  const behind = entriesBehind(path, key, last);
  if (behind === null) return null;
  const read = readWithSqlite(path, key, first.seat);
  const entries = [...ofSide, ...behind];
  // What is neither in the side journal nor at the end of the file is found by reading all of it only.
  if (read !== null && read.lastSeq > (entries.at(-1)?.seq ?? 0)) return null;
  return { seat: first.seat, entries, older: first.seq - 1, settings: read?.settings ?? salvageSettings(path, key) };
}

/** The entries of the newest one's seat, by number, back to where one is missing. */
function endWithoutGap(side: readonly LooseEntry[]): readonly LooseEntry[] {
  const newest = side.at(-1);
  if (newest === undefined) return [];
  const bySeq = new Map<number, LooseEntry>();
  let last = 0;
  for (const entry of side) {
    if (entry.seat !== newest.seat) continue;
    const there = bySeq.get(entry.seq);
    if (there === undefined || there.kind === 'entry-lost') bySeq.set(entry.seq, entry);
    last = Math.max(last, entry.seq);
  }
  const entries: LooseEntry[] = [];
  for (let seq = last; ; seq -= 1) {
    const entry = bySeq.get(seq);
    if (entry === undefined) return entries.reverse();
    entries.push(entry);
  }
}

/**
 * How many pages at the end of the file are looked through for entries that the side journal does not have: a minute's
 * work of a seat is one page or two, and the log of pages (which is read as a whole) is moved into the file every minute.
 */
const lastPages = 512;

/** What stands behind an entry at the file's end and in its log of pages; null when it does not follow at once. */
function entriesBehind(path: string, key: Uint8Array, last: LooseEntry): readonly LooseEntry[] | null {
  const found = new Map<number, LooseEntry>();
  const pages = readablePages(path, key);
  try {
    for (const number of pages.newestNumbers(lastPages)) {
      for (const { ways } of rowsOfPage(pages, number, entryColumns)) {
        for (const values of ways) {
          const entry = looseEntryOf(values);
          if (entry === null || entry.seat !== last.seat || entry.seq <= last.seq || found.has(entry.seq)) continue;
          if (isFact(entry)) found.set(entry.seq, entry);
        }
      }
    }
  } finally {
    pages.close();
  }
  const behind = [...found.values()].toSorted((a, b) => a.seq - b.seq);
  return behind.every(({ seq }, index) => seq === last.seq + index + 1) ? behind : null;
}

/** How many columns an entry has in the file. */
const entryColumns: ReadonlySet<number> = new Set([7]);

/** What SQLite itself still reads of a damaged file without going through all of it; null: it does not open so far. */
function readWithSqlite(
  path: string,
  key: Uint8Array,
  seat: string,
): { readonly settings: ReadonlyMap<string, string>; readonly lastSeq: number } | null {
  const view = `${path}.inspect`;
  try {
    const connection = connect(secondName(path, view), key, 'read');
    try {
      return { settings: allSettings(connection), lastSeq: lastStored(connection, seat) };
    } finally {
      connection.close();
    }
  } catch (cause) {
    // It is damaged where this looked, or is not there.
    if (sqliteCode(cause) === null) throw cause;
    return null;
  } finally {
    rmSync(view, { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
