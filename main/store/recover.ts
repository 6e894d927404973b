import type { JournalFact } from '../../core/journal.ts';
import type { RecordingVault } from '../seat-ports.ts';
import type { OpenSeatStore } from './seat-store.ts';

/** What was closed at start because the seat had died in the middle of it. */
export interface Recovered {
  readonly calls: number;
  readonly recordings: number;
  /** Texts of which nobody knows whether they went out. */
  readonly texts: number;
  /** False when the disk was full, or gave a recording not back: what is missing is done at the next start. */
  readonly isComplete: boolean;
}

/**
 * Closes what a crash left open, before the seat starts: each recording without an end is sealed with what it holds and
 * written down as `interrupted`, each call without an end is written down as ended by `seat-restarted`, each text that was on its way
 * as failed (it may have gone out; sending it twice is for a person to decide). Doing it again changes nothing.
 */
export async function recoverAfterCrash(
  store: OpenSeatStore,
  vault: Pick<RecordingVault, 'end'>,
  at: number,
): Promise<Recovered> {
  const facts: JournalFact[] = [];
  let unsealed = 0;
  for (const { callId, recordingId } of store.callList.recordingOpen()) {
    if (recordingId === null) continue;
    const sealed = await vault.end(recordingId).catch((cause: unknown) => {
      // A disk that fails at one recording must not keep the seat from starting: it is tried again at the next start.
      if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
      unsealed += 1;
      return null;
    });
    if (sealed === null) continue;
    facts.push({ kind: 'recording-ended', body: { callId, recordingId, seconds: sealed.seconds, end: 'interrupted' } });
  }
  const recordings = facts.length;
  for (const { callId } of store.callList.open()) {
    facts.push({ kind: 'call-ended', body: { callId, cause: 'seat-restarted' } });
  }
  const calls = facts.length - recordings;
  for (const { textId } of store.textList.open()) {
    facts.push({ kind: 'text-outcome', body: { textId, equipmentId: '', outcome: 'failed', detail: restartedDetail } });
  }
  const texts = facts.length - recordings - calls;
  const none: Recovered = { calls: 0, recordings: 0, texts: 0, isComplete: facts.length === 0 && unsealed === 0 };
  if (facts.length === 0) return none;
  const outcome = store.appendAll(facts.map((fact) => ({ fact, at })));
  return outcome.kind === 'kept' ? { calls, recordings, texts, isComplete: unsealed === 0 } : none;
}

/** For a technician: what became of a text nobody told the end of. */
const restartedDetail = 'The console was restarted before the modem answered; it may have gone out.';
