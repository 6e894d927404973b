import { inTurns } from '../../recording/in-turns.ts';
import { type Playable, playableOf } from '../../recording/playable.ts';
import { readKnownContainerSteps } from '../../recording/read-container.ts';
import type { RecordingTableRow } from '../database/recording-tables.ts';
import type { HubDatabase } from '../database/schema.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import { wrappedKeyOf } from './recording-table.ts';
import type { SiteKeys } from './site-keys.ts';
import { weightedGate } from './weighted-gate.ts';

/** The largest file that is opened for listening: a day of stereo sound is some 600 MB. */
const fileBytesMax = 1024 * 1024 * 1024;
/** How many bytes of files are being decrypted at once; each takes some three times as much memory meanwhile. */
const decryptingBytesMax = 128 * 1024 * 1024;
/** How many may wait for their turn; more are asked to come again. */
const waitingMax = 64;
/** How many bytes of sound, and of how many recordings, are kept for reading on. */
const keptBytesMax = 256 * 1024 * 1024;
const keptMax = 128;
/** How long sound nobody reads on is kept, in milliseconds: a pause of a listener. */
const keptMs = 5 * 60_000;

/** Why a recording can't be heard now or here. */
export type Unheard = {
  readonly kind: 'no-key' | 'unreadable' | 'not-yet' | 'too-long' | 'no-store' | 'busy';
};

/** A recording that can be heard. `version` changes when there is more of it. */
export interface Heard {
  readonly kind: 'heard';
  readonly playable: Playable;
  readonly version: string;
}

/** Recordings of seats, decrypted for whoever may hear them; nothing of it is ever on a disk. */
export interface DecryptedRecordings {
  readonly hear: (row: RecordingTableRow) => Promise<Heard | Unheard>;
  /** Forgets all that was decrypted: something was erased. */
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
  const gate = weightedGate(decryptingBytesMax, waitingMax);
  const kept = new KeptRecordings(monotonicMs);

  const decrypt = async (from: RecordingStore, row: RecordingTableRow, version: string): Promise<Heard | Unheard> => {
    const place = { seat: row.seat, recordingId: row.recording_id };
    const wrapped = await wrappedKeyOf(tables, place);
    if (wrapped === null) return { kind: 'no-key' };
    const recordingKey = await keys.unwrap(wrapped, place);
    if (recordingKey === null) return { kind: 'unreadable' };
    const bytes = row.sha256 === null ? await from.readSoFar(row.upload_id) : await wholeOf(from, row);
    if (bytes === null) return { kind: 'not-yet' };
    const known = { recordingId: row.recording_id, createdAt: row.at, recordingKey };
    const contents = await inTurns(readKnownContainerSteps(bytes, known));
    if (contents.kind === 'unreadable') return { kind: 'unreadable' };
    return { kind: 'heard', version, playable: await playableOf(contents) };
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
      const heard = gate.enter(size, () => decrypt(store, row, version));
      return heard === null ? { kind: 'busy' } : kept.keep(name, size, heard);
    },
    forget: () => kept.forget(),
    close: () => kept.close(),
  };
}

/** What was decrypted last, in memory alone and for a while. */
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
  async keep(name: string, bytes: number, heard: Promise<Heard | Unheard>): Promise<Heard | Unheard> {
    const made: Kept = { heard, bytes, usedAt: this.#monotonicMs() };
    this.#kept.set(name, made);
    const drop = (): void => {
      if (this.#kept.get(name) === made) this.#kept.delete(name);
    };
    try {
      const outcome = await heard;
      if (outcome.kind === 'heard') made.bytes = outcome.playable.webm.length;
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

async function wholeOf(store: RecordingStore, row: RecordingTableRow): Promise<Buffer> {
  const bytes = Buffer.alloc(row.bytes);
  let length = 0;
  for await (const piece of await store.readRange(row.upload_id, 0, row.bytes)) {
    const part: Buffer = piece;
    part.copy(bytes, length);
    length += part.length;
  }
  return bytes.subarray(0, Math.min(length, bytes.length));
}
