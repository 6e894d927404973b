import { z } from 'zod';

/**
 * Records that all seats of a site share (customers, tickets, scripts): a flat object of fields in a collection. The hub
 * owns them; a seat holds a replica and changes it by edits in its journal.
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
 * One edit: the fields that change, or null to delete. What becomes of it says take-edit.ts. Both other parts are what its
 * author knew; a seat of before counted its own unsent edits into `baseVersion` and said no `sawRecord`.
 */
export const recordEdit = z.object({
  collection: collectionName,
  recordId: recordName,
  fields: recordFields.nullable(),
  /** The version that the hub had last told of; 0: it had told of none. */
  baseVersion: z.number().int().nonnegative(),
  /** Whether its author had a record before him, his own unsent edits included: neither none nor a deleted one. */
  sawRecord: z.boolean().optional(),
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
