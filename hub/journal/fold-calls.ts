import type { Transaction } from 'kysely';
import { type CallRow, callRow, foldCall } from '../../core/call-list.ts';
import type { JournalEntry } from '../../core/journal.ts';
import type { HubDatabase, HubTables } from '../database/schema.ts';

/** A call of a seat; two seats may have calls of the same id. */
const keyOf = (seat: string, callId: string): string => JSON.stringify([seat, callId]);

/**
 * Folds new entries, those of each seat in their order, into the call list of the site. The caller holds the seats'
 * locks.
 */
export async function foldCalls(transaction: Transaction<HubTables>, entries: readonly JournalEntry[]): Promise<void> {
  const idsOfSeats = new Map<string, Set<string>>();
  for (const { seat, body } of entries) {
    if (!('callId' in body)) continue;
    const ids = idsOfSeats.get(seat) ?? new Set();
    idsOfSeats.set(seat, ids.add(body.callId));
  }
  if (idsOfSeats.size === 0) return;
  const rows = await transaction
    .selectFrom('call_row')
    .select(['seat', 'call_id', 'call'])
    .where(({ eb, and, or }) =>
      or([...idsOfSeats].map(([seat, ids]) => and([eb('seat', '=', seat), eb('call_id', 'in', [...ids])]))),
    )
    .execute();
  const calls = new Map<string, CallRow>(
    rows.map(({ seat, call_id, call }) => [keyOf(seat, call_id), callRow.parse(JSON.parse(call))]),
  );
  const changed = new Map<string, { readonly seat: string; readonly call: CallRow }>();
  for (const entry of entries) {
    if (!('callId' in entry.body)) continue;
    const key = keyOf(entry.seat, entry.body.callId);
    const before = calls.get(key) ?? null;
    const call = foldCall(before, entry);
    if (call === null || call === before) continue;
    calls.set(key, call);
    changed.set(key, { seat: entry.seat, call });
  }
  const values = [...changed.values()].map(({ seat, call }) => ({
    seat,
    call_id: call.callId,
    offered_at: call.offeredAt,
    call: JSON.stringify(call),
  }));
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
