import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { callTable } from './call-table.ts';
import { type Connection, connect } from './connection.ts';
import { firstStored, insertAt, placeOf } from './journal-beginning.ts';
import { type LooseEntry, lastStored, storedAfter, storedIdKnown, toEntry } from './journal-table.ts';
import { messageLampTable } from './message-lamp-table.ts';
import { migrate, migrations } from './migrate.ts';
import { type Folding, foldInBulk } from './projection.ts';
import { readablePages } from './recover-pages.ts';
import { rowsOfPage } from './recover-rows.ts';
import { indexedNumberOf, isFact, looseEntryOf } from './recover-salvage.ts';
import { sideSegments } from './side-journal.ts';
import { switchRecordTable } from './switch-record-table.ts';
import { syncDirectory } from './sync-directory.ts';
import { textTable } from './text-table.ts';

/** What the older entries of a log are made out of. */
export interface OlderRequest {
  /** The log they are missing in, open. */
  readonly live: Connection;
  readonly seat: string;
  readonly path: string;
  readonly key: Uint8Array;
  readonly quarantine: string;
  readonly sideJournal: string;
  readonly newId: () => string;
}

/** Where the older entries lie while they wait to be taken over: a whole log, which is only read. */
export function olderPath(path: string): string {
  return `${path}.older`;
}

/** How many damaged logs in the quarantine are read, the newest first: each holds most of those before it. */
const copiesMax = 8;

/** So much is done in one step: a few milliseconds, between two of which the seat may work. */
const pagesInStep = 16;
const entriesInStep = 250;
/** So many steps are one transaction. */
const stepsInTransaction = 40;

/**
 * Makes the log that holds what a seat's log does not have any more: everything before its first number, out of the
 * damaged files in the quarantine and the side journal, and after that all that the log has now, so that the lists are
 * folded as a whole. Numbers nobody has any more say that they were lost. In small steps, one a `yield`; it is there in
 * full under its name when this ends, and a cut before that leaves a draft, which is thrown away by the next one. Needs
 * memory for a step, not for the log.
 */
export function* makeOlderLog(request: OlderRequest): Generator<void, void> {
  const draft = `${olderPath(request.path)}.draft`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  const connection = connect(draft, request.key, 'create');
  try {
    // A draft: nothing of it is missed when it is cut off. Synced bit by bit, so that no sync is a long one.
    connection.pragma('journal_mode = memory');
    connection.pragma('synchronous = normal');
    migrate(connection, migrations);
    connection.exec(
      `drop trigger journal_has_no_gap; drop trigger journal_is_never_changed; drop trigger journal_is_never_shortened;
       create table found (seat text, seq integer, id text unique, at real, kind text, body text, primary key (seat, seq)) strict;
       create table highest (seat text primary key, seq integer not null) strict;`,
    );
    yield* inTransactions(connection, () => filling(request, connection));
  } finally {
    connection.close();
  }
  sync(draft);
  renameSync(draft, olderPath(request.path));
  syncDirectory(dirname(request.path));
}

function* filling(request: OlderRequest, connection: Connection): Generator<void, void> {
  const limit = firstStored(request.live)(request.seat);
  yield* collect(request, connection, limit);
  yield* number(request, connection, limit);
  yield* copyLive(request, connection);
  yield* fold(connection);
}

/** Begins and ends a transaction around so many steps each. */
function* inTransactions(connection: Connection, work: () => Generator<void, void>): Generator<void, void> {
  let steps = 0;
  connection.exec('begin');
  for (const _ of work()) {
    steps += 1;
    if (steps % stepsInTransaction === 0) connection.exec('commit; begin');
    yield;
  }
  connection.exec('commit');
}

/** Every sound entry before `limit`, and all of other seats: of the side journal, then of each damaged log. */
function* collect(request: OlderRequest, connection: Connection, limit: number): Generator<void, void> {
  const { seat, key, quarantine, sideJournal } = request;
  const keep = connection.prepare(
    `insert into found (seat, seq, id, at, kind, body) values (:seat, :seq, :id, :at, :kind, :body)
     on conflict (seat, seq) do update set id = excluded.id, at = excluded.at, kind = excluded.kind, body = excluded.body
       where found.kind = 'entry-lost' and excluded.kind <> 'entry-lost'
         and not exists (select 1 from found as other where other.id = excluded.id)
     on conflict (id) do nothing`,
  );
  const name = connection.prepare(
    `insert into highest (seat, seq) values (?, ?)
     on conflict (seat) do update set seq = max(seq, excluded.seq)`,
  );
  // What the log has under another number went there when it was taken back from a hub.
  const isThere = storedIdKnown(request.live);
  const take = (entry: LooseEntry): void => {
    if (entry.seat === seat && entry.seq >= limit) return;
    if (isFact(entry) && !isThere(entry.id)) keep.run(entry);
  };
  for (const { entries } of sideSegments(sideJournal, key)) {
    for (const entry of entries) take(entry);
    yield;
  }
  for (const path of damagedLogs(quarantine)) {
    const pages = readablePages(path, key);
    try {
      for (const [index, page] of pages.numbers.entries()) {
        for (const { ways } of rowsOfPage(pages, page, columnsRead)) {
          for (const values of ways) {
            const entry = looseEntryOf(values);
            if (entry !== null) take(entry);
            const numbered = indexedNumberOf(values);
            if (numbered !== null && numbered[0] !== seat) name.run(...numbered);
          }
        }
        if (index % pagesInStep === 0) yield;
      }
    } finally {
      pages.close();
    }
  }
}

/** An entry has seven columns in the file, the index of the numbers three. */
const columnsRead: ReadonlySet<number> = new Set([3, 7]);

/** Damaged logs that were set aside, the newest first. */
export function damagedLogs(quarantine: string): readonly string[] {
  if (!existsSync(quarantine)) return [];
  const paths = readdirSync(quarantine)
    .toSorted()
    .toReversed()
    .map((folder) => join(quarantine, folder, 'hookline.db'));
  return paths.filter((path) => existsSync(path) || existsSync(`${path}-wal`)).slice(0, copiesMax);
}

/** The entries in the order of their numbers, each at its place; where none was found stands one that says so. */
function* number({ seat, newId }: OlderRequest, connection: Connection, limit: number): Generator<void, void> {
  const put = insertAt(connection);
  let lost = 0;
  const found = connection.prepare<[string, number, number], LooseEntry>(
    'select * from found where seat = ? and seq >= ? and seq < ?',
  );
  function* numberSeat(of: string, end: number, place: (seq: number) => number): Generator<void, void> {
    let at = 0;
    for (let from = 1; from < end; from += entriesInStep) {
      const to = Math.min(end, from + entriesInStep);
      const bySeq = new Map(found.all(of, from, to).map((entry) => [entry.seq, entry]));
      for (let seq = from; seq < to; seq += 1) {
        const entry = bySeq.get(seq) ?? { seat: of, seq, id: newId(), at, kind: 'entry-lost', body: '{}' };
        if (of === seat && entry.kind === 'entry-lost') lost += 1;
        at = entry.at;
        put(place(seq), entry);
      }
      yield;
    }
  }
  const others = connection.prepare<[string], { readonly seat: string; readonly last: number }>(
    `select seat, max(max(seq), coalesce((select seq from highest where highest.seat = found.seat), 0)) as last
     from found where seat <> ? group by seat order by seat`,
  );
  let before = 0;
  for (const { seat: of, last } of others.all(seat)) {
    const from = before;
    yield* numberSeat(of, last + 1, (seq) => from + seq);
    before += last;
  }
  yield* numberSeat(seat, limit, placeOf);
  connection.prepare('insert into setting (name, value) values (?, ?)').run(lostSetting, String(lost));
}

/** Under which name the older log keeps how many of its entries are lost. */
export const lostSetting = 'older-lost';

/** What the log has now, so that a call that began before it is folded to its end. */
function* copyLive({ live, seat }: OlderRequest, connection: Connection): Generator<void, void> {
  const after = storedAfter(live);
  const put = insertAt(connection);
  for (let last = firstStored(live)(seat) - 1; ; last = lastStored(connection, seat)) {
    const rows = after(seat, last, entriesInStep);
    for (const row of rows) put(placeOf(row.seq), row);
    // Whatever is written down from now on is read by whoever takes this log over.
    if (rows.length < entriesInStep) return;
    yield;
  }
}

function* fold(connection: Connection): Generator<void, void> {
  const lists = [
    callTable(connection),
    textTable(connection),
    switchRecordTable(connection),
    messageLampTable(connection),
  ];
  const folding: Folding = foldInBulk(lists, entriesInStep);
  const some = connection.prepare<[number], LooseEntry & { readonly position: number }>(
    `select * from journal where position > ? order by position limit ${entriesInStep}`,
  );
  let position = 0;
  for (let rows = some.all(position); rows.length > 0; rows = some.all(position)) {
    for (const row of rows) {
      folding.fold(toEntry(row), row.position);
      position = row.position;
    }
    yield;
  }
  folding.done();
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
