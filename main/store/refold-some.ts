import { callTable } from './call-table.ts';
import type { Connection } from './connection.ts';
import { type LooseEntry, type StoredEntry, toEntry } from './journal-table.ts';
import { lampOf, messageLampTable } from './message-lamp-table.ts';
import { sharedRecordTable } from './shared-record-table.ts';
import { switchRecordTable } from './switch-record-table.ts';
import { textTable } from './text-table.ts';

/**
 * Folds anew what some entries speak of (they took the places of lost ones): their calls and texts, each from its first
 * entry on, the lamps when one of them is about a lamp, and single rows. Reads the journal once, and folds little of it.
 * Within a transaction of the caller. Throws what SQLite or the schema says.
 */
export function refoldSome(connection: Connection, entries: readonly LooseEntry[]): void {
  const calls = callTable(connection);
  const texts = textTable(connection);
  const lamps = messageLampTable(connection);
  const callIds = new Set<string>();
  const textIds = new Set<string>();
  let isAboutLamps = false;
  for (const entry of entries.map(toEntry)) {
    const { body } = entry;
    if ('callId' in body) callIds.add(body.callId);
    if ('textId' in body) textIds.add(body.textId);
    isAboutLamps ||= lampOf(entry) !== null;
  }
  for (const callId of callIds) calls.forget(callId);
  for (const textId of textIds) texts.forget(textId);
  if (isAboutLamps) lamps.clear();
  const spoken = connection.prepare<[object], StoredEntry>(
    `select * from journal where body ->> '$.callId' in (select value from json_each(:callIds))
       or body ->> '$.textId' in (select value from json_each(:textIds))
       or (:isAboutLamps and kind in ('message-waiting', 'message-waiting-refused'))
     order by position`,
  );
  const ids = { callIds: JSON.stringify([...callIds]), textIds: JSON.stringify([...textIds]) };
  for (const stored of spoken.all({ ...ids, isAboutLamps: isAboutLamps ? 1 : 0 })) {
    const entry = toEntry(stored);
    if ('callId' in entry.body && callIds.has(entry.body.callId)) calls.fold(entry, stored.position);
    if ('textId' in entry.body && textIds.has(entry.body.textId)) texts.fold(entry, stored.position);
    if (isAboutLamps) lamps.fold(entry, stored.position);
  }
  foldSingleRows(connection, entries);
}

/** What is a row by itself: lines of the switch, edits of shared records. */
function foldSingleRows(connection: Connection, entries: readonly LooseEntry[]): void {
  const places = connection.prepare('select position from journal where seat = ? and seq = ?').pluck();
  const switchRecords = switchRecordTable(connection);
  const records = sharedRecordTable(connection);
  for (const stored of entries) {
    const entry = toEntry(stored);
    const position = Number(places.get(stored.seat, stored.seq));
    switchRecords.fold(entry, position);
    records.fold(entry, position);
  }
}
