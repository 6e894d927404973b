import type { HubParts } from '../hub-parts.ts';
import { keepDaysOf, lockRecording } from '../listening/recording-table.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import { clearErased } from './clear-erased.ts';
import { eraseRecording } from './erase-recording.ts';
import { listClasses } from './retention-class-table.ts';
import { mayEraseByDate, retentionActor } from './retention-clock.ts';

const dayMs = 24 * 3_600_000;

/** How many are looked up at a time. */
const rowsAtOnce = 200;

/** How many recordings one sweep erases: an hour's worth of a large site; the next sweep goes on. */
const erasedMax = 10_000;

/** What a sweep did. `stopped`: the wall clock jumped, and nothing was erased. */
export type SweepOutcome = { readonly kind: 'swept'; readonly erased: number } | { readonly kind: 'stopped' };

/**
 * Erases what is past its date, each recording in a transaction of its own with its line in the audit trail. A recording
 * under hold stays. What can't be audited stays too: the sweep rejects there, and the next one tries again.
 */
export async function sweepRecordings(
  parts: HubParts,
  store: RecordingStore | null,
  onErased: () => void,
): Promise<SweepOutcome> {
  const { database } = parts;
  // One time for the whole sweep: the one that was looked at.
  const at = parts.now();
  if (!(await mayEraseByDate(parts, at))) {
    await clearErased(database, store);
    return { kind: 'stopped' };
  }
  let erased = 0;
  for (const { name, keepDays } of await listClasses(database.tables)) {
    if (keepDays === null) continue;
    while (erased < erasedMax) {
      const due = await database.tables
        .selectFrom('recording')
        .select(['seat', 'recording_id'])
        .where('retention_class', '=', name)
        .where('at', '<', at - keepDays * dayMs)
        .where('erased_at', 'is', null)
        .where('held_at', 'is', null)
        .orderBy('at')
        .limit(rowsAtOnce)
        .execute();
      if (due.length === 0) break;
      for (const { seat, recording_id: recordingId } of due)
        if (await eraseIfDue(parts, at, { seat, recordingId })) erased += 1;
    }
  }
  if (erased > 0) onErased();
  await clearErased(database, store);
  return { kind: 'swept', erased };
}

/** Looks again within the transaction: its class may have changed since, or somebody may hold it. */
function eraseIfDue(
  { database }: HubParts,
  at: number,
  place: { readonly seat: string; readonly recordingId: string },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const row = await lockRecording(transaction, place);
    const keepDays = row === null ? null : await keepDaysOf(transaction, row.retention_class);
    if (row === null || keepDays === null || row.at >= at - keepDays * dayMs) return false;
    const detail = { retentionClass: row.retention_class, keepDays };
    return (await eraseRecording(transaction, retentionActor, at, place, detail)).kind === 'erased';
  });
}
