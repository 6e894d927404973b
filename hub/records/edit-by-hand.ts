import type { RecordEdit, SharedRecord } from '../../core/shared-record.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { lockRecords, RecordTooLarge, readRecord, writeEdit } from './write-edits.ts';

export type HandEditOutcome =
  | { readonly kind: 'written'; readonly record: SharedRecord }
  | { readonly kind: 'stale'; readonly version: number }
  | { readonly kind: 'too-large' };

/**
 * An edit by somebody who is connected: unlike a seat's, which was made away from the hub, it is refused when the record
 * has changed since. Audited in the same transaction.
 */
export async function editByHand(
  { database, now }: HubParts,
  actor: Actor,
  edit: RecordEdit,
): Promise<HandEditOutcome> {
  const { collection, recordId, baseVersion, fields } = edit;
  try {
    return await database.transaction(async (transaction): Promise<HandEditOutcome> => {
      const at = now();
      await lockRecords(transaction);
      const version = (await readRecord(transaction, collection, recordId))?.version ?? 0;
      if (version !== baseVersion) return { kind: 'stale', version };
      const record = await writeEdit(transaction, edit, { by: actor.id, at });
      await appendAudit(transaction, actor, at, {
        action: fields === null ? 'record-deleted' : 'record-edited',
        subject: `${collection}/${recordId}`,
        detail: { version: record.version },
      });
      return { kind: 'written', record };
    });
  } catch (cause) {
    if (cause instanceof RecordTooLarge) return { kind: 'too-large' };
    throw cause;
  }
}

/** Every edit of a record after a version, oldest first. */
export async function historyOf(
  { database }: HubParts,
  wish: { readonly collection: string; readonly recordId: string; readonly after: number; readonly limit: number },
) {
  const rows = await database.tables
    .selectFrom('record_edit')
    .selectAll()
    .where('collection', '=', wish.collection)
    .where('record_id', '=', wish.recordId)
    .where('version', '>', wish.after)
    .orderBy('version')
    .limit(wish.limit)
    .execute();
  return rows.map((row) => ({
    version: row.version,
    at: row.at,
    by: row.edited_by,
    fields: row.fields === null ? null : JSON.parse(row.fields),
    lost: JSON.parse(row.lost),
  }));
}
