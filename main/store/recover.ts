import type { RecordingVault } from '../seat-ports.ts';
import type { OpenSeatStore } from './seat-store.ts';

/** What was closed at start because the seat had died in the middle of it. */
export interface Recovered {
  readonly calls: number;
  readonly recordings: number;
  /** False when the disk was full: what is missing is done at the next start. */
  readonly isComplete: boolean;
}

/**
 * Closes what a crash left open, before the seat starts: each recording without an end is sealed with what it holds and
 * written down as `interrupted`, each call without an end is written down as ended by `seat-restarted`. Doing it again
 * changes nothing.
 */
export async function recoverAfterCrash(
  store: OpenSeatStore,
  vault: Pick<RecordingVault, 'end'>,
  at: number,
): Promise<Recovered> {
  let recordings = 0;
  for (const { callId, recordingId } of store.callList.recordingOpen()) {
    if (recordingId === null) continue;
    const { seconds } = await vault.end(recordingId);
    const body = { callId, recordingId, seconds, end: 'interrupted' } as const;
    if (store.append({ kind: 'recording-ended', body }, at).kind !== 'kept') {
      return { calls: 0, recordings, isComplete: false };
    }
    recordings += 1;
  }
  let calls = 0;
  for (const { callId } of store.callList.open()) {
    const ended = store.append({ kind: 'call-ended', body: { callId, cause: 'seat-restarted' } }, at);
    if (ended.kind !== 'kept') return { calls, recordings, isComplete: false };
    calls += 1;
  }
  return { calls, recordings, isComplete: true };
}
