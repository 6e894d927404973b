import type { Connection } from './connection.ts';
import { rulesLifted } from './journal-rules.ts';
import { type LooseEntry, listsOf, type StoredEntry, toEntry } from './journal-table.ts';
import { foldInBulk } from './projection.ts';

/**
 * The journal at its other end. A log that is made anew from a large damaged one begins with its newest entries; the
 * older ones are put before them later (restore-older.ts). Until then its first number is not 1, and it has no gap behind
 * that one. Entry N of its seat lies at the place `placeOf(N)`, which leaves room for what else stood in the file.
 */
const roomBefore = 1_000_000_000;

/** The place in its file of an entry of the seat whose older entries come later. */
export function placeOf(seq: number): number {
  return roomBefore + seq;
}

/** The number of a seat's oldest entry that is there; 1 when it has none. */
export function firstStored(connection: Connection): (seat: string) => number {
  const first = connection.prepare('select coalesce(min(seq), 1) from journal where seat = ?').pluck();
  return (seat) => Number(first.get(seat));
}

/** Puts an entry at a place. Only with the rules lifted; throws what SQLite says. */
export function insertAt(connection: Connection): (position: number, entry: LooseEntry) => void {
  const insert = connection.prepare(
    `insert into journal (position, seat, seq, id, at, kind, body)
     values (:position, :seat, :seq, :id, :at, :kind, :body)`,
  );
  return (position, { seat, seq, id, at, kind, body }) => {
    insert.run({ position, seat, seq, id, at, kind, body });
  };
}

/** Entries before a number of a seat, newest first, so many at most. */
export function storedBefore(
  connection: Connection,
): (seat: string, seq: number, limit: number) => readonly StoredEntry[] {
  const some = connection.prepare<[string, number, number], StoredEntry>(
    'select * from journal where seat = ? and seq < ? order by seq desc limit ?',
  );
  return (seat, seq, limit) => some.all(seat, seq, limit);
}

/** Entries of other seats that lie in the room before, after a place, in their order, so many at most. */
export function storedInRoom(connection: Connection): (position: number, limit: number) => readonly StoredEntry[] {
  const some = connection.prepare<[number, number, number], StoredEntry>(
    'select * from journal where position > ? and position <= ? order by position limit ?',
  );
  return (position, limit) => some.all(position, roomBefore, limit);
}

/** The last place in the room before that is taken; 0 when none is. */
export function lastInRoom(connection: Connection): number {
  const last = connection.prepare('select coalesce(max(position), 0) from journal where position <= ?').pluck();
  return Number(last.get(roomBefore));
}

/** Begins an empty journal, and its lists, with the newest entries of a seat, by number: the older ones come later. */
export function beginWith(connection: Connection, entries: readonly LooseEntry[]): void {
  const lifted = rulesLifted(connection);
  const put = insertAt(connection);
  connection
    .transaction((): void => {
      lifted(() => {
        for (const entry of entries) put(placeOf(entry.seq), entry);
      });
      const folding = foldInBulk(listsOf(connection));
      for (const entry of entries) folding.fold(toEntry(entry), placeOf(entry.seq));
      folding.done();
    })
    .immediate();
}
