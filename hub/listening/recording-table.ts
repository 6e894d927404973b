import type { ExpressionBuilder, Kysely, Transaction } from 'kysely';
import { type RecordingRow, recordingKeyState } from '../../core/hub-recordings-api.ts';
import type { RecordingTableRow } from '../database/recording-tables.ts';
import type { HubTables } from '../database/schema.ts';
import { classFor } from '../retention/retention-rule-table.ts';

/** Names a recording of the site. */
export interface RecordingPlace {
  readonly seat: string;
  readonly recordingId: string;
}

/** What is written down when a recording begins to come. */
export interface NewRecording extends RecordingPlace {
  readonly uploadId: string;
  readonly callId: string | null;
  /** Where the call waited, if its seat knows. */
  readonly queue: string | null;
  readonly at: number;
  readonly receivedAt: number;
  readonly keyState: 'held' | 'no-key' | 'unreadable';
  readonly wrapped: string | null;
}

const dayMs = 24 * 3_600_000;

/** A recording's row, or null. */
export async function recordingAt(
  tables: Kysely<HubTables>,
  { seat, recordingId }: RecordingPlace,
): Promise<RecordingTableRow | null> {
  const row = await tables
    .selectFrom('recording')
    .selectAll()
    .where('seat', '=', seat)
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return row ?? null;
}

/** The row of an upload, or null. */
export async function recordingOfUpload(
  tables: Kysely<HubTables>,
  uploadId: string,
): Promise<RecordingTableRow | null> {
  const row = await tables.selectFrom('recording').selectAll().where('upload_id', '=', uploadId).executeTakeFirst();
  return row ?? null;
}

/**
 * Writes a recording down once, in the class that the rules say. One that is there gets a key if it had none that opens. Answers false for one that was
 * erased: nothing is written.
 */
export async function registerRecording(transaction: Transaction<HubTables>, made: NewRecording): Promise<boolean> {
  const retentionClass = await classFor(transaction, made);
  await transaction
    .insertInto('recording')
    .values({
      seat: made.seat,
      recording_id: made.recordingId,
      upload_id: made.uploadId,
      call_id: made.callId,
      at: made.at,
      received_at: made.receivedAt,
      bytes: 0,
      sha256: null,
      finished_at: null,
      key_state: 'no-key',
      retention_class: retentionClass,
      held_at: null,
      erased_at: null,
      erased_position: null,
      is_object_gone: 0,
    })
    .onConflict((conflict) => conflict.columns(['seat', 'recording_id']).doNothing())
    .execute();
  const row = await lockRecording(transaction, made);
  if (row === null || row.erased_at !== null) return false;
  if (row.key_state === 'held' || made.wrapped === null) return true;
  const { keyState, wrapped } = made;
  await transaction.updateTable('recording').set({ key_state: keyState }).where(isAt(made)).execute();
  await transaction
    .insertInto('recording_key')
    .values({ seat: made.seat, recording_id: made.recordingId, wrapped })
    .onConflict((conflict) => conflict.columns(['seat', 'recording_id']).doUpdateSet({ wrapped }))
    .execute();
  return true;
}

/** The row, locked until the transaction ends: nobody holds, erases or classifies it meanwhile. */
export async function lockRecording(
  transaction: Transaction<HubTables>,
  place: RecordingPlace,
): Promise<RecordingTableRow | null> {
  await transaction
    .updateTable('recording')
    .set((expression) => ({ bytes: expression.ref('bytes') }))
    .where(isAt(place))
    .execute();
  return recordingAt(transaction, place);
}

/** All of it is there. Nothing for one that was erased meanwhile. */
export async function finishRecording(
  tables: Kysely<HubTables>,
  { uploadId, bytes, sha256 }: { readonly uploadId: string; readonly bytes: number; readonly sha256: string },
  at: number,
): Promise<void> {
  await tables
    .updateTable('recording')
    .set({ bytes, sha256, finished_at: at })
    .where('upload_id', '=', uploadId)
    .where('erased_at', 'is', null)
    .where('sha256', 'is', null)
    .execute();
}

/** Its seat took the bytes back and may send them again. */
export async function unfinishRecording(tables: Kysely<HubTables>, uploadId: string): Promise<void> {
  await tables
    .updateTable('recording')
    .set({ bytes: 0, sha256: null, finished_at: null })
    .where('upload_id', '=', uploadId)
    .execute();
}

/** A recording's wrapped key; null: none, or destroyed. */
export async function wrappedKeyOf(tables: Kysely<HubTables>, place: RecordingPlace): Promise<string | null> {
  const row = await tables.selectFrom('recording_key').select('wrapped').where(isAt(place)).executeTakeFirst();
  return row === undefined || row.wrapped === '' || /^0+$/.test(row.wrapped) ? null : row.wrapped;
}

/**
 * Destroys a recording's wrapped key: overwritten by as many zeros, so that SQLite writes over the very bytes. Its row
 * stays in its place, for a row that goes lets others be moved, and what is moved may leave a copy.
 */
export async function destroyKey(transaction: Transaction<HubTables>, place: RecordingPlace): Promise<void> {
  const wrapped = await wrappedKeyOf(transaction, place);
  if (wrapped === null) return;
  await transaction
    .updateTable('recording_key')
    .set({ wrapped: '0'.repeat(wrapped.length) })
    .where(isAt(place))
    .execute();
}

/** What a list of recordings is asked for. `after` is the place of the last row seen. */
export interface RecordingQuery {
  readonly seat: string | null;
  readonly callId: string | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly after: { readonly at: number; readonly seat: string; readonly recordingId: string } | null;
  readonly limit: number;
}

/** Recordings, newest first, with the days their class keeps them. */
export async function listRecordings(tables: Kysely<HubTables>, query: RecordingQuery) {
  const { seat, callId, from, to, after, limit } = query;
  let rows = tables
    .selectFrom('recording')
    .innerJoin('retention_class', 'retention_class.name', 'recording.retention_class')
    .selectAll('recording')
    .select('retention_class.keep_days')
    .orderBy('recording.at', 'desc')
    .orderBy('recording.seat', 'desc')
    .orderBy('recording.recording_id', 'desc')
    .limit(limit);
  if (seat !== null) rows = rows.where('recording.seat', '=', seat);
  if (callId !== null) rows = rows.where('recording.call_id', '=', callId);
  if (from !== null) rows = rows.where('recording.at', '>=', from);
  if (to !== null) rows = rows.where('recording.at', '<', to);
  if (after !== null)
    rows = rows.where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('recording.at', 'recording.seat', 'recording.recording_id'),
        '<',
        tuple(after.at, after.seat, after.recordingId),
      ),
    );
  return rows.execute();
}

/** Recordings of a seat that were erased, in the order of their erasing, after a place in it. */
export async function erasedOf(tables: Kysely<HubTables>, seat: string, after: number, limit: number) {
  const rows = await tables
    .selectFrom('recording')
    .select(['recording_id', 'call_id', 'erased_at', 'erased_position'])
    .where('seat', '=', seat)
    .where('erased_position', '>', after)
    .orderBy('erased_position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    recordingId: row.recording_id,
    callId: row.call_id,
    erasedAt: row.erased_at ?? 0,
    position: row.erased_position ?? after,
  }));
}

/** The days a recording's class keeps it; null: until somebody erases it. */
export async function keepDaysOf(tables: Kysely<HubTables>, retentionClass: string): Promise<number | null> {
  const row = await tables
    .selectFrom('retention_class')
    .select('keep_days')
    .where('name', '=', retentionClass)
    .executeTakeFirstOrThrow();
  return row.keep_days;
}

/** A row as the contract shows it. */
export function recordingRowOf(row: RecordingTableRow, keepDays: number | null): RecordingRow {
  const isErased = row.erased_at !== null;
  return {
    seat: row.seat,
    recordingId: row.recording_id,
    callId: row.call_id,
    at: row.at,
    bytes: row.bytes,
    isWhole: row.sha256 !== null,
    sha256: row.sha256,
    key: recordingKeyState.parse(row.key_state),
    retentionClass: row.retention_class,
    eraseAt: keepDays === null || isErased || row.held_at !== null ? null : row.at + keepDays * dayMs,
    heldAt: row.held_at,
    erasedAt: row.erased_at,
  };
}

function isAt({ seat, recordingId }: RecordingPlace) {
  return ({ and, eb }: ExpressionBuilder<HubTables, 'recording' | 'recording_key'>) =>
    and([eb('seat', '=', seat), eb('recording_id', '=', recordingId)]);
}
