import { type CallRow, foldCall } from '../../core/call-list.ts';
import type { JournalEntry } from '../../core/journal.ts';
import type { RunningHub } from '../../hub/run-hub.ts';

/** Everything a hub holds of journals, in one value. */
export async function held({ parts }: RunningHub) {
  const { tables } = parts.database;
  const [entries, calls, seats, aside] = await Promise.all([
    tables
      .selectFrom('journal_entry')
      .select(['seat', 'seq', 'entry_id as id', 'kind'])
      .orderBy('seat')
      .orderBy('seq')
      .execute(),
    tables.selectFrom('call_row').select(['seat', 'call_id', 'call']).orderBy('seat').orderBy('call_id').execute(),
    tables.selectFrom('seat').select(['seat', 'last_seq']).orderBy('seat').execute(),
    tables.selectFrom('set_aside').select(['seat', 'seq', 'reason', 'raw']).orderBy('seat').orderBy('seq').execute(),
  ]);
  return { entries, calls: calls.map((row) => ({ ...row, call: JSON.parse(row.call) })), seats, aside };
}

/** The call list that entries fold to, by id. */
export function folded(entries: readonly JournalEntry[]): readonly CallRow[] {
  const calls = new Map<string, CallRow>();
  for (const entry of entries) {
    if (!('callId' in entry.body)) continue;
    const after = foldCall(calls.get(entry.body.callId) ?? null, entry);
    if (after !== null) calls.set(entry.body.callId, after);
  }
  return [...calls.values()].toSorted((a, b) => (a.callId < b.callId ? -1 : 1));
}
