import type { PhoneReport } from '../core/console-api.ts';
import type { JournalFact } from '../core/journal.ts';
import type { RecordingInfo } from '../core/recording-info.ts';
import type { Clock, Kept, Log, RecordingVault } from './seat-ports.ts';

/** The recordings of the live calls: sound goes to the vault, what happened goes to the journal. */

type State = 'recording' | 'paused' | 'stopped';
type Live = {
  readonly recordingId: string;
  readonly callId: string;
  state: State;
  /** How far it is written, in milliseconds of its own clock. */
  writtenMs: number;
  /** False while there is nothing on the disk: not yet, or because it is full. */
  hasFile: boolean;
};

export type SeatRecordings = {
  begin(callId: string): Promise<{ recordingId: string }>;
  append(chunk: {
    recordingId: string;
    segment: number;
    atMs: number;
    durationMs: number;
    sound: Uint8Array;
  }): Promise<Kept>;
  gap(gap: { recordingId: string; atMs: number; durationMs: number; reason: string }): Promise<Kept>;
  end(recordingId: string): Promise<void>;
  open(recordingId: string): Promise<RecordingInfo>;
  read(recordingId: string, offset: number, length: number): Promise<Uint8Array>;
  /** What the phone page says its recorder does. */
  reported(report: Extract<PhoneReport, { kind: 'recording' }>): void;
  /** The phone page is gone: what was recorded so far is closed as interrupted. */
  allInterrupted(): void;
  /** Whether sound of it may still come. True from before its file is made. */
  isLive(recordingId: string): boolean;
  /** callId -> state, for the view. */
  states(): Record<string, State>;
  close(): Promise<void>;
};

/** A recording asked about that the seat does not know; a page that lost its place, not a fault. */
export class UnknownRecording extends Error {
  override readonly name = 'UnknownRecording';
}

export function startRecordings(options: {
  readonly vault: RecordingVault;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  readonly write: (fact: JournalFact, at: number) => void;
  /** The states have changed. */
  readonly onChange: () => void;
  /** A recording stopped because of the disk; the call goes on. */
  readonly onStopped: (callId: string, why: 'disk-full' | 'disk-failed') => void;
  /** More of a recording is on the disk, or it has its end. */
  readonly onKept: (recordingId: string) => void;
  /** Whether the disk has room for a new recording; those under way go on as long as they can. */
  readonly hasRoom: () => boolean;
}): SeatRecordings {
  const { vault, clock, write, onKept } = options;
  const live = new Map<string, Live>();

  const known = (recordingId: string): Live => {
    const found = live.get(recordingId);
    if (!found) throw new UnknownRecording(recordingId);
    return found;
  };
  const finish = async (one: Live, end: 'complete' | 'interrupted' | 'disk-full'): Promise<void> => {
    const { recordingId, callId } = one;
    const { seconds } = await vault.end(recordingId).catch((cause: unknown) => {
      // Its end can't be written: the next start seals it. What was acknowledged is there.
      if (!isOfDisk(cause)) throw cause;
      options.log('error', `ending recording ${recordingId}: ${String(cause)}`);
      return { seconds: one.writtenMs / 1000 };
    });
    write({ kind: 'recording-ended', body: { callId, recordingId, seconds, end } }, clock.now());
    if (one.hasFile) onKept(recordingId);
  };
  /** A disk that fails, or takes nothing any more, ends a recording as a full one does; the call goes on. */
  const outcome = async (one: Live, work: () => Promise<Kept>): Promise<Kept> => {
    let why: 'disk-full' | 'disk-failed' = 'disk-full';
    const kept = await work().catch((cause: unknown): Kept => {
      if (!isOfDisk(cause)) throw cause;
      options.log('error', `recording ${one.recordingId}: ${String(cause)}`);
      why = 'disk-failed';
      return { kind: 'disk-full' };
    });
    if (kept.kind === 'kept' || one.state === 'stopped') return kept;
    one.state = 'stopped';
    await finish(one, why === 'disk-full' ? 'disk-full' : 'interrupted');
    options.onStopped(one.callId, why);
    options.onChange();
    return kept;
  };

  /** A piece whose answer was lost with a connection is sent again: it is on disk already, and is not written twice. */
  const writePiece = async (
    one: Live,
    piece: { readonly atMs: number; readonly durationMs: number },
    write: () => Promise<Kept>,
  ): Promise<Kept> => {
    if (one.state === 'stopped') return { kind: 'disk-full' };
    if (piece.durationMs > 0 && piece.atMs + piece.durationMs <= one.writtenMs) return { kind: 'kept' };
    const kept = await outcome(one, write);
    if (kept.kind === 'kept') {
      one.writtenMs = piece.atMs + piece.durationMs;
      onKept(one.recordingId);
    }
    return kept;
  };

  return {
    async begin(callId) {
      const recordingId = options.newId();
      const one: Live = { recordingId, callId, state: 'recording', writtenMs: 0, hasFile: false };
      live.set(recordingId, one);
      await outcome(one, async () => {
        try {
          const kept: Kept = options.hasRoom()
            ? await vault.begin(recordingId, callId, clock.now())
            : { kind: 'disk-full' };
          one.hasFile = kept.kind === 'kept';
          return kept;
        } finally {
          write({ kind: 'recording-started', body: { callId, recordingId } }, clock.now());
        }
      });
      options.onChange();
      return { recordingId };
    },
    append: ({ recordingId, ...chunk }) =>
      writePiece(known(recordingId), chunk, () => vault.append(recordingId, chunk)),
    gap: ({ recordingId, ...gap }) => writePiece(known(recordingId), gap, () => vault.gap(recordingId, gap)),
    async end(recordingId) {
      const one = known(recordingId);
      live.delete(recordingId);
      if (one.state !== 'stopped') await finish(one, 'complete');
      options.onChange();
    },
    open: (recordingId) => vault.open(recordingId),
    read: (recordingId, offset, length) => vault.read(recordingId, offset, length),
    reported({ callId, at, state }) {
      for (const one of live.values()) {
        if (one.callId !== callId || one.state === 'stopped' || one.state === state) continue;
        const { recordingId } = one;
        if (state === 'paused') write({ kind: 'recording-paused', body: { callId, recordingId, reason: 'asked' } }, at);
        if (state === 'recording') write({ kind: 'recording-resumed', body: { callId, recordingId } }, at);
        one.state = state;
      }
    },
    allInterrupted() {
      for (const one of live.values()) {
        live.delete(one.recordingId);
        if (one.state === 'stopped') continue;
        finish(one, 'interrupted').catch((error: unknown) => {
          options.log('error', `closing recording ${one.recordingId}: ${String(error)}`);
        });
      }
    },
    isLive: (recordingId) => (live.get(recordingId)?.state ?? 'stopped') !== 'stopped',
    states: () => Object.fromEntries([...live.values()].map((one) => [one.callId, one.state])),
    async close() {
      for (const one of live.values()) {
        live.delete(one.recordingId);
        if (one.state !== 'stopped') await finish(one, 'interrupted');
      }
    },
  };
}

/** An error of the file system; anything else is a mistake of ours, or of the page. */
function isOfDisk(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && 'syscall' in cause;
}
