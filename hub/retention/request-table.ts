import type { Kysely, Transaction } from 'kysely';
import { type RequestRow, type RequestWish, requestState, requestWish } from '../../core/hub-recordings-api.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { RequestTableRow } from '../database/recording-tables.ts';
import type { HubTables } from '../database/schema.ts';
import type { Actor } from '../hub-parts.ts';
import { subjectOf } from './erase-recording.ts';
import { reasonHash } from './retention-class-table.ts';

/** How long a request waits for its second person: a week, so that a leave does not end it, and no forgotten one works. */
const lapseMs = 7 * 24 * 3_600_000;

/** A request that was made. */
export interface MadeRequest {
  readonly requestId: string;
  readonly lapsesAt: number;
}

/** Writes a request down, with its line in the audit trail. Nothing else happens. */
export async function addRequest(
  transaction: Transaction<HubTables>,
  { actor, at, random }: { readonly actor: Actor; readonly at: number; readonly random: (bytes: number) => Uint8Array },
  { wish, reason }: { readonly wish: RequestWish; readonly reason: string },
): Promise<MadeRequest> {
  const requestId = Buffer.from(random(8)).toString('hex');
  const lapsesAt = at + lapseMs;
  await transaction
    .insertInto('request')
    .values({
      request_id: requestId,
      wish: JSON.stringify(wish),
      reason,
      asked_by: actor.id,
      asked_at: at,
      lapses_at: lapsesAt,
      state: 'open',
      settled_by: null,
      settled_at: null,
    })
    .execute();
  await appendAudit(transaction, actor, at, {
    action: `${wish.what}-asked`,
    subject: wishSubject(wish),
    detail: { requestId, reason: reasonHash(reason) },
  });
  return { requestId, lapsesAt };
}

/** Takes an open request and settles it; null when there is none, or it lapsed. Undone with its transaction. */
export async function settleRequest(
  transaction: Transaction<HubTables>,
  requestId: string,
  how: { readonly state: 'confirmed' | 'withdrawn'; readonly by: string; readonly at: number },
): Promise<RequestRow | null> {
  const row = await transaction
    .updateTable('request')
    .set({ state: how.state, settled_by: how.by, settled_at: how.at })
    .where('request_id', '=', requestId)
    .where('state', '=', 'open')
    .where('lapses_at', '>', how.at)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : requestOf(row, how.at);
}

/** Requests, newest first. */
export async function listRequests(
  tables: Kysely<HubTables>,
  query: {
    readonly state: RequestRow['state'] | null;
    readonly after: { readonly askedAt: number; readonly requestId: string } | null;
    readonly limit: number;
    readonly now: number;
  },
): Promise<RequestRow[]> {
  const { state, after, limit, now } = query;
  let rows = tables
    .selectFrom('request')
    .selectAll()
    .orderBy('asked_at', 'desc')
    .orderBy('request_id', 'desc')
    .limit(limit);
  if (state === 'open') rows = rows.where('state', '=', 'open').where('lapses_at', '>', now);
  else if (state === 'lapsed') rows = rows.where('state', '=', 'open').where('lapses_at', '<=', now);
  else if (state !== null) rows = rows.where('state', '=', state);
  if (after !== null)
    rows = rows.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('asked_at', 'request_id'), '<', tuple(after.askedAt, after.requestId)),
    );
  return (await rows.execute()).map((row) => requestOf(row, now));
}

/** What a wish is about, as the audit trail has it. */
export function wishSubject(wish: RequestWish): string {
  return wish.what === 'shorten-class' ? wish.name : subjectOf(wish);
}

function requestOf(row: RequestTableRow, now: number): RequestRow {
  const state = requestState.parse(row.state);
  return {
    requestId: row.request_id,
    wish: requestWish.parse(JSON.parse(row.wish)),
    reason: row.reason,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    lapsesAt: row.lapses_at,
    state: state === 'open' && row.lapses_at <= now ? 'lapsed' : state,
    settledBy: row.settled_by,
    settledAt: row.settled_at,
  };
}
