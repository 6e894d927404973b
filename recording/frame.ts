import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * The pieces of a recording's file (container.ts has the whole): a frame is a head of 21 bytes, the encrypted body and
 * GCM's tag. The head is sealed by itself, so a damaged body is stepped over by its length and named by its number, and
 * after a damaged head the next true one is found.
 */
export type FrameType =
  /** What the recording is about; always number 0. */
  | 'begin'
  /** About a second of sound. */
  | 'sound'
  /** A stretch without sound, on purpose. */
  | 'gap'
  /** The end: totals and the chain hash. */
  | 'close'
  /** The end as put there at the next start, after the seat had died. */
  | 'seal';

/** What a frame's head says. `length` is that of the body, in bytes, without the tag. */
export interface FrameHead {
  readonly number: number;
  readonly type: FrameType;
  readonly length: number;
}

/** The keys of one recording, all from its own random key. */
export interface FrameKeys {
  readonly recordingId: string;
  readonly body: Uint8Array;
  readonly head: Uint8Array;
}

/** Marker, number, type, length, seal. */
export const headLength = 4 + 4 + 1 + 4 + 8;
/** GCM's tag. */
export const tagLength = 16;
/** The longest body taken: a second of Opus is some 6 kB, the contract allows 256 kB, and a few bytes go before it. */
export const bodyLengthMax = 512 * 1024;

/** "HKf1": where a head may begin. */
export const marker = Buffer.from('HKf1', 'latin1');

const types: readonly FrameType[] = ['begin', 'sound', 'gap', 'close', 'seal'];

/** Derives the keys of a recording from its own random key. */
export function frameKeys(recordingId: string, recordingKey: Uint8Array): FrameKeys {
  const derived = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', recordingKey, '', `hookline recording ${purpose} 1`, 32));
  return { recordingId, body: derived('body'), head: derived('head') };
}

/** One whole frame: head, encrypted body, tag. */
export function encodeFrame(keys: FrameKeys, type: FrameType, number: number, body: Uint8Array): Buffer {
  if (body.length > bodyLengthMax) throw new Error(`a frame's body of ${body.length} bytes is over ${bodyLengthMax}`);
  const head = encodeHead(keys, { number, type, length: body.length });
  const cipher = createCipheriv('aes-256-gcm', keys.body, nonce(type, number));
  cipher.setAAD(associated(keys, { number, type, length: body.length }));
  const encrypted = Buffer.concat([cipher.update(body), cipher.final()]);
  return Buffer.concat([head, encrypted, cipher.getAuthTag()]);
}

/** The head that begins at an offset, or null when none of this recording does. */
export function readHead(keys: FrameKeys, bytes: Buffer, offset: number): FrameHead | null {
  if (offset + headLength > bytes.length) return null;
  const head = bytes.subarray(offset, offset + headLength);
  if (!head.subarray(0, marker.length).equals(marker)) return null;
  const type = types[head.readUInt8(8)];
  const length = head.readUInt32LE(9);
  if (type === undefined || length > bodyLengthMax) return null;
  if (!timingSafeEqual(head.subarray(13), headSeal(keys, head.subarray(0, 13)))) return null;
  return { number: head.readUInt32LE(4), type, length };
}

/** The body of the frame whose head stands at an offset, or null when a bit of it is not as it was written. */
export function readBody(keys: FrameKeys, head: FrameHead, bytes: Buffer, offset: number): Buffer | null {
  const start = offset + headLength;
  const end = start + head.length;
  if (end + tagLength > bytes.length) return null;
  const decipher = createDecipheriv('aes-256-gcm', keys.body, nonce(head.type, head.number));
  decipher.setAAD(associated(keys, head));
  decipher.setAuthTag(bytes.subarray(end, end + tagLength));
  const body = decipher.update(bytes.subarray(start, end));
  try {
    decipher.final();
    return body;
  } catch {
    // The one thing final() throws for is a tag that does not fit, which is the answer asked for.
    return null;
  }
}

/** How many bytes a frame takes in the file. */
export function frameLength(head: FrameHead): number {
  return headLength + head.length + tagLength;
}

/** The next link of the chain hash: SHA-256 over the link before and the frame as it lies in the file. */
export function chained(before: Uint8Array, frame: Uint8Array): Buffer {
  return createHash('sha256').update(before).update(frame).digest();
}

function encodeHead(keys: FrameKeys, { number, type, length }: FrameHead): Buffer {
  const head = Buffer.alloc(13);
  marker.copy(head);
  head.writeUInt32LE(number, 4);
  head.writeUInt8(types.indexOf(type), 8);
  head.writeUInt32LE(length, 9);
  return Buffer.concat([head, headSeal(keys, head)]);
}

function headSeal(keys: FrameKeys, head: Buffer): Buffer {
  return createHmac('sha256', keys.head).update(head).digest().subarray(0, 8);
}

/**
 * The number is the nonce: a number is used once under a key that is used for one recording. A seal is written after a
 * crash, perhaps with the number of a frame that was torn, so it counts in a row of its own; sealing twice writes the
 * same bytes.
 */
function nonce(type: FrameType, number: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(type === 'seal' ? 1 : 0, 0);
  bytes.writeBigUInt64BE(BigInt(number), 4);
  return bytes;
}

function associated(keys: FrameKeys, { number, type, length }: FrameHead): Buffer {
  return Buffer.from(`hookline recording 1|${keys.recordingId}|${number}|${type}|${length}`);
}
