import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { JournalEntry } from '../../core/journal.ts';
import type { LooseEntry } from './journal-table.ts';

/**
 * One record of the side journal: mark (4 bytes), length of what follows the sum (u32), CRC-32 of it (u32), then nonce
 * (12), the entry's JSON under AES-256-GCM, and its tag (16). The sum finds damage without the key; the tag proves the rest.
 */
const mark = Buffer.from('HKsj', 'latin1');
const headLength = 12;
const nonceLength = 12;
const tagLength = 16;

/** The longest record read back: a journal body is a few kilobytes at most. */
const recordLengthMax = 1024 * 1024;

/** An entry as it lies in a record; whether its body is a sound fact is for the reader to ask. */
const written = z.object({
  seat: z.string(),
  seq: z.number().int().positive(),
  id: z.string(),
  at: z.number(),
  kind: z.string(),
  body: z.unknown(),
});

/** The key of the side journal, made from the profile's 32 bytes; made ready once, which a cipher a record would do each time. */
export function sideJournalKey(profileKey: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', profileKey, new Uint8Array(0), 'hookline side journal 1', 32)));
}

/** An entry as one record. */
export function sideRecord(key: KeyObject, entry: JournalEntry): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = JSON.stringify(entry);
  const content = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const head = Buffer.alloc(headLength);
  mark.copy(head);
  head.writeUInt32LE(content.length, 4);
  head.writeUInt32LE(crc32(content), 8);
  return Buffer.concat([head, content]);
}

/** What a segment holds. */
export interface SideRecords {
  readonly entries: readonly LooseEntry[];
  /** Where the last sound record ends: the next one may be written here when nothing is damaged. */
  readonly end: number;
  /** Records whose sum is wrong (a torn tail counts as one), or that are cut off. */
  readonly damaged: number;
  /** Records whose sum is right and that this key does not open. */
  readonly foreign: number;
}

/** Reads every sound record of a segment, going on behind a damaged one at the next mark. Never throws. */
export function readSideRecords(key: KeyObject, bytes: Buffer): SideRecords {
  const entries: LooseEntry[] = [];
  let end = 0;
  let damaged = 0;
  let foreign = 0;
  let at = bytes.indexOf(mark, 0);
  // Content before the first mark that is not the empty rest of a new file is a record whose mark is gone.
  if (at !== 0 && isWritten(bytes.subarray(0, at < 0 ? bytes.length : at))) damaged += 1;
  while (at >= 0) {
    const content = contentAt(bytes, at);
    if (content === null) {
      damaged += 1;
      at = bytes.indexOf(mark, at + 1);
      continue;
    }
    const entry = opened(key, content);
    if (entry === null) foreign += 1;
    else entries.push(entry);
    end = at + headLength + content.length;
    at = bytes.indexOf(mark, end);
    const isNextAtOnce = at === end;
    if (!isNextAtOnce && isWritten(bytes.subarray(end, at < 0 ? bytes.length : at))) damaged += 1;
  }
  return { entries, end, damaged, foreign };
}

/** Whether anything was written there: a new segment is all zeros. */
function isWritten(bytes: Buffer): boolean {
  return !bytes.equals(Buffer.alloc(bytes.length));
}

function contentAt(bytes: Buffer, at: number): Buffer | null {
  if (at + headLength > bytes.length) return null;
  const length = bytes.readUInt32LE(at + 4);
  if (length < nonceLength + tagLength || length > recordLengthMax) return null;
  const content = bytes.subarray(at + headLength, at + headLength + length);
  return content.length === length && crc32(content) === bytes.readUInt32LE(at + 8) ? content : null;
}

function opened(key: KeyObject, content: Buffer): LooseEntry | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, content.subarray(0, nonceLength));
    decipher.setAuthTag(content.subarray(-tagLength));
    const text = Buffer.concat([decipher.update(content.subarray(nonceLength, -tagLength)), decipher.final()]).toString(
      'utf8',
    );
    const { body, ...rest } = written.parse(JSON.parse(text));
    return { ...rest, body: JSON.stringify(body) };
  } catch {
    // Another key, or not a record of ours: the caller counts it.
    return null;
  }
}
