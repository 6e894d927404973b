import { entryBytesMax, pushEntriesMax } from '../../core/hub-api.ts';
import type { StoredEntry } from '../store/journal-table.ts';

/** What one push holds at most. */
export interface BatchLimits {
  readonly entries: number;
  /** Of JSON. */
  readonly bytes: number;
}

/** One push that is well under the megabyte which many a proxy lets through. */
export const batchMost: BatchLimits = { entries: pushEntriesMax, bytes: 512 * 1024 };
/** While a call's road is poor: one packet or two, so that no word waits behind it. */
export const batchBesideVoice: BatchLimits = { entries: 20, bytes: 4 * 1024 };

/** Half of what was too large; one entry at least. */
export function halved({ entries, bytes }: BatchLimits): BatchLimits {
  return { entries: Math.max(1, Math.floor(entries / 2)), bytes: Math.max(1, Math.floor(bytes / 2)) };
}

/** On a way that breaks all the time this much still goes together: less would be mostly headers. */
const batchLeast: BatchLimits = { entries: 10, bytes: 8 * 1024 };

/** Half of what did not get through, down to `batchLeast`. */
export function smaller(limits: BatchLimits): BatchLimits {
  const { entries, bytes } = halved(limits);
  return { entries: Math.max(batchLeast.entries, entries), bytes: Math.max(batchLeast.bytes, bytes) };
}

/** Twice what went through last, up to `batchMost`. */
export function doubled({ entries, bytes }: BatchLimits): BatchLimits {
  return { entries: Math.min(batchMost.entries, entries * 2), bytes: Math.min(batchMost.bytes, bytes * 2) };
}

/** The entries of one push: of `rows` as many as the limits allow, one at least. */
export function batchOf(rows: readonly StoredEntry[], limits: BatchLimits): readonly unknown[] {
  const batch: unknown[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(row.body) + stampBytes;
    if (batch.length > 0 && (batch.length >= limits.entries || bytes + size > limits.bytes)) break;
    batch.push(asSent(row));
    bytes += size;
  }
  return batch;
}

/** About what stands around a body: seat, number, id, time, kind. */
const stampBytes = 200;

/**
 * An entry as it goes over the way, whatever it says: the hub sets aside what it can't take, and goes on. Of one that is
 * larger than the hub keeps only its identity goes, so that no limit on the way stops all that come after it.
 */
function asSent({ seat, seq, id, at, kind, body }: StoredEntry): unknown {
  if (Buffer.byteLength(body) > entryBytesMax) return { seat, seq, id, at, kind };
  return { seat, seq, id, at, kind, body: JSON.parse(body) };
}
