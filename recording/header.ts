import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * The head of a recording's file: 512 bytes, twice, so that no single damaged place takes the whole recording.
 * Magic (8), JSON padded with spaces (472), SHA-256 of both (32).
 */
export const headerLength = 512;
/** Where the frames begin. */
export const framesOffset = headerLength * 2;

const magic = Buffer.from('HKLNREC1', 'latin1');
const hashLength = 32;
const textLength = headerLength - magic.length - hashLength;

const header = z.object({
  recordingId: z.string().min(1).max(64),
  /** Wall-clock milliseconds. */
  createdAt: z.number(),
  /** The recording's own key, wrapped by the profile's: nonce, AES-256-GCM, tag; base64. */
  wrappedKey: z.string().max(120),
});
export type Header = z.infer<typeof header>;

/** What the head of a file says. `copy` is the first sound one's bytes: where the chain hash begins. */
export type HeaderOutcome =
  | { readonly kind: 'read'; readonly header: Header; readonly copy: Buffer; readonly isDamaged: boolean }
  | { readonly kind: 'not-a-recording' }
  /** Both copies are damaged: the key is lost. */
  | { readonly kind: 'header-damaged' };

/** A new recording's header and its random key. */
export function newHeader(
  profileKey: Uint8Array,
  recordingId: string,
  createdAt: number,
): { readonly copy: Buffer; readonly recordingKey: Uint8Array } {
  const recordingKey = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(profileKey), nonce);
  cipher.setAAD(associated(recordingId, createdAt));
  const wrapped = Buffer.concat([nonce, cipher.update(recordingKey), cipher.final(), cipher.getAuthTag()]);
  const text = JSON.stringify({ recordingId, createdAt, wrappedKey: wrapped.toString('base64') });
  const sealed = Buffer.concat([magic, Buffer.from(text.padEnd(textLength, ' '), 'utf8')]);
  if (sealed.length !== headerLength - hashLength) throw new Error('a recording id has ASCII letters only');
  return { copy: Buffer.concat([sealed, createHash('sha256').update(sealed).digest()]), recordingKey };
}

/** Reads the head of a file from whichever copy is sound. */
export function readHeader(bytes: Buffer): HeaderOutcome {
  const copies = [bytes.subarray(0, headerLength), bytes.subarray(headerLength, framesOffset)];
  const read = copies.map(readCopy);
  for (const [index, found] of read.entries()) {
    const copy = copies[index];
    // A file cut within its second copy was just being made: that is no damage.
    const isDamaged = read.some((other, at) => other === null && copies[at]?.length === headerLength);
    if (found !== null && copy !== undefined) return { kind: 'read', header: found, copy, isDamaged };
  }
  return copies.some((copy) => copy.subarray(0, magic.length).equals(magic))
    ? { kind: 'header-damaged' }
    : { kind: 'not-a-recording' };
}

/** The recording's own key, or null when the profile's key is not the one it was wrapped with. */
export function unwrapKey(profileKey: Uint8Array, { recordingId, createdAt, wrappedKey }: Header): Uint8Array | null {
  const wrapped = Buffer.from(wrappedKey, 'base64');
  if (wrapped.length !== 12 + 32 + 16) return null;
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey(profileKey), wrapped.subarray(0, 12));
  decipher.setAAD(associated(recordingId, createdAt));
  decipher.setAuthTag(wrapped.subarray(-16));
  const key = decipher.update(wrapped.subarray(12, -16));
  try {
    decipher.final();
    return key;
  } catch {
    // The one thing final() throws for is a tag that does not fit: another profile's key.
    return null;
  }
}

function readCopy(copy: Buffer): Header | null {
  if (copy.length < headerLength || !copy.subarray(0, magic.length).equals(magic)) return null;
  const sealed = copy.subarray(0, headerLength - hashLength);
  if (!createHash('sha256').update(sealed).digest().equals(copy.subarray(-hashLength))) return null;
  const parsed = header.safeParse(JSON.parse(sealed.subarray(magic.length).toString('utf8')));
  return parsed.success ? parsed.data : null;
}

function wrappingKey(profileKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', profileKey, '', 'hookline recordings 1', 32));
}

function associated(recordingId: string, createdAt: number): Buffer {
  return Buffer.from(`hookline recording key 1|${recordingId}|${createdAt}`);
}
