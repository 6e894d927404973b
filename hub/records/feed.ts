import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { SharedRecord } from '../../core/shared-record.ts';
import type { HubDatabase } from '../database/schema.ts';
import { makeCursor, readCursor } from './cursor.ts';
import { toRecord } from './write-edits.ts';

/** One page of the feed. */
export interface FeedPage {
  readonly records: readonly SharedRecord[];
  readonly cursor: string;
  readonly isEnd: boolean;
  readonly journalSeq: number | null;
}

/** One row of what is read at once: the hub, the seat, the edit the cursor stands at, and a record if there is one. */
interface Read {
  readonly hub_id: string;
  readonly feed_position: number;
  readonly journal_seq: number | null;
  readonly marked_at: number | null;
  readonly marked_by: string | null;
  readonly marked_record: string | null;
  readonly collection: string | null;
  readonly record_id: string;
  readonly version: number;
  readonly fields: string;
  readonly is_deleted: number;
  readonly position: number;
  readonly edited_at: number | null;
  readonly edited_by: string | null;
}

/** Where a cursor stands, and what tells the edit that took this place; '' before the first and for edits of before. */
interface Place {
  readonly hubId: string;
  readonly position: number;
  readonly mark: string;
}

/**
 * Records that changed after a cursor, in the order in which the hub took the changes, each as it is now; tombstones
 * too. Null when the cursor is not of this hub, or of what it was before it was set back to a copy: from after what it
 * knows, or at a place that another edit has taken since.
 *
 * Read by one statement, so it is one moment: the edits of the seat up to `journalSeq` are in it, and no later one.
 */
export async function readFeed(
  { tables }: HubDatabase,
  wish: { readonly cursor: string | null; readonly limit: number; readonly seat: string | null },
): Promise<FeedPage | null> {
  const place = wish.cursor === null ? null : placeOf(wish.cursor);
  if (wish.cursor !== null && place === null) return null;
  const after = place?.position ?? 0;
  const { rows } = await sql<Read>`
    select hub.hub_id, hub.feed_position, seat.last_seq as journal_seq,
      marked.at as marked_at, marked.edited_by as marked_by, marked.record_id as marked_record,
      page.collection, page.record_id, page.version, page.fields, page.is_deleted, page.position,
      edit.at as edited_at, edit.edited_by
    from hub
    left join seat on seat.seat = ${wish.seat ?? ''}
    left join record_edit as marked on marked.position = ${after}
    left join (
      select * from shared_record where position > ${after} order by position limit ${wish.limit}
    ) as page on true
    left join record_edit as edit on edit.position = page.position
    order by page.position`.execute(tables);
  const [first] = rows;
  if (first === undefined) throw new Error('a hub without its row');
  const { hub_id: hubId, feed_position: last } = first;
  if (place !== null && (place.hubId !== hubId || after > last)) return null;
  if (place !== null && place.mark !== markOf(first.marked_record, first.marked_at, first.marked_by)) return null;
  const records = rows.filter((row): row is Read & { readonly collection: string } => row.collection !== null);
  const end = records.at(-1);
  const mark = end === undefined ? (place?.mark ?? '') : markOf(end.record_id, end.edited_at, end.edited_by);
  return {
    records: records.map(toRecord),
    cursor: makeCursor(['feed', hubId, end?.position ?? after, mark]),
    isEnd: records.length < wish.limit,
    journalSeq: wish.seat === null ? null : (first.journal_seq ?? 0),
  };
}

/** Two edits of two histories differ in one of these: whose, of what, and when the hub took it. */
function markOf(recordId: string | null, at: number | null, by: string | null): string {
  if (by === null) return '';
  return createHash('sha256')
    .update(JSON.stringify([recordId, at, by]))
    .digest('base64url')
    .slice(0, 16);
}

function placeOf(cursor: string): Place | null {
  const [what, hubId, position, mark] = readCursor(cursor) ?? [];
  const isOurs =
    what === 'feed' && typeof hubId === 'string' && Number.isSafeInteger(position) && Number(position) >= 0;
  return isOurs && typeof mark === 'string' ? { hubId, position: Number(position), mark } : null;
}
