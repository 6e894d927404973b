import type { WorkCode } from '../core/work-code.ts';
import type { Appended, SeatStore } from './seat-ports.ts';
import { callTable } from './store/call-table.ts';
import { journalTable } from './store/journal-table.ts';
import type { Store } from './store/open.ts';
import type { Reserve } from './store/reserve.ts';
import { settingTable } from './store/setting-table.ts';

/** How far back the day's figures look, in entries: more than the busiest seat writes in a day. */
const entriesADayMax = 20_000;

/** The tables of an open store as the seat process knows them. */
export function seatStore(options: {
  readonly store: Store;
  readonly seat: string;
  readonly newId: () => string;
  readonly reserve: Reserve;
  /** For finding calls by the name of their work code. */
  readonly workCodes: () => readonly WorkCode[];
}): SeatStore {
  const { store, reserve } = options;
  const journal = journalTable(store.connection, options);
  const calls = callTable(store.connection);
  const secrets = settingTable(store.connection, reserve);
  return {
    append(fact, at): Appended {
      const outcome = journal.append(fact, at);
      return outcome.kind === 'written' ? { kind: 'kept', entry: outcome.entry } : { kind: outcome.kind };
    },
    entriesSince: (at) =>
      journal.after(Math.max(0, journal.lastSeq() - entriesADayMax), entriesADayMax).filter((entry) => entry.at >= at),
    callRow: (callId) => calls.get(callId),
    calls(query) {
      const { rows, total } = calls.list({ ...query, workCodes: options.workCodes() });
      return { rows: [...rows], total };
    },
    password: () => secrets.get('sip-password'),
    setPassword(value) {
      const outcome = secrets.put('sip-password', value);
      if (outcome.kind !== 'written') throw new Error(`the password is not kept: ${outcome.detail}`);
    },
  };
}
