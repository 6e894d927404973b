import { oc } from '@orpc/contract';
import { z } from 'zod';
import { setAsideEntry } from './hub-api.ts';
import { recordingPlace } from './hub-view.ts';
import { collectionName, recordFields, recordName, sharedRecord } from './shared-record.ts';

/** The room of console-api about the hub: joining one, what waits for it, and the records a site shares. All the desk's. */

/** Why a seat could not join a hub; `detail` is for a technician. */
export const enrolRefusal = z.enum([
  /** Neither an enrolment file, a scanned code nor an address and a code. */
  'unreadable',
  'unreachable',
  /** The certificate of the address is not one this machine trusts, nor the one the enrolment names. */
  'not-trusted',
  'unknown-code',
  'already-enrolled',
  'too-many-attempts',
  /** The disk did not take the key. */
  'not-kept',
  /** Nobody has signed in: then the seat gets a new key of its own hub, and goes to no other. */
  'sign-in-first',
]);
export type EnrolRefusal = z.infer<typeof enrolRefusal>;

const enrolOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('enrolled'), address: z.string() }),
  z.object({ kind: z.literal('refused'), why: enrolRefusal, detail: z.string().max(300) }),
]);
export type EnrolOutcome = z.infer<typeof enrolOutcome>;

/** A shared record as this seat has it: the replica with the seat's own unsent edits on top. */
export const replicaRecord = sharedRecord.extend({
  version: z.number().int().nonnegative(),
  /** An edit made here is not at the hub yet. */
  isUnsent: z.boolean(),
});
export type ReplicaRecord = z.infer<typeof replicaRecord>;

/** How many rows a page of shared records holds at most. */
export const replicaPageMax = 200;

/** Procedures of the room `hub`. */
export const hubConsoleApi = {
  /** The text of an enrolment file, or of a scanned QR code: both name the hub and hold a code that serves once. */
  enrol: oc.input(z.object({ text: z.string().min(1).max(4_000) })).output(enrolOutcome),
  /** Forgets the hub and the key; the journal stays as it is. */
  leave: oc.output(z.void()),
  /** Tries now instead of after the wait. */
  tryNow: oc.output(z.void()),
  /** What the hub could not take, newest first. */
  setAside: oc.output(z.array(setAsideEntry).max(500)),
  pauseUploads: oc.input(z.object({ isPaused: z.boolean() })).output(z.void()),
  /** Of recordings on the screen. */
  recordingPlaces: oc
    .input(z.object({ recordingIds: z.array(z.string().max(64)).max(200) }))
    .output(z.array(recordingPlace)),
  /** A recording that was set aside waits for the hub again. */
  retryUpload: oc.input(z.object({ recordingId: z.string().max(64) })).output(z.void()),
  /** In the order of their names; `search` finds in the values of fields. `after` is the last name seen. */
  records: oc
    .input(
      z.object({
        collection: collectionName,
        search: z.string().max(100),
        after: recordName.nullable(),
        limit: z.int().min(1).max(replicaPageMax),
      }),
    )
    .output(z.object({ rows: z.array(replicaRecord), total: z.number().int() })),
  record: oc.input(z.object({ collection: collectionName, recordId: recordName })).output(replicaRecord.nullable()),
  /** Changes fields (null deletes the record): written down here, and the hub's when it has the entry. */
  editRecord: oc
    .input(z.object({ collection: collectionName, recordId: recordName, fields: recordFields.nullable() }))
    .output(replicaRecord),
};
