import type { Transaction } from 'kysely';
import {
  type RecordEdit,
  recordFields,
  recordLengthMax,
  type SharedRecord,
  takeEdit,
} from '../../core/shared-record.ts';
import type { HubTables } from '../database/schema.ts';

/** The record would be larger than `recordLengthMax` or have too many fields; nothing was written. */
export class RecordTooLarge extends Error {
  override readonly name = 'RecordTooLarge';
}

/** Who edited, and when the hub took it (for showing only). */
export interface EditStamp {
  /** The id of a key, or `seat NAME entry SEQ`. */
  readonly by: string;
  readonly at: number;
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
  const changed = isUpToDate ? new Set<string>() : await changedSince(transaction, edit);
  const { after, lost } = takeEdit(before, edit, changed);
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

/** The fields that were changed after the version the author of an edit saw. */
async function changedSince(
  transaction: Transaction<HubTables>,
  { collection, recordId, baseVersion }: RecordEdit,
): Promise<ReadonlySet<string>> {
  const rows = await transaction
    .selectFrom('record_edit')
    .select('fields')
    .where('collection', '=', collection)
    .where('record_id', '=', recordId)
    .where('version', '>', baseVersion)
    .execute();
  return new Set(rows.flatMap(({ fields }) => (fields === null ? [] : Object.keys(JSON.parse(fields)))));
}
