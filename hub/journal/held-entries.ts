import { type HeldEntry, heldBytesMax, setAsideReason } from '../../core/hub-api.ts';
import type { HubDatabase } from '../database/schema.ts';
import { standingOf } from './journal-lists.ts';

/**
 * What the hub holds of one seat after a number, in order and without a gap: entries as they were pushed, and those that
 * were set aside as their text came. A page ends after `limit` entries or some megabytes, whichever comes first, and has
 * one at least when there is one.
 */
export async function heldEntries(
  database: HubDatabase,
  seat: string,
  wish: { readonly after: number; readonly limit: number },
): Promise<{ readonly rows: HeldEntry[]; readonly lastSeq: number }> {
  // Asked first: what comes meanwhile is only more.
  const { lastSeq } = await standingOf(database, seat);
  const { tables } = database;
  const last = wish.after + wish.limit;
  const taken = await tables
    .selectFrom('journal_entry')
    .select(['seq', 'entry_id', 'at', 'kind', 'body'])
    .where('seat', '=', seat)
    .where('seq', '>', wish.after)
    .where('seq', '<=', last)
    .execute();
  const aside = await tables
    .selectFrom('set_aside')
    .select(['seq', 'reason', 'raw'])
    .where('seat', '=', seat)
    .where('seq', '>', wish.after)
    .where('seq', '<=', last)
    .execute();
  const all = [
    ...taken.map(({ seq, entry_id, at, kind, body }) => ({
      bytes: body.length,
      row: (): HeldEntry => ({
        seq,
        setAside: null,
        entry: { seat, seq, id: entry_id, at, kind, body: JSON.parse(body) },
      }),
      seq,
    })),
    ...aside.map(({ seq, reason, raw }) => ({
      bytes: raw.length,
      row: (): HeldEntry => ({ seq, setAside: setAsideReason.parse(reason), entry: JSON.parse(raw) }),
      seq,
    })),
  ].toSorted((a, b) => a.seq - b.seq);
  const rows: HeldEntry[] = [];
  let bytes = 0;
  for (const one of all) {
    bytes += one.bytes;
    if (rows.length > 0 && bytes > heldBytesMax) break;
    rows.push(one.row());
  }
  return { rows, lastSeq };
}
