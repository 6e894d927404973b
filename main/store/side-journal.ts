import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { JournalEntry } from '../../core/journal.ts';
import type { LooseEntry } from './journal-table.ts';
import type { Reserve } from './reserve.ts';
import { readSideRecords, type SideRecords, sideJournalKey, sideRecord } from './side-journal-record.ts';
import { syncDirectory } from './sync-directory.ts';

/** How large a segment is made, in bytes: written out in full when it is begun, so that a sync moves data alone. */
const segmentBytes = 1024 * 1024;

/** How many segments are kept: some 80 000 entries, more than three days of a busy seat. */
const segmentsMax = 32;

/** How many entries are copied out of the journal at once when the side journal is behind it. */
const catchUpMax = 2_000;

/** How far back a side journal that is behind is filled up. */
const catchUpEntriesMax = 20_000;

/**
 * A second, plain log of the newest journal entries beside the database: encrypted records with a sum each, in files
 * that only grow. The database is the truth; this is what it is rebuilt from when it is damaged.
 */
export interface SideJournal {
  /**
   * Writes entries that the journal holds already; when it returns true they outlive this process, and are synced soon
   * after (the journal was synced before). False: it is behind, which is told
   * once, loses nothing (the database has the entries) and is mended by a later append. Never throws.
   */
  append(entries: readonly JournalEntry[]): boolean;
  /** Fills up what is missing at its end from the journal. The same answer as `append`. */
  catchUp(lastSeq: number): boolean;
  /**
   * Moves everything it holds to another folder, durably, and begins with nothing: the journal is about to be changed, and
   * what stands here would not be true of it any more. Throws what the disk says.
   */
  setAside(folder: string): void;
  close(): void;
}

/** What opening needs. `after` reads the journal: entries after a number, oldest first, so many at most. */
export interface SideJournalRequest {
  readonly directory: string;
  readonly key: Uint8Array;
  readonly seat: string;
  readonly reserve: Reserve;
  readonly after: (seq: number, limit: number) => readonly JournalEntry[];
  readonly onProblem: (sentence: string) => void;
  /** How large a segment is and how many are kept; only tests pass others. */
  readonly limits?: { readonly bytes: number; readonly segments: number };
}

/** Where the next record goes, and how its file is being synced. */
interface Place {
  readonly handle: number;
  offset: number;
  isSyncing: boolean;
  /** Written to since the sync that runs now began. */
  isDirty: boolean;
  /** To be closed when the sync that runs now ends. */
  isLeft: boolean;
}

/**
 * How long a sync waits for company, in milliseconds: the entries of one call's step come within it. A disk syncs one
 * file after the other, so a sync of this one at once would make the journal's next one wait.
 */
const gatherMs = 20;

/**
 * Syncs a file beside the seat's work, one sync at a time: what is written meanwhile shares the next one. The journal
 * itself is synced before an entry is acknowledged, so nothing waits for this; a start fills up what a power cut took.
 */
function syncSoon(place: Place, seqNow: () => number, onDone: (cause: Error | null, seq: number) => void): void {
  place.isDirty = true;
  if (place.isSyncing) return;
  place.isSyncing = true;
  setTimeout(() => {
    // Whoever left it synced it.
    if (place.isLeft) return closeSync(place.handle);
    place.isDirty = false;
    const seq = seqNow();
    fdatasync(place.handle, (cause) => {
      place.isSyncing = false;
      if (place.isLeft) closeSync(place.handle);
      else {
        onDone(cause, seq);
        if (cause === null && place.isDirty) syncSoon(place, seqNow, onDone);
      }
    });
  }, gatherMs).unref();
}

/** Syncs a file and closes it, at once or when the sync that runs now ends. */
function leave(place: Place): void {
  try {
    fdatasyncSync(place.handle);
  } finally {
    place.isLeft = true;
    if (!place.isSyncing) closeSync(place.handle);
  }
}

/** The side journal of one seat, ready to write. One writer at a time: the holder of the database's lock. */
export function openSideJournal(request: SideJournalRequest): SideJournal {
  const { directory, seat, reserve, onProblem } = request;
  const limits = request.limits ?? { bytes: segmentBytes, segments: segmentsMax };
  const key = sideJournalKey(request.key);
  const newest = readNewest(directory, request.key);
  let number = newest.number;
  let last = newest.entries.findLast((entry) => entry.seat === seat)?.seq ?? 0;
  /** Up to here it is known to be on the disk; what lies behind is written once more after a failed sync. */
  let synced = last;
  let isTold = false;
  let place: Place | null =
    newest.isSound && newest.end < limits.bytes ? reopen(join(directory, nameOf(number)), newest.end) : null;

  /**
   * After a failed write or sync its file is not trusted (the system may have dropped the very bytes, and the next sync
   * would succeed): what was not synced before is written again, into a new one.
   */
  const failed = (cause: unknown): void => {
    last = Math.min(last, synced);
    if (place !== null) {
      place.isLeft = true;
      if (!place.isSyncing) closeSync(place.handle);
    }
    place = null;
    if (!isTold) onProblem(`the side journal is behind: ${cause instanceof Error ? cause.message : String(cause)}`);
    isTold = true;
  };
  const rotate = (): Place => {
    const left = place;
    place = null;
    if (left !== null) leave(left);
    synced = Math.max(synced, last);
    const handle = begin(directory, number + 1, limits.bytes);
    number += 1;
    place = { handle, offset: 0, isSyncing: false, isDirty: false, isLeft: false };
    for (const old of segmentNumbers(directory).slice(0, -limits.segments))
      rmSync(join(directory, nameOf(old)), { force: true });
    return place;
  };
  const write = (entries: readonly JournalEntry[]): void => {
    const bytes = Buffer.concat(entries.map((entry) => sideRecord(key, entry)));
    const isRoom = place !== null && place.offset + bytes.length <= limits.bytes;
    const target = isRoom && place !== null ? place : rotate();
    for (let done = 0; done < bytes.length; )
      done += writeSync(target.handle, bytes, done, bytes.length - done, target.offset + done);
    target.offset += bytes.length;
    last = entries.at(-1)?.seq ?? last;
    syncSoon(
      target,
      () => last,
      (cause, seq) => {
        if (cause === null) synced = Math.max(synced, seq);
        else failed(cause);
      },
    );
  };
  const attempt = (entries: readonly JournalEntry[], lastSeq: number): void => {
    const first = entries[0]?.seq ?? lastSeq + 1;
    if (first > last + 1) {
      last = Math.max(last, first - 1 - catchUpEntriesMax);
      while (last < first - 1) {
        const missing = request.after(last, Math.min(catchUpMax, first - 1 - last));
        if (missing.length === 0) break;
        write(missing);
      }
    }
    if (entries.length > 0) write(entries);
  };
  const durably = (entries: readonly JournalEntry[], lastSeq: number): boolean => {
    try {
      try {
        attempt(entries, lastSeq);
      } catch (cause) {
        if (!isNoSpace(cause) || !reserve.spend()) throw cause;
        attempt(
          entries.filter(({ seq }) => seq > last),
          lastSeq,
        );
      }
      isTold = false;
      return true;
    } catch (cause) {
      failed(cause);
      return false;
    }
  };
  return {
    append: (entries) => durably(entries, 0),
    catchUp: (lastSeq) => durably([], lastSeq),
    setAside: (folder) => {
      const left = place;
      place = null;
      if (left !== null) leave(left);
      number = 0;
      last = 0;
      synced = 0;
      if (!existsSync(directory)) return;
      renameSync(directory, folder);
      syncDirectory(dirname(folder));
      syncDirectory(dirname(directory));
    },
    close: () => {
      const left = place;
      place = null;
      if (left !== null) leave(left);
    },
  };
}

/** Everything the side journal of a profile holds, and what is wrong with it. */
export interface SideContents {
  readonly entries: readonly LooseEntry[];
  readonly segments: number;
  readonly damaged: number;
  /** Records this key does not open. */
  readonly foreign: number;
}

/** Reads all of a side journal, oldest first. A folder that is not there holds nothing; a file that can't be read counts as damaged. */
export function readSideJournal(directory: string, profileKey: Uint8Array): SideContents {
  const entries: LooseEntry[] = [];
  let segments = 0;
  let damaged = 0;
  let foreign = 0;
  for (const read of sideSegments(directory, profileKey)) {
    for (const entry of read.entries) entries.push(entry);
    segments += 1;
    damaged += read.damaged;
    foreign += read.foreign;
  }
  return { entries, segments, damaged, foreign };
}

/** The same, one file after the other. */
export function* sideSegments(directory: string, profileKey: Uint8Array): Iterable<SideRecords> {
  const key = sideJournalKey(profileKey);
  for (const number of segmentNumbers(directory)) {
    const bytes = bytesOf(join(directory, nameOf(number)));
    yield bytes === null ? { entries: [], end: 0, damaged: 1, foreign: 0 } : readSideRecords(key, bytes);
  }
}

/** The newest segment that holds anything: what a start compares the database with. */
export function readNewest(
  directory: string,
  profileKey: Uint8Array,
): {
  readonly number: number;
  readonly entries: readonly LooseEntry[];
  readonly end: number;
  readonly isSound: boolean;
} {
  const key = sideJournalKey(profileKey);
  const numbers = segmentNumbers(directory);
  const highest = numbers.at(-1) ?? 0;
  for (const number of numbers.toReversed()) {
    const bytes = bytesOf(join(directory, nameOf(number)));
    if (bytes === null) continue;
    const { entries, end, damaged, foreign } = readSideRecords(key, bytes);
    const isSound = number === highest && damaged === 0 && foreign === 0;
    if (entries.length > 0) return { number: highest, entries, end, isSound };
  }
  return { number: highest, entries: [], end: 0, isSound: false };
}

function segmentNumbers(directory: string): readonly number[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .map((name) => /^(\d{8})\.side$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .toSorted((a, b) => a - b);
}

function nameOf(number: number): string {
  return `${String(number).padStart(8, '0')}.side`;
}

function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    // A bad sector: what stands in the other segments still counts, and the caller counts this one.
    return null;
  }
}

function reopen(path: string, offset: number): Place | null {
  try {
    return { handle: openSync(path, 'r+'), offset, isSyncing: false, isDirty: false, isLeft: false };
  } catch {
    // It can't be written to any more: a new segment is begun.
    return null;
  }
}

/** A new segment, written out with zeros and durable under its name. */
function begin(directory: string, number: number, bytes: number): number {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, nameOf(number));
  const handle = openSync(path, 'w', 0o600);
  try {
    const zeros = Buffer.alloc(bytes);
    for (let done = 0; done < zeros.length; ) done += writeSync(handle, zeros, done, zeros.length - done, done);
    fsyncSync(handle);
    syncDirectory(directory);
    return handle;
  } catch (cause) {
    closeSync(handle);
    rmSync(path, { force: true });
    throw cause;
  }
}

function isNoSpace(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
}
