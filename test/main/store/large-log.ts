import { mkdirSync } from 'node:fs';
import { v7 as newId } from 'uuid';
import { onTestFinished } from 'vitest';
import type { JournalEntry } from '../../../core/journal.ts';
import { checkedWholeBytesMax } from '../../../main/store/check-depth.ts';
import { journalTable } from '../../../main/store/journal-table.ts';
import type { OlderRequest } from '../../../main/store/older-log.ts';
import type { Store } from '../../../main/store/open.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import type { LargeLog } from '../../../main/store/recover-newest.ts';
import { type Mended, openOrMend } from '../../../main/store/recover-store.ts';
import { type OpenSeatStore, seatStore } from '../../../main/store/seat-store.ts';
import { settingTable } from '../../../main/store/setting-table.ts';
import { openSideJournal, type SideJournal } from '../../../main/store/side-journal.ts';
import { mixedLife } from './mixed-life.ts';
import { noReserve, testKey } from './opened.ts';

/** Logs that count as large with some hundred entries, and whose side journal holds only the newest of them. */
export const seat = 'seat-1';
export const smallIsLarge: LargeLog = { bytes: 0, entries: 50 };
const lot = 20;
const sideLimits = { bytes: 16 * 1024, segments: 3 };

/** A log that is open as a seat has it open. */
export interface OpenLog {
  readonly store: Store;
  readonly journal: OpenSeatStore;
  readonly mended: Mended | null;
  readonly request: OlderRequest;
  close(): void;
}

/** Opens the log of a folder, mending it as a large one. */
export function openLarge(
  directory: string,
  large: LargeLog = smallIsLarge,
  checkedWholeBytes: number = checkedWholeBytesMax,
): OpenLog {
  const { database: path, backups, sideJournal, quarantine } = profilePaths(directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const common = { path, key: testKey, now: () => 1_000, backups };
  const opened = openOrMend({
    ...common,
    newId,
    sideJournal,
    quarantine,
    reserve: noReserve,
    large,
    checkedWholeBytes,
  });
  if (opened.kind === 'refused') throw new Error(`${opened.error.code} ${opened.error.detail}`);
  const { store } = opened;
  const live = store.connection;
  settingTable(live, noReserve).put('seat', seat);
  const side = sideOf(store, sideJournal);
  const journal = seatStore(store, { seat, newId, reserve: noReserve, side, quarantine });
  const close = (): void => {
    side.close();
    store.close();
  };
  return {
    store,
    journal,
    mended: opened.mended,
    request: { live, seat, path, key: testKey, quarantine, sideJournal, newId },
    close,
  };
}

function sideOf(store: Store, directory: string): SideJournal {
  const { after, lastSeq } = journalTable(store.connection, { seat, newId, reserve: noReserve });
  const side = openSideJournal({
    directory,
    key: testKey,
    seat,
    reserve: noReserve,
    after,
    limits: sideLimits,
    onProblem: (sentence) => {
      throw new Error(sentence);
    },
  });
  side.catchUp(lastSeq());
  return side;
}

/** Writes so many facts of a mixed life into a folder; gives everything the journal holds after that. */
export function writeLarge(directory: string, facts: number, seed = 1): readonly JournalEntry[] {
  const log = openLarge(directory);
  settingTable(log.store.connection, noReserve).put('sip-password', 'swordfish');
  const life = mixedLife(seed);
  // In small lots, each of which fits into a file of the side journal.
  for (let at = 0; at < facts; at += lot) {
    log.journal.appendAll(Array.from({ length: lot }, (_, index) => ({ fact: life(), at: at + index })));
  }
  const entries = log.journal.journal.after(0, 1_000_000);
  log.close();
  return entries;
}

/** Runs to the end; gives what it ended with. */
export function toEnd<Result>(work: Generator<unknown, Result>): Result {
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}

/** Closed when the test ends, if it is not yet. */
export function closedAtEnd(log: OpenLog): OpenLog {
  onTestFinished(() => {
    if (log.store.connection.open) log.close();
  });
  return log;
}
