import type { ByteSource } from '../../recording/byte-window.ts';
import { openStreamed, type StreamedPlayable } from '../../recording/streamed-playable.ts';
import type { RecordingTableRow } from '../database/recording-tables.ts';
import type { HubDatabase } from '../database/schema.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import { wrappedKeyOf } from './recording-table.ts';
import type { SiteKeys } from './site-keys.ts';
import { weightedGate } from './weighted-gate.ts';

/** The largest file that is opened for listening: a day of stereo sound is some 600 MB. */
const fileBytesMax = 1024 * 1024 * 1024;
/** How many are being opened at once: each is read from end to end, through a window of memory. */
const openingsAtOnce = 4;
/** How many may wait for their turn; more are asked to come again. */
const waitingMax = 64;
/** How much is kept for reading on, in bytes, and of how many recordings: where their sound stands, and never the sound. */
const keptBytesMax = 64 * 1024 * 1024;
const keptMax = 128;
/** How long what nobody reads on is kept, in milliseconds: a pause of a listener. */
const keptMs = 5 * 60_000;

/** Why a recording can't be heard now or here. */
export type Unheard = {
  readonly kind: 'no-key' | 'unreadable' | 'not-yet' | 'too-long' | 'no-store' | 'busy';
};

/** A recording that can be heard. `version` changes when there is more of it. */
export interface Heard {
  readonly kind: 'heard';
  readonly playable: StreamedPlayable;
  readonly version: string;
}

/**
 * Recordings of seats, decrypted for whoever may hear them, piece by piece as they are asked for: however long one is, it
 * costs a window of memory and an index. Nothing of it is ever on a disk.
 */
export interface DecryptedRecordings {
  readonly hear: (row: RecordingTableRow) => Promise<Heard | Unheard>;
  /** Forgets all that was opened: something was erased. */
  readonly forget: () => void;
  readonly close: () => void;
}

interface Kept {
  readonly heard: Promise<Heard | Unheard>;
  bytes: number;
  usedAt: number;
}

/** `store` null: this hub has no place for recordings. */
export function decryptedRecordings(
  { tables }: HubDatabase,
  keys: SiteKeys,
  store: RecordingStore | null,
  monotonicMs: () => number,
): DecryptedRecordings {
  const gate = weightedGate(openingsAtOnce, waitingMax);
  const kept = new KeptRecordings(monotonicMs);

  const open = async (
    from: RecordingStore,
    row: RecordingTableRow,
    { size, version }: { readonly size: number; readonly version: string },
  ): Promise<Heard | Unheard> => {
    const place = { seat: row.seat, recordingId: row.recording_id };
    const wrapped = await wrappedKeyOf(tables, place);
    if (wrapped === null) return { kind: 'no-key' };
    const recordingKey = await keys.unwrap(wrapped, place);
    if (recordingKey === null) return { kind: 'unreadable' };
    try {
      const known = { recordingId: row.recording_id, createdAt: row.at, recordingKey };
      const playable = await openStreamed(sourceOf(from, row, size), known);
      return playable.kind === 'playable' ? { kind: 'heard', version, playable } : { kind: playable.kind };
    } catch (cause) {
      if (cause instanceof NotYet) return { kind: 'not-yet' };
      throw cause;
    }
  };
  return {
    hear: async (row) => {
      if (store === null) return { kind: 'no-store' };
      // Of one that still comes, what there is decides which version it is.
      const size = row.sha256 === null ? (await store.look(row.upload_id))?.offset : row.bytes;
      // Registered, and its creation was cut short: there is nothing of it.
      if (size === undefined) return { kind: 'not-yet' };
      if (size > fileBytesMax) return { kind: 'too-long' };
      const version = row.sha256 ?? `so-far-${size}`;
      const name = `${row.upload_id} ${version}`;
      const known = kept.find(name);
      if (known !== null) return known;
      const heard = gate.enter(1, () => open(store, row, { size, version }));
      return heard === null ? { kind: 'busy' } : kept.keep(name, heard);
    },
    forget: () => kept.forget(),
    close: () => kept.close(),
  };
}

/** What was opened last, in memory alone and for a while. */
class KeptRecordings {
  readonly #kept = new Map<string, Kept>();
  readonly #monotonicMs: () => number;
  readonly #timer: NodeJS.Timeout;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#timer = setInterval(() => this.#trim(), keptMs);
    this.#timer.unref();
  }

  find(name: string): Promise<Heard | Unheard> | null {
    const known = this.#kept.get(name);
    if (known === undefined) return null;
    // The one asked for last stands last.
    this.#kept.delete(name);
    known.usedAt = this.#monotonicMs();
    this.#kept.set(name, known);
    return known.heard;
  }

  /** Keeps what comes of it, if it can be heard. */
  async keep(name: string, heard: Promise<Heard | Unheard>): Promise<Heard | Unheard> {
    const made: Kept = { heard, bytes: 0, usedAt: this.#monotonicMs() };
    this.#kept.set(name, made);
    const drop = (): void => {
      if (this.#kept.get(name) === made) this.#kept.delete(name);
    };
    try {
      const outcome = await heard;
      if (outcome.kind === 'heard') made.bytes = outcome.playable.heldBytes;
      else drop();
      this.#trim();
      return outcome;
    } catch (cause) {
      drop();
      throw cause;
    }
  }

  forget(): void {
    this.#kept.clear();
  }

  close(): void {
    clearInterval(this.#timer);
    this.forget();
  }

  #trim(): void {
    const now = this.#monotonicMs();
    for (const [name, { usedAt }] of this.#kept) if (now - usedAt > keptMs) this.#kept.delete(name);
    let total = [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [name, { bytes }] of this.#kept) {
      // The last one is being listened to, however large it is.
      if (this.#kept.size <= 1 || (this.#kept.size <= keptMax && total <= keptBytesMax)) return;
      this.#kept.delete(name);
      total -= bytes;
    }
  }
}

/** Parts of a multipart upload can't be read before all of it is there. */
class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** A recording's stored bytes, of which `size` are there. */
function sourceOf(store: RecordingStore, { upload_id: uploadId }: RecordingTableRow, size: number): ByteSource {
  return {
    length: size,
    read: async (start, end) => {
      const bytes = await store.readSoFar(uploadId, start, end);
      if (bytes === null) throw new NotYet(`upload ${uploadId} can't be read before it is complete`);
      return bytes;
    },
  };
}
