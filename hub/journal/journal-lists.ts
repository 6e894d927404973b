import { setAsideReason } from '../../core/hub-api.ts';
import type { HubDatabase } from '../database/schema.ts';

/** How far a seat's journal has come. */
export async function standingOf({ tables }: HubDatabase, seat: string) {
  const row = await tables.selectFrom('seat').select('last_seq').where('seat', '=', seat).executeTakeFirst();
  const { count } = await tables
    .selectFrom('set_aside')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .where('seat', '=', seat)
    .executeTakeFirstOrThrow();
  return { lastSeq: row?.last_seq ?? 0, setAsideCount: Number(count) };
}

/** Where a page of set-aside entries ended. */
export interface SetAsidePlace {
  readonly seat: string;
  readonly seq: number;
}

/** Entries that were set aside, of one seat or of all, by seat and number, after a place. */
export async function listSetAside(
  { tables }: HubDatabase,
  wish: { readonly seat: string | null; readonly after: SetAsidePlace | null; readonly limit: number },
) {
  const { seat, after, limit } = wish;
  let query = tables
    .selectFrom('set_aside')
    .select(['seat', 'seq', 'reason', 'detail', 'bytes', 'received_at'])
    .orderBy('seat')
    .orderBy('seq')
    .limit(limit);
  if (seat !== null) query = query.where('seat', '=', seat);
  if (after !== null)
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('seat', 'seq'), '>', tuple(after.seat, after.seq)));
  const rows = await query.execute();
  return rows.map(({ received_at, reason, ...row }) => ({
    ...row,
    reason: setAsideReason.parse(reason),
    receivedAt: received_at,
  }));
}

/** Seats after one, by name, with how far their journals have come. */
export async function listSeats({ tables }: HubDatabase, after: string, limit: number) {
  const rows = await tables
    .selectFrom('seat')
    .select((expression) => [
      'seat',
      'label',
      'enrolled_at',
      'last_seq',
      'last_push_at',
      expression
        .selectFrom('set_aside')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('set_aside.seat', '=', 'seat.seat')
        .as('set_aside_count'),
    ])
    .where('seat', '>', after)
    .orderBy('seat')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    seat: row.seat,
    label: row.label,
    enrolledAt: row.enrolled_at,
    lastSeq: row.last_seq,
    lastPushAt: row.last_push_at,
    setAsideCount: Number(row.set_aside_count ?? 0),
  }));
}
