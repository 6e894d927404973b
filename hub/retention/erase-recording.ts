import type { Transaction } from 'kysely';
import { appendAudit } from '../audit/audit-table.ts';
import type { HubTables } from '../database/schema.ts';
import type { Actor } from '../hub-parts.ts';
import { destroyKey, lockRecording, type RecordingPlace } from '../listening/recording-table.ts';

/** What came of erasing one recording. `erased-before`: somebody was quicker. */
export type EraseOutcome = { readonly kind: 'erased' | 'held' | 'unknown' | 'erased-before' };

/**
 * Erases a recording for ever: in one transaction its wrapped key is destroyed, the row says so, and the audit trail has
 * the line. The sound can't be had from that moment, from no copy of the stored bytes; they are removed after. A hold
 * comes before everything.
 */
export async function eraseRecording(
  transaction: Transaction<HubTables>,
  actor: Actor,
  at: number,
  place: RecordingPlace,
  detail: Readonly<Record<string, string | number | null>>,
): Promise<EraseOutcome> {
  const row = await lockRecording(transaction, place);
  if (row === null) return { kind: 'unknown' };
  if (row.erased_at !== null) return { kind: 'erased-before' };
  if (row.held_at !== null) return { kind: 'held' };
  await destroyKey(transaction, place);
  const position = await appendAudit(transaction, actor, at, {
    action: 'recording-erased',
    subject: subjectOf(place),
    detail: { ...detail, sha256: row.sha256 },
  });
  await transaction
    .updateTable('recording')
    .set({ key_state: 'destroyed', erased_at: at, erased_position: position })
    .where('seat', '=', place.seat)
    .where('recording_id', '=', place.recordingId)
    .execute();
  await transaction.updateTable('retention_clock').set({ is_overwrite_due: 1 }).execute();
  return { kind: 'erased' };
}

/** How a recording is called in the audit trail. */
export function subjectOf({ seat, recordingId }: RecordingPlace): string {
  return `${seat}/${recordingId}`;
}
