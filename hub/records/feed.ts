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

/**
 * Records that changed after a cursor, in the order in which the hub took the changes, each as it is now; tombstones
 * too. Null when the cursor is not of this hub, or from after what it knows (it was set back to a copy).
 */
export async function readFeed(
  { tables }: HubDatabase,
  wish: { readonly cursor: string | null; readonly limit: number; readonly seat: string | null },
): Promise<FeedPage | null> {
  // The seat's number first: what is read after it holds at least every edit up to it.
  const journalSeq = wish.seat === null ? null : await lastSeqOf(tables, wish.seat);
  const hub = await tables.selectFrom('hub').select(['hub_id', 'feed_position']).executeTakeFirstOrThrow();
  const after = wish.cursor === null ? 0 : positionOf(wish.cursor, hub.hub_id);
  if (after === null || after > hub.feed_position) return null;
  const rows = await tables
    .selectFrom('shared_record')
    .selectAll()
    .where('position', '>', after)
    .orderBy('position')
    .limit(wish.limit)
    .execute();
  return {
    records: rows.map(toRecord),
    cursor: makeCursor(['feed', hub.hub_id, rows.at(-1)?.position ?? after]),
    isEnd: rows.length < wish.limit,
    journalSeq,
  };
}

function positionOf(cursor: string, hubId: string): number | null {
  const [what, hub, position] = readCursor(cursor) ?? [];
  const isOurs = what === 'feed' && hub === hubId && Number.isSafeInteger(position) && Number(position) >= 0;
  return isOurs ? Number(position) : null;
}

async function lastSeqOf(tables: HubDatabase['tables'], seat: string): Promise<number> {
  const row = await tables.selectFrom('seat').select('last_seq').where('seat', '=', seat).executeTakeFirst();
  return row?.last_seq ?? 0;
}
