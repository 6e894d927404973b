import { z } from 'zod';

/**
 * Records that all seats of a site share (customers, tickets, scripts): a flat object of fields in a collection. The hub
 * owns them; a seat holds a replica and changes it by edits in its journal. Nothing here reads a clock: an edit stands
 * after another because the hub took it later.
 */

/** The name of a collection (`customers`): plain ASCII, so that it may stand in an address. */
export const collectionName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
/** The name of a record in its collection, as plain. */
export const recordName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** How many fields a record may have. */
export const recordFieldsMax = 100;
/** How long the JSON of a record's fields may be, in UTF-16 code units. */
export const recordLengthMax = 64 * 1024;

/** A record's fields by name; a value is any JSON. */
export const recordFields = z
  .record(z.string().min(1).max(64), z.json())
  .refine((fields) => Object.keys(fields).length <= recordFieldsMax, `at most ${recordFieldsMax} fields`)
  .refine((fields) => JSON.stringify(fields).length <= recordLengthMax, `at most ${recordLengthMax} characters`);
export type RecordFields = z.infer<typeof recordFields>;

/**
 * One edit: the fields that change, or null to delete. `baseVersion` is the version its author saw; 0 when there was
 * no record yet.
 */
export const recordEdit = z.object({
  collection: collectionName,
  recordId: recordName,
  fields: recordFields.nullable(),
  baseVersion: z.number().int().nonnegative(),
});
export type RecordEdit = z.infer<typeof recordEdit>;

/** A record as it is now. Each edit that was taken raises `version` by one, from 1. A deleted one is a tombstone without fields. */
export const sharedRecord = z.object({
  collection: collectionName,
  recordId: recordName,
  version: z.number().int().positive(),
  fields: recordFields,
  isDeleted: z.boolean(),
});
export type SharedRecord = z.infer<typeof sharedRecord>;

/** What an edit makes of a record. */
export interface EditOutcome {
  readonly after: SharedRecord;
  /** Fields that somebody else had changed since the version the author saw, with the value that lost; kept in the history. */
  readonly lost: RecordFields;
}

/**
 * Takes an edit. Field by field the later edit wins (later: taken later by the hub), and the value it replaced is told
 * as lost when its author had not seen it. Deletion wins over an edit by somebody who had not seen it; an edit that saw
 * the tombstone makes the record anew. `changedSince` names the fields that changed after `edit.baseVersion`.
 */
export function takeEdit(
  before: SharedRecord | null,
  edit: RecordEdit,
  changedSince: ReadonlySet<string>,
): EditOutcome {
  const { collection, recordId, fields, baseVersion } = edit;
  const version = (before?.version ?? 0) + 1;
  const made = (now: RecordFields, isDeleted: boolean): SharedRecord => ({
    collection,
    recordId,
    version,
    fields: now,
    isDeleted,
  });
  const standing = before?.fields ?? {};
  const hasSeenAll = baseVersion >= (before?.version ?? 0);
  if (fields === null) return { after: made({}, true), lost: hasSeenAll ? {} : picked(standing, changedSince) };
  if (before?.isDeleted === true && !hasSeenAll) return { after: made({}, true), lost: fields };
  const contested = new Set(Object.keys(fields).filter((name) => changedSince.has(name)));
  return { after: made({ ...standing, ...fields }, false), lost: picked(standing, contested) };
}

function picked(fields: RecordFields, names: ReadonlySet<string>): RecordFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name)));
}
