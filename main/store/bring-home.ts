import type { JournalEntry } from '../../core/journal.ts';
import { type JournalTable, journalTable, storedIdKnown } from './journal-table.ts';
import type { Store } from './open.ts';
import type { KeyKeeper } from './profile-key.ts';
import type { ProfilePaths } from './profile-paths.ts';
import { openLog } from './recover-key.ts';
import { type Reserve, reserveAt } from './reserve.ts';
import { seatName } from './seat-store.ts';
import { type SettingTable, settingTable } from './setting-table.ts';
import { openSideJournal, type SideJournal } from './side-journal.ts';

/** How many entries go home in one transaction. */
const batchMax = 500;

/** The log of a profile whose disk takes what is written again, beside the stand-in that worked for it meanwhile. */
export interface HomeLog {
  /**
   * Writes down at home what only the stand-in has: the same id and time, and the same number unless home has gone on
   * meanwhile. Each once, however often it is called. Returns how many. Throws what the disk says; then it is closed.
   */
  carry(): number;
  /** Takes over a secret that was set at the stand-in. */
  putSecret(name: string, value: string | null): void;
  close(): void;
}

/** Whose entries are brought home. */
export interface Guest {
  readonly journal: JournalTable;
  readonly settings: SettingTable;
}

/** Secrets that are worth having at home too. */
const secrets = ['sip-password', 'hub-enrolment'] as const;

/** Opens the log at home, mending it if need be; null when the disk still does not take it. */
export async function openHomeLog(options: {
  readonly home: ProfilePaths;
  readonly keys: KeyKeeper;
  readonly guest: Guest;
  readonly newId: () => string;
  readonly onProblem: (sentence: string) => void;
}): Promise<HomeLog | null> {
  const { home, keys, guest, newId, onProblem } = options;
  const reserve = reserveAt(home.reserve);
  const opened = await openLog(home, keys, { newId, reserve });
  if (opened.kind === 'refused') {
    onProblem(`the log at home: ${opened.error.code}: ${opened.error.detail}`);
    return null;
  }
  const { store, key } = opened;
  try {
    const seat = seatName(store, reserve, newId);
    const journal = journalTable(store.connection, { seat, newId, reserve });
    const side = openSideJournal({
      directory: home.sideJournal,
      key,
      seat,
      reserve,
      after: journal.after,
      onProblem,
    });
    side.catchUp(journal.lastSeq());
    bringSecrets(guest.settings, settingTable(store.connection, reserve));
    return homeLog({ store, journal, side, seat, reserve, guest });
  } catch (cause) {
    store.close();
    throw cause;
  }
}

function homeLog(parts: {
  readonly store: Store;
  readonly journal: JournalTable;
  readonly side: SideJournal;
  readonly seat: string;
  readonly reserve: Reserve;
  readonly guest: Guest;
}): HomeLog {
  const { store, journal, side, seat, reserve, guest } = parts;
  const isKnown = storedIdKnown(store.connection);
  let done = lastAtHome(guest.journal, isKnown);
  const close = (): void => {
    side.close();
    store.close();
  };
  return {
    carry: () => {
      let carried = 0;
      try {
        for (;;) {
          const batch = guest.journal.after(done, batchMax);
          const last = batch.at(-1);
          if (last === undefined) return carried;
          const from = journal.lastSeq();
          const missing = batch.filter(({ id }) => !isKnown(id));
          const entries = missing.map((entry, index): JournalEntry => ({ ...entry, seat, seq: from + index + 1 }));
          journal.refill(entries.map((entry) => ({ ...entry, body: JSON.stringify(entry.body) })));
          if (entries.length > 0) side.append(entries);
          carried += entries.length;
          done = last.seq;
        }
      } catch (cause) {
        close();
        throw cause;
      }
    },
    putSecret: (name, value) => {
      const outcome = settingTable(store.connection, reserve).put(name, value);
      if (outcome.kind !== 'written') throw new Error(outcome.detail);
    },
    close,
  };
}

/** The newest entry that both have: the stand-in began as a copy, so everything before it is at home too. */
function lastAtHome(guest: JournalTable, isKnown: (id: string) => boolean): number {
  for (let last = guest.lastSeq(); last > 0; last -= batchMax) {
    const known = guest.after(Math.max(0, last - batchMax), Math.min(batchMax, last)).findLast(({ id }) => isKnown(id));
    if (known !== undefined) return known.seq;
  }
  return 0;
}

function bringSecrets(from: SettingTable, to: SettingTable): void {
  for (const name of secrets) {
    const value = from.get(name);
    if (value === null || value === to.get(name)) continue;
    const outcome = to.put(name, value);
    if (outcome.kind !== 'written') throw new Error(outcome.detail);
  }
}
