import type { Transaction } from 'kysely';
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
  const since = before === null ? [] : await editsSince(transaction, edit, { before, by: stamp.by });
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

/** How many edits are read at once: a few nearly always tell all, and one may be 64 KB. */
const editsAtOnce = 20;

/**
 * The edits after the version that an edit's author was told of, oldest first, as far back as the rule asks: until each
 * value in question has its giver. So a seat that edited one record a thousand times while it was away does not have all
 * of them read again for each.
 */
async function editsSince(
  transaction: Transaction<HubTables>,
  edit: RecordEdit,
  { before, by }: { readonly before: SharedRecord; readonly by: string },
): Promise<readonly EarlierEdit[]> {
  const { collection, recordId, baseVersion, fields, sawRecord } = edit;
  const hand = handOf(by);
  // Of a record that is deleted no value is in question, only whether the author knew; where he says so, that is all.
  const isAboutDeletion = before.isDeleted && fields !== null && sawRecord === undefined;
  const names = new Set(Object.keys(fields ?? before.fields).filter((name) => Object.hasOwn(before.fields, name)));
  const newestFirst: EarlierEdit[] = [];
  let below = before.version + 1;
  while (below > baseVersion + 1 && (isAboutDeletion || names.size > 0)) {
    const rows = await transaction
      .selectFrom('record_edit')
      .select(['version', 'fields', 'edited_by'])
      .where('collection', '=', collection)
      .where('record_id', '=', recordId)
      .where('version', '>', baseVersion)
      .where('version', '<', below)
      .orderBy('version', 'desc')
      .limit(editsAtOnce)
      .execute();
    for (const row of rows) {
      const given = row.fields === null ? null : Object.keys(JSON.parse(row.fields));
      newestFirst.push({ names: given, isOwn: handOf(row.edited_by) === hand });
      for (const name of given ?? names) names.delete(name);
    }
    below = rows.at(-1)?.version ?? 0;
  }
  return newestFirst.toReversed();
}

/** What all edits of one seat have in common, and of no other; of a key, its id. */
function handOf(by: string): string {
  return by.replace(/^(seat \S+ entry )\d+$/, '$1');
}
