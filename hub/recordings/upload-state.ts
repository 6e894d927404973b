import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * How far an upload is, as it stands on disk: two slots, 4096 bytes apart so that no torn page takes both; the one with
 * the higher sequence holds. A slot is magic (8), JSON padded with spaces (472), SHA-256 of both (32).
 */
const uploadState = z.object({
  sequence: z.number().int().nonnegative(),
  /** Bytes that are durable. */
  offset: z.number().int().nonnegative(),
  /** Bytes in all; null while the client has not said. */
  size: z.number().int().nonnegative().nullable(),
  /** SHA-256 of the whole file, read back from the disk, hex; null until it is complete. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});

export type UploadState = z.infer<typeof uploadState>;

/** Where each slot begins. */
export const slotOffsets = [0, 4096] as const;
/** Bytes of one slot. */
export const slotLength = 512;

const magic = Buffer.from('HKLNUPL1', 'latin1');
const hashLength = 32;

/** The first state that is synced goes into the second slot: a shorter file never told anybody anything. */
export const recordedLengthMin = slotOffsets[1] + slotLength;

/** The bytes of a slot. */
export function encodeState(state: UploadState): Buffer {
  const text = JSON.stringify(state).padEnd(slotLength - magic.length - hashLength, ' ');
  const body = Buffer.concat([magic, Buffer.from(text, 'latin1')]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** The state that holds, of the whole state file; null when neither slot is as it was written. */
export function readState(file: Buffer): UploadState | null {
  const states = slotOffsets
    .map((offset) => readSlot(file.subarray(offset, offset + slotLength)))
    .filter((state) => state !== null);
  return states.toSorted((a, b) => b.sequence - a.sequence)[0] ?? null;
}

/** Where the next state goes: over the older slot. */
export function slotOf(sequence: number): number {
  return slotOffsets[sequence % 2 === 0 ? 0 : 1];
}

function readSlot(slot: Buffer): UploadState | null {
  if (slot.length !== slotLength || !slot.subarray(0, magic.length).equals(magic)) return null;
  const body = slot.subarray(0, slotLength - hashLength);
  if (
    !createHash('sha256')
      .update(body)
      .digest()
      .equals(slot.subarray(slotLength - hashLength))
  )
    return null;
  return uploadState.parse(JSON.parse(body.subarray(magic.length).toString('latin1')));
}
