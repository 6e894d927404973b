import { join } from 'node:path';
import type { SeatStore } from '../seat-ports.ts';
import { type CallTable, callTable } from './call-table.ts';
import { diskTrust } from './disk-trust.ts';
import { type HubStore, hubStore } from './hub-store.ts';
import { type JournalTable, journalTable } from './journal-table.ts';
import { messageLampTable } from './message-lamp-table.ts';
import type { Store } from './open.ts';
import { quarantineFolder } from './quarantine.ts';
import type { Refill } from './refill.ts';
import type { Reserve } from './reserve.ts';
import { rewriteJournal } from './rewrite-journal.ts';
import { settingTable } from './setting-table.ts';
import type { SideJournal } from './side-journal.ts';
import { switchRecordTable } from './switch-record-table.ts';
import { type TextTable, textTable } from './text-table.ts';

/** A write that did not reach the disk, where the caller has no other way to be told. */
export class StoreWriteError extends Error {
  override readonly name = 'StoreWriteError';
  readonly code: 'disk-full' | 'disk-failed';

  constructor(code: 'disk-full' | 'disk-failed', detail: string) {
    super(`not written (${code}): ${detail}`);
    this.code = code;
  }
}

/** The tables of an open store, and the port the seat process takes, in one hand. */
export interface OpenSeatStore extends SeatStore {
  readonly journal: JournalTable;
  readonly callList: CallTable;
  readonly textList: TextTable;
  readonly hub: HubStore;
  /** How the journal takes back what the hub holds; null in a stand-in, which is no whole copy. */
  readonly refill: Refill | null;
  /** Entries were put back that were missing: whoever waits for appends looks again. */
  tellAppended(): void;
  /** Called after entries were written down; answers how to stop. */
  watchAppends(listener: () => void): () => void;
}

/** Under which name the seat's own name is kept. */
const seatSetting = 'seat';

/**
 * The seat's name in this profile, made once: it is half of each entry's identity, so it never changes.
 * Throws `StoreWriteError` when it can't be kept.
 */
export function seatName(store: Store, reserve: Reserve, newId: () => string): string {
  const settings = settingTable(store.connection, reserve);
  const kept = settings.get(seatSetting);
  if (kept !== null) return kept;
  const made = `seat-${newId().replaceAll('-', '').slice(-12)}`;
  const outcome = settings.put(seatSetting, made);
  if (outcome.kind !== 'written') throw new StoreWriteError(outcome.kind, outcome.detail);
  return made;
}

/**
 * An open store as the seat process sees it. When the disk is full or fails the entry is not there, the seat keeps the
 * fact and tries again, and after a failed sync nothing is trusted before everything was written anew (disk-trust.ts). With a `side` journal each
 * entry is written there too before it is answered as kept. `setSecret` throws `StoreWriteError`.
 */
export function seatStore(
  store: Store,
  options: {
    readonly seat: string;
    readonly newId: () => string;
    readonly reserve: Reserve;
    readonly side?: SideJournal;
    /** Where a side journal goes that is not true any more. */
    readonly quarantine?: string;
  },
): OpenSeatStore {
  const journal = journalTable(store.connection, options);
  const callList = callTable(store.connection);
  const textList = textTable(store.connection);
  const switchLog = switchRecordTable(store.connection);
  const lamps = messageLampTable(store.connection);
  const settings = settingTable(store.connection, options.reserve);
  const trust = diskTrust(() => store.checkpoint());
  const listeners = new Set<() => void>();
  const tellAppended = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    journal,
    callList,
    textList,
    hub: hubStore(store.connection, options.seat),
    refill: refillOf(store.connection, journal, options),
    tellAppended,
    watchAppends: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    appendAll: (facts) => {
      const outcome = trust.over(() => journal.appendAll(facts));
      if (outcome.kind !== 'written') return { kind: outcome.kind };
      options.side?.append(outcome.entries);
      tellAppended();
      return { kind: 'kept', entries: outcome.entries };
    },
    append: (fact, at) => {
      const outcome = trust.over(() => journal.append(fact, at));
      if (outcome.kind !== 'written') return { kind: outcome.kind };
      options.side?.append([outcome.entry]);
      tellAppended();
      return { kind: 'kept', entry: outcome.entry };
    },
    entriesSince: (at) => journal.since(at),
    callRow: (callId) => callList.get(callId),
    calls: (query) => {
      const { rows, total } = callList.list(query);
      return { rows: [...rows], total };
    },
    text: (textId) => textList.get(textId),
    texts: (query) => {
      const { rows, total } = textList.list(query);
      return { rows: [...rows], total };
    },
    switchRecords: (query) => {
      const { rows, ...counts } = switchLog.list(query);
      return { rows: [...rows], ...counts };
    },
    litStations: () => lamps.lit(),
    secret: (name) => settings.get(name),
    setSecret: (name, value) => {
      const outcome = settings.put(name, value);
      if (outcome.kind !== 'written') throw new StoreWriteError(outcome.kind, outcome.detail);
    },
  };
}

function refillOf(
  connection: Store['connection'],
  journal: JournalTable,
  options: { readonly seat: string; readonly side?: SideJournal; readonly quarantine?: string },
): Refill {
  const { seat, side, quarantine } = options;
  return rewriteJournal({
    connection,
    seat,
    journal,
    onBefore: () => {
      if (quarantine === undefined) return;
      side?.setAside(join(quarantine, quarantineFolder(quarantine, 'taken-back', Date.now()), 'side-journal'));
    },
    onAfter: () => void side?.catchUp(journal.lastSeq()),
  });
}
