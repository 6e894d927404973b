import type { Connection } from './connection.ts';
import { type HubStateTable, hubStateTable } from './hub-state-table.ts';
import { firstStored } from './journal-beginning.ts';
import { type StoredEntry, storedAfter } from './journal-table.ts';
import { type SharedRecordTable, sharedRecordTable } from './shared-record-table.ts';

/** What a seat keeps that has to do with its hub. */
export interface HubStore {
  readonly state: HubStateTable;
  readonly records: SharedRecordTable;
  /**
   * Entries of the seat after a number, oldest first, `limit` at most, as they lie there. None while the entry that follows
   * that number is still to be put back (restore-older.ts): what is sent has no gap.
   */
  entriesAfter(seq: number, limit: number): readonly StoredEntry[];
  /** Begins with a hub ('': none): in one transaction nothing is left of another one but the journal. */
  begin(hubId: string): void;
}

/** The hub's part of an open store. `seat`: whose entries. */
export function hubStore(connection: Connection, seat: string): HubStore {
  const state = hubStateTable(connection);
  const records = sharedRecordTable(connection);
  const after = storedAfter(connection);
  const first = firstStored(connection);
  const begin = connection.transaction((hubId: string): void => {
    state.begin(hubId);
    if (hubId === '') records.leave();
    else records.begin();
  });
  return {
    state,
    records,
    entriesAfter: (seq, limit) => (seq + 1 < first(seat) ? [] : after(seat, seq, limit)),
    begin: (hubId) => begin.immediate(hubId),
  };
}
