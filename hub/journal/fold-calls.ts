import type { Transaction } from 'kysely';
import { type CallRow, callRow, foldCall } from '../../core/call-list.ts';
import type { JournalEntry } from '../../core/journal.ts';
import type { HubDatabase, HubTables } from '../database/schema.ts';

/** Folds new entries of one seat, in their order, into the call list of the site. The caller holds the seat's lock. */
export async function foldCalls(
  transaction: Transaction<HubTables>,
  seat: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  const ids = new Set(entries.flatMap(({ body }) => ('callId' in body ? [body.callId] : [])));
  if (ids.size === 0) return;
  const rows = await transaction
    .selectFrom('call_row')
    .select(['call_id', 'call'])
    .where('seat', '=', seat)
    .where('call_id', 'in', [...ids])
    .execute();
  const calls = new Map<string, CallRow>(rows.map(({ call_id, call }) => [call_id, callRow.parse(JSON.parse(call))]));
  const changed = new Set<string>();
  for (const entry of entries) {
    if (!('callId' in entry.body)) continue;
    const { callId } = entry.body;
    const before = calls.get(callId) ?? null;
    const after = foldCall(before, entry);
    if (after === null || after === before) continue;
    calls.set(callId, after);
    changed.add(callId);
  }
  const values = [...changed].flatMap((callId) => {
    const call = calls.get(callId);
    return call === undefined
      ? []
      : [{ seat, call_id: callId, offered_at: call.offeredAt, call: JSON.stringify(call) }];
  });
  if (values.length === 0) return;
  await transaction
    .insertInto('call_row')
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(['seat', 'call_id']).doUpdateSet((expression) => ({
        offered_at: expression.ref('excluded.offered_at'),
        call: expression.ref('excluded.call'),
      })),
    )
    .execute();
}

/** Where a page of the call list ended. */
export interface CallPlace {
  readonly offeredAt: number;
  readonly seat: string;
  readonly callId: string;
}

/**
 * Calls of one seat or of all, newest first by the seats' own clocks (for people to read), after a place in that list.
 */
export async function listCalls(
  { tables }: HubDatabase,
  wish: { readonly seat: string | null; readonly after: CallPlace | null; readonly limit: number },
): Promise<readonly { readonly seat: string; readonly call: CallRow }[]> {
  const { seat, after, limit } = wish;
  let query = tables
    .selectFrom('call_row')
    .select(['seat', 'call'])
    .orderBy('offered_at', 'desc')
    .orderBy('seat', 'desc')
    .orderBy('call_id', 'desc')
    .limit(limit);
  if (seat !== null) query = query.where('seat', '=', seat);
  if (after !== null)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('offered_at', 'seat', 'call_id'), '<', tuple(after.offeredAt, after.seat, after.callId)),
    );
  const rows = await query.execute();
  return rows.map((row) => ({ seat: row.seat, call: callRow.parse(JSON.parse(row.call)) }));
}
