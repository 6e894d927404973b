import { type JournalEntry, type JournalFact, journalEntry, journalFact } from '../../core/journal.ts';
import { callTable } from './call-table.ts';
import type { Connection } from './connection.ts';
import { type WriteOutcome, writeDurably } from './durable-write.ts';
import { messageLampTable } from './message-lamp-table.ts';
import { foldInBulk, type Projection } from './projection.ts';
import type { Reserve } from './reserve.ts';
import { sharedRecordTable } from './shared-record-table.ts';
import { switchRecordTable } from './switch-record-table.ts';
import { textTable } from './text-table.ts';

/** What came of writing an entry down; see `WriteOutcome`. */
export type AppendOutcome =
  | { readonly kind: 'written'; readonly entry: JournalEntry }
  | Exclude<WriteOutcome<never>, { readonly kind: 'written' }>;

/** What came of writing several entries down at once; see `WriteOutcome`. */
export type AppendAllOutcome =
  | { readonly kind: 'written'; readonly entries: readonly JournalEntry[] }
  | Exclude<WriteOutcome<never>, { readonly kind: 'written' }>;

/** A fact and its wall-clock milliseconds. */
export interface DatedFact {
  readonly fact: JournalFact;
  readonly at: number;
}

/** A row of the journal as it lies in the file, not yet checked. */
export interface StoredEntry {
  readonly position: number;
  readonly seat: string;
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly kind: string;
  readonly body: string;
}

/** An entry from elsewhere (the side journal, a damaged file), not yet checked; `body` is JSON. */
export type LooseEntry = Omit<StoredEntry, 'position'>;

/** What happened at this seat: append-only, and the truth. */
export interface JournalTable {
  /**
   * Writes one fact down: the next number of this seat, the entry, and the rows of the lists, in one transaction that is
   * synced to disk when this returns. `at` is wall-clock milliseconds, for showing only. A fact that breaks its schema
   * is our mistake and throws.
   */
  append(fact: JournalFact, at: number): AppendOutcome;
  /** The same for several facts that belong together: one transaction, one sync, all of them or none. */
  appendAll(facts: readonly DatedFact[]): AppendAllOutcome;
  /** Entries after a number, oldest first, `limit` at most: what is pushed on or exported. */
  after(seq: number, limit: number): readonly JournalEntry[];
  /**
   * Entries whose time is at or after a wall-clock time, in the order of their numbers; without the switch's own log, of
   * which a day may bring a hundred thousand lines.
   */
  since(at: number): readonly JournalEntry[];
  /** The number of this seat's newest entry; 0 when there is none. */
  lastSeq(): number;
  /**
   * Puts entries that were written down before into a journal that is empty, as they were: number, id and time. In the
   * order of their numbers, without a gap, or the file itself refuses. Throws what SQLite or the schema says.
   */
  refill(entries: readonly LooseEntry[]): void;
  /** Folds the whole journal into the lists anew, in one transaction. Returns the number of entries folded. */
  rebuild(): WriteOutcome<number>;
  /** The same within a transaction of the caller. Throws what SQLite or the schema says. */
  refold(): void;
}

/** Who writes: the seat's name, where its ids come from (UUIDv7), and what is given up when the disk is full. */
export interface JournalWriter {
  readonly seat: string;
  readonly newId: () => string;
  readonly reserve: Reserve;
}

/** The table `journal` of an open store. All its SQL is here. */
export function journalTable(connection: Connection, writer: JournalWriter): JournalTable {
  const { seat, newId, reserve } = writer;
  const lists = listsOf(connection);
  const last = connection.prepare('select coalesce(max(seq), 0) from journal where seat = ?').pluck();
  const insert = connection.prepare('insert into journal (seat, seq, id, at, kind, body) values (?, ?, ?, ?, ?, ?)');
  const following = connection.prepare<[string, number, number], StoredEntry>(
    'select * from journal where seat = ? and seq > ? order by seq limit ?',
  );
  const backwards = connection.prepare<[string], StoredEntry>(
    `select * from journal where seat = ? and kind not in ('switch-record', 'switch-record-unread') order by seq desc`,
  );
  const lastSeq = (): number => Number(last.get(seat));

  const appendOne = connection.transaction((fact: JournalFact, at: number): JournalEntry => {
    const entry: JournalEntry = { seat, seq: lastSeq() + 1, id: newId(), at, ...fact };
    const { lastInsertRowid } = insert.run(seat, entry.seq, entry.id, at, fact.kind, JSON.stringify(fact.body));
    for (const list of lists) list.fold(entry, Number(lastInsertRowid));
    return entry;
  });
  const appendMany = connection.transaction((facts: readonly DatedFact[]): readonly JournalEntry[] =>
    facts.map(({ fact, at }) => appendOne(fact, at)),
  );
  const refillAll = connection.transaction((entries: readonly LooseEntry[]): void => {
    const folding = foldInBulk(lists);
    for (const stored of entries) {
      const { seat: of, seq, id, at, kind, body } = stored;
      const { lastInsertRowid } = insert.run(of, seq, id, at, kind, body);
      folding.fold(toEntry(stored), Number(lastInsertRowid));
    }
    folding.done();
  });
  const rebuildAll = connection.transaction((): number => rebuildLists(lists, storedFrom(connection)));

  return {
    append: (fact, at) => {
      const checked = journalFact.parse(fact);
      const outcome = writeDurably(reserve, () => appendOne.immediate(checked, at));
      return outcome.kind === 'written' ? { kind: 'written', entry: outcome.value } : outcome;
    },
    appendAll: (facts) => {
      const checked = facts.map(({ fact, at }) => ({ fact: journalFact.parse(fact), at }));
      const outcome = writeDurably(reserve, () => appendMany.immediate(checked));
      return outcome.kind === 'written' ? { kind: 'written', entries: outcome.value } : outcome;
    },
    after: (seq, limit) => following.all(seat, seq, limit).map(toEntry),
    since: (at) => {
      const entries: JournalEntry[] = [];
      for (const stored of backwards.iterate(seat)) {
        if (stored.at < at - clockStepMaxMs) break;
        if (stored.at >= at) entries.push(toEntry(stored));
      }
      return entries.reverse();
    },
    lastSeq,
    refill: (entries) => refillAll.immediate(entries),
    rebuild: () => writeDurably(reserve, () => rebuildAll.immediate()),
    refold: () => void rebuildAll(),
  };
}

/** Every list that is folded from the journal of an open store. */
export function listsOf(connection: Connection): readonly Projection[] {
  return [
    callTable(connection),
    textTable(connection),
    switchRecordTable(connection),
    messageLampTable(connection),
    sharedRecordTable(connection),
  ];
}

/** How far a clock may have been set back among the entries looked through: the order is their numbers', not the clock's. */
const clockStepMaxMs = 24 * 3_600_000;

/** Every row as it lies there, of every seat, in the order it was written; checked by nobody, and not found by an index. */
export function storedEntries(connection: Connection): Iterable<StoredEntry> {
  return connection.prepare<[], StoredEntry>('select * from journal not indexed order by position').iterate();
}

/** Rows of a seat after a number, oldest first, `limit` at most, checked by nobody: the hub says of each what it makes of it. */
export function storedAfter(
  connection: Connection,
): (seat: string, seq: number, limit: number) => readonly StoredEntry[] {
  const some = connection.prepare<[string, number, number], StoredEntry>(
    'select * from journal where seat = ? and seq > ? order by seq limit ?',
  );
  return (seat, seq, limit) => some.all(seat, seq, limit);
}

/** The number of a seat's newest entry, of a file of any version; 0 when there is none. */
export function lastStored(connection: Connection, seat: string): number {
  return Number(connection.prepare('select coalesce(max(seq), 0) from journal where seat = ?').pluck().get(seat));
}

/** The latest time that stands in the newest entries, in wall-clock milliseconds; null when there are none. */
export function newestAt(connection: Connection): number | null {
  const newest = connection.prepare('select max(at) from (select at from journal order by position desc limit 200)');
  const at = newest.pluck().get();
  return typeof at === 'number' ? at : null;
}

/** Which id stands under a number of a seat; null when none does. */
export function storedIds(connection: Connection): (seat: string, seq: number) => string | null {
  const one = connection.prepare('select id from journal where seat = ? and seq = ?').pluck();
  return (seat, seq) => {
    const id = one.get(seat, seq);
    return typeof id === 'string' ? id : null;
  };
}

/** Whether an id stands anywhere in the journal. */
export function storedIdKnown(connection: Connection): (id: string) => boolean {
  const one = connection.prepare('select 1 from journal where id = ?').pluck();
  return (id) => one.get(id) !== undefined;
}

/** A stored row as an entry. Throws zod's error when the row breaks the schema. */
export function toEntry(stored: LooseEntry): JournalEntry {
  const { seat, seq, id, at, kind, body } = stored;
  return journalEntry.parse({ seat, seq, id, at, kind, body: JSON.parse(body) });
}

/** How many rows are read at once: nothing may be written while a statement is still being read on the same connection. */
const rowsAtOnce = 2_000;

/** Rows after a place, in the order they were written. */
function storedFrom(connection: Connection): (position: number) => readonly StoredEntry[] {
  const some = connection.prepare<[number], StoredEntry>(
    `select * from journal where position > ? order by position limit ${rowsAtOnce}`,
  );
  return (position) => some.all(position);
}

function rebuildLists(lists: readonly Projection[], rowsFrom: (position: number) => readonly StoredEntry[]): number {
  for (const list of lists) list.clear();
  const folding = foldInBulk(lists);
  let count = 0;
  for (let rows = rowsFrom(0); rows.length > 0; rows = rowsFrom(rows.at(-1)?.position ?? 0)) {
    for (const row of rows) folding.fold(toEntry(row), row.position);
    count += rows.length;
  }
  folding.done();
  return count;
}
