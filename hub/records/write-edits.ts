import { sql, type Transaction } from 'kysely';
import { type RecordEdit, recordFields, recordLengthMax, type SharedRecord } from '../../core/shared-record.ts';
import { type EarlierEdit, takeEdit } from '../../core/take-edit.ts';
import type { HubTables } from '../database/schema.ts';

/** The record would be larger than `recordLengthMax` or have too many fields; nothing was written. */
export class RecordTooLarge extends Error {
  override readonly name = 'RecordTooLarge';
}

/** Who edited, and when the hub took it (for showing only). */
export interface EditStamp {
  /** The id of a key, or what `byEntry` gives. */
  readonly by: string;
  readonly at: number;
}

/** How the history names an edit that came in a seat's journal. */
export function byEntry(seat: string, seq: number): string {
  return `seat ${seat} entry ${seq}`;
}

/**
 * Takes the lock under which shared records are written, until the transaction ends. Positions of the feed are given out
 * under it, so they become visible in their order: a reader that has seen one has seen all before it. To be taken before
 * any record is read, so that two writers never wait for each other.
 */
export async function lockRecords(transaction: Transaction<HubTables>): Promise<void> {
  await transaction
    .updateTable('hub')
    .set((expression) => ({ feed_position: expression.ref('feed_position') }))
    .execute();
}

/** A record as it is now, tombstones too; null when there never was one. */
export async function readRecord(
  tables: Pick<Transaction<HubTables>, 'selectFrom'>,
  collection: string,
  recordId: string,
): Promise<SharedRecord | null> {
  const row = await tables
    .selectFrom('shared_record')
    .selectAll()
    .where('collection', '=', collection)
    .where('record_id', '=', recordId)
    .executeTakeFirst();
  return row === undefined ? null : toRecord(row);
}

/** A stored row as a record. */
export function toRecord(row: HubTables['shared_record']): SharedRecord {
  return {
    collection: row.collection,
    recordId: row.record_id,
    version: row.version,
    fields: recordFields.parse(JSON.parse(row.fields)),
    isDeleted: row.is_deleted === 1,
  };
}

/** Writes one edit: the record, its place in the feed, and the history. The caller holds `lockRecords`. */
export async function writeEdit(
  transaction: Transaction<HubTables>,
  edit: RecordEdit,
  stamp: EditStamp,
): Promise<SharedRecord> {
  const { collection, recordId } = edit;
  const before = await readRecord(transaction, collection, recordId);
  const isUpToDate = edit.baseVersion >= (before?.version ?? 0);
  const since = isUpToDate ? [] : await editsSince(transaction, edit, { before, by: stamp.by });
  const { after, lost } = takeEdit(before, edit, since);
  if (!recordFields.safeParse(after.fields).success) throw new RecordTooLarge(`over ${recordLengthMax} characters`);
  const { feed_position: position } = await transaction
    .updateTable('hub')
    .set((expression) => ({ feed_position: expression('feed_position', '+', 1) }))
    .returning('feed_position')
    .executeTakeFirstOrThrow();
  const now = {
    version: after.version,
    fields: JSON.stringify(after.fields),
    is_deleted: after.isDeleted ? 1 : 0,
    position,
  };
  await transaction
    .insertInto('shared_record')
    .values({ collection, record_id: recordId, ...now })
    .onConflict((conflict) => conflict.columns(['collection', 'record_id']).doUpdateSet(now))
    .execute();
  await transaction
    .insertInto('record_edit')
    .values({
      collection,
      record_id: recordId,
      version: after.version,
      at: stamp.at,
      edited_by: stamp.by,
      fields: edit.fields === null ? null : JSON.stringify(edit.fields),
      lost: JSON.stringify(lost),
      position,
    })
    .execute();
  return after;
}

/**
 * The edits after the version that an edit's author was told of, oldest first. None where all of them are his own and the
 * record is there: he knows them, and a seat that edits one record a thousand times while it is away has each read once.
 */
async function editsSince(
  transaction: Transaction<HubTables>,
  { collection, recordId, baseVersion }: RecordEdit,
  { before, by }: { readonly before: SharedRecord | null; readonly by: string },
): Promise<readonly EarlierEdit[]> {
  const hand = handOf(by);
  const since = transaction
    .selectFrom('record_edit')
    .where('collection', '=', collection)
    .where('record_id', '=', recordId)
    .where('version', '>', baseVersion);
  if (before?.isDeleted === false) {
    const ofOthers = since.where(sql<string>`substr(edited_by, 1, ${hand.length})`, '<>', hand);
    if ((await ofOthers.select('version').limit(1).executeTakeFirst()) === undefined) return [];
  }
  const rows = await since.select(['fields', 'edited_by']).orderBy('version').execute();
  return rows.map(({ fields, edited_by }) => ({
    names: fields === null ? null : Object.keys(JSON.parse(fields)),
    isOwn: handOf(edited_by) === hand,
  }));
}

/** What all edits of one seat have in common, and of no other; of a key, its id. */
function handOf(by: string): string {
  return by.replace(/^(seat \S+ entry )\d+$/, '$1');
}
