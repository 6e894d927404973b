import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalEntry } from '../../core/journal.ts';
import { callTable } from './call-table.ts';
import { type Connection, connect, sqliteCode } from './connection.ts';
import { firstStored, insertAt, lastInRoom, storedBefore, storedInRoom } from './journal-beginning.ts';
import { rulesLifted } from './journal-rules.ts';
import { lastStored, type StoredEntry, storedAfter, storedIds, toEntry } from './journal-table.ts';
import { lampOf, messageLampTable } from './message-lamp-table.ts';
import { latestVersion, migrations, versionOf } from './migrate.ts';
import { lostSetting, makeOlderLog, type OlderRequest, olderPath } from './older-log.ts';
import { allSettings } from './setting-table.ts';
import { sharedRecordTable } from './shared-record-table.ts';
import { switchRecordTable } from './switch-record-table.ts';
import { syncDirectory } from './sync-directory.ts';
import { textTable } from './text-table.ts';

/** How many entries are taken over in one transaction: some milliseconds of work and one sync. */
const batchMax = 250;

/** Whether a seat's log still lacks entries before its first one, or the last step of taking them over. */
export function lacksOlder(live: Connection, seat: string, path: string): boolean {
  return firstStored(live)(seat) > 1 || existsSync(olderPath(path));
}

/**
 * Puts the older entries of a log before the ones it has, newest first, each batch in one transaction together with
 * what the lists say of it. What is there is a whole journal from its first number on at any moment; a cut loses nothing,
 * and this goes on where it was. One step a `yield`, which says how many numbers are still to come. Gives how many of
 * them nobody had any more.
 */
export function* takeOverOlder(request: OlderRequest): Generator<number, number> {
  const { live, seat, path, key } = request;
  const first = firstStored(live);
  if (!isFitting(request)) {
    rmSync(olderPath(path), { force: true });
    for (const _ of makeOlderLog(request)) yield first(seat) - 1;
  }
  const older = connect(olderPath(path), key, 'read');
  let lost = 0;
  try {
    lost = Number(allSettings(older).get(lostSetting) ?? 0);
    const late = lateEntries(live, seat, lastStored(older, seat));
    while (late.read()) yield first(seat) - 1;
    const take = taker(live, older);
    const before = storedBefore(older);
    for (let at = first(seat); at > 1; at = first(seat)) {
      while (late.read());
      const rows = before(seat, at, batchMax);
      const isFollowed = rows.length > 0 && rows.every(({ seq }, index) => seq === at - 1 - index);
      if (!isFollowed) throw new Error(`the older log has a gap before entry ${at}`);
      take(rows, late);
      yield first(seat) - 1;
    }
    const inRoom = storedInRoom(older);
    for (let rows = inRoom(lastInRoom(live), batchMax); rows.length > 0; rows = inRoom(lastInRoom(live), batchMax)) {
      take(rows, late);
      yield 0;
    }
    while (late.read());
    takeLamps(live, older, late);
  } finally {
    older.close();
  }
  rmSync(olderPath(path));
  syncDirectory(dirname(path));
  return lost;
}

/** The older log is whole, of this version, and ends within this seat's log. */
function isFitting({ live, seat, path, key }: OlderRequest): boolean {
  if (!existsSync(olderPath(path))) return false;
  try {
    const older = connect(olderPath(path), key, 'read');
    try {
      const last = lastStored(older, seat);
      const first = firstStored(live)(seat);
      const [ofOlder, ofLive] = [storedIds(older), storedIds(live)];
      const isSame = (seq: number): boolean => ofOlder(seat, seq) !== null && ofOlder(seat, seq) === ofLive(seat, seq);
      return versionOf(older) === latestVersion(migrations) && isSame(first) && isSame(last);
    } finally {
      older.close();
    }
  } catch (cause) {
    if (sqliteCode(cause) === null) throw cause;
    return false;
  }
}

/** What was written down since the older log was made: the rows it gives lack it. */
interface LateEntries {
  /** Reads on; false when it has read all there is now. */
  read(): boolean;
  ofCall(callId: string): readonly Placed[];
  ofText(textId: string): readonly Placed[];
  lamps(): readonly Placed[];
}

interface Placed {
  readonly entry: JournalEntry;
  readonly position: number;
}

function lateEntries(live: Connection, seat: string, from: number): LateEntries {
  const after = storedAfter(live);
  const byKey = new Map<string, Placed[]>();
  const lamps: Placed[] = [];
  let last = from;
  const keep = (key: string, placed: Placed): void => {
    const there = byKey.get(key);
    if (there === undefined) byKey.set(key, [placed]);
    else there.push(placed);
  };
  return {
    read: () => {
      const rows = after(seat, last, batchMax);
      for (const row of rows) {
        const placed = { entry: toEntry(row), position: row.position };
        const { body } = placed.entry;
        if ('callId' in body) keep(`call ${body.callId}`, placed);
        if ('textId' in body) keep(`text ${body.textId}`, placed);
        if (lampOf(placed.entry) !== null) lamps.push(placed);
        last = row.seq;
      }
      return rows.length === batchMax;
    },
    ofCall: (callId) => byKey.get(`call ${callId}`) ?? [],
    ofText: (textId) => byKey.get(`text ${textId}`) ?? [],
    lamps: () => lamps,
  };
}

/** Takes rows over that follow each other in the file, in one transaction. */
function taker(live: Connection, older: Connection): (rows: readonly StoredEntry[], late: LateEntries) => void {
  const lifted = rulesLifted(live);
  const put = insertAt(live);
  const calls = callTable(live);
  const texts = textTable(live);
  const records = sharedRecordTable(live);
  const takeCalls = calls.takeOver(older);
  const takeTexts = texts.takeOver(older);
  const takeSwitchRecords = switchRecordTable(live).takeOver(older);
  const take = live.transaction((rows: readonly StoredEntry[], late: LateEntries): void => {
    lifted(() => {
      for (const row of rows) put(row.position, row);
    });
    const places = rows.map(({ position }) => position);
    const [first, last] = [Math.min(...places), Math.max(...places)];
    takeSwitchRecords(first, last);
    for (const callId of takeCalls(first, last)) {
      for (const { entry, position } of late.ofCall(callId)) calls.fold(entry, position);
    }
    for (const textId of takeTexts(first, last)) {
      for (const { entry, position } of late.ofText(textId)) texts.fold(entry, position);
    }
    for (const row of rows) if (row.kind === 'record-edited') records.fold(toEntry(row), row.position);
  });
  return (rows, late) => take.immediate(rows, late);
}

/** A lamp is what the last entry about it says, wherever that stands: the list is taken over at the end, as a whole. */
function takeLamps(live: Connection, older: Connection, late: LateEntries): void {
  const lamps = messageLampTable(live);
  live
    .transaction((): void => {
      lamps.takeAll(older);
      for (const { entry, position } of late.lamps()) lamps.fold(entry, position);
    })
    .immediate();
}
