import { createDecipheriv, createHmac, createSecretKey, type KeyObject, pbkdf2Sync } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileSalt } from './connection.ts';

/**
 * The pages of an encrypted file and of its write-ahead log, each read and proven by itself, whatever the rest looks
 * like. SQLCipher 4: a page is 4096 bytes, the last 80 of them the IV (16) and an HMAC-SHA512 (64) under a key made from
 * the raw key and the salt, over the page and its number. The log: SQLite's file format, section 4 (32 bytes of header,
 * then frames of 24 bytes and a page).
 */
export const pageLength = 4096;
const macLength = 64;
const ivLength = 16;
const saltLength = 16;
const logHeaderLength = 32;
const frameHeaderLength = 24;

/** How many bytes of a page SQLite uses. */
export const usableLength = pageLength - macLength - ivLength;

/** What opens pages: made once from a profile's key. */
export interface PageKeys {
  readonly key: KeyObject;
  readonly macKey: KeyObject;
}

/** The two keys of a file, from the profile's 32 bytes. */
export function pageKeys(key: Uint8Array): PageKeys {
  const mask = Buffer.from(fileSalt(key).map((byte) => byte ^ 0x3a));
  return { key: createSecretKey(key), macKey: createSecretKey(pbkdf2Sync(key, mask, 2, 32, 'sha512')) };
}

/** A page's content, or null when it is damaged or of another key. */
export function openPage({ key, macKey }: PageKeys, page: Buffer, number: number): Buffer | null {
  const from = number === 1 ? saltLength : 0;
  const numberBytes = Buffer.alloc(4);
  numberBytes.writeUInt32LE(number);
  const mac = createHmac('sha512', macKey).update(page.subarray(from, -macLength)).update(numberBytes).digest();
  if (!mac.equals(page.subarray(-macLength))) return null;
  const iv = page.subarray(usableLength, usableLength + ivLength);
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const plain = Buffer.alloc(usableLength);
  decipher.update(page.subarray(from, usableLength)).copy(plain, from);
  return plain;
}

/** Every page that can still be read; of one page there may be several states, the newest first. */
export interface ReadablePages {
  /** Numbers of the pages there are, in no order that means anything. */
  readonly numbers: readonly number[];
  /** Those in the log of pages, and the last so many of the file: where the newest rows lie. */
  newestNumbers(count: number): ReadonlySet<number>;
  /** Whether a state of a page begins with a byte, as far as its first block says: proof is in `states`, at ten times the cost. */
  mayBegin(number: number, byte: number): boolean;
  /** The readable states of one page, newest first. */
  states(number: number): readonly Buffer[];
  /** Pages of the main file that were asked for so far and do not open. */
  damaged(): number;
  close(): void;
}

/** Where a state of a page lies. */
interface Spot {
  readonly handle: number;
  readonly offset: number;
}

/** Opens a file and its log for reading page by page; changes nothing. A file that is not there has no pages. */
export function readablePages(path: string, key: Uint8Array): ReadablePages {
  const keys = pageKeys(key);
  const handles: number[] = [];
  const opened = (name: string): { handle: number; size: number } | null => {
    if (!existsSync(name)) return null;
    const handle = openSync(name, 'r');
    handles.push(handle);
    return { handle, size: fstatSync(handle).size };
  };
  const spots = new Map<number, Spot[]>();
  const add = (number: number, spot: Spot): void => {
    const there = spots.get(number);
    if (there === undefined) spots.set(number, [spot]);
    else there.push(spot);
  };
  const log = opened(`${path}-wal`);
  const frames = log === null ? { current: [], older: [] } : framesOf(log.handle, log.size);
  for (const { number, ...spot } of frames.current.toReversed()) add(number, spot);
  const main = opened(path);
  const pages = main === null ? 0 : Math.floor(main.size / pageLength);
  const damaged = new Set<number>();
  if (main !== null) {
    for (let number = 1; number <= pages; number += 1)
      add(number, { handle: main.handle, offset: (number - 1) * pageLength });
  }
  for (const { number, ...spot } of frames.older.toReversed()) add(number, spot);
  const inLog = [...frames.current, ...frames.older].map(({ number }) => number);
  return {
    numbers: [...spots.keys()],
    newestNumbers: (count) =>
      new Set([...inLog, ...Array.from({ length: Math.min(count, pages) }, (_, index) => pages - index)]),
    mayBegin: (number, byte) => (spots.get(number) ?? []).some((spot) => firstByteAt(keys, spot) === byte),
    states: (number) =>
      (spots.get(number) ?? []).flatMap((spot) => {
        const page = pageAt(keys, spot, number);
        if (page === null && spot.handle === main?.handle) damaged.add(number);
        return page === null ? [] : [page];
      }),
    damaged: () => damaged.size,
    close: () => {
      for (const handle of handles) closeSync(handle);
    },
  };
}

interface Frame extends Spot {
  readonly number: number;
}

/**
 * The frames of a log that belong to transactions which were committed, oldest first: those of its newest run, and
 * those of older runs that nothing has been written over yet. The header is not trusted: the first frame tells the run.
 */
function framesOf(
  handle: number,
  size: number,
): { readonly current: readonly Frame[]; readonly older: readonly Frame[] } {
  const current: Frame[] = [];
  const older: Frame[] = [];
  const head = Buffer.alloc(frameHeaderLength);
  let newestRun: string | null = null;
  let open: Frame[] = [];
  let openRun = '';
  for (let at = logHeaderLength; at + frameHeaderLength + pageLength <= size; at += frameHeaderLength + pageLength) {
    if (readSafely(handle, head, at) < head.length) continue;
    const run = head.toString('hex', 8, 16);
    newestRun ??= run;
    if (run !== openRun) open = [];
    openRun = run;
    open.push({ number: head.readUInt32BE(0), handle, offset: at + frameHeaderLength });
    if (head.readUInt32BE(4) === 0) continue;
    (run === newestRun ? current : older).push(...open);
    open = [];
  }
  return { current, older };
}

/** The first byte of a page that is not the first one (which begins with the file's header); null: it can't be read. */
function firstByteAt({ key }: PageKeys, { handle, offset }: Spot): number | null {
  const page = Buffer.alloc(pageLength);
  if (readSafely(handle, page, offset) < pageLength) return null;
  const iv = page.subarray(usableLength, usableLength + ivLength);
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return decipher.update(page.subarray(0, ivLength)).readUInt8(0);
}

function pageAt(keys: PageKeys, { handle, offset }: Spot, number: number): Buffer | null {
  const page = Buffer.alloc(pageLength);
  return readSafely(handle, page, offset) < pageLength ? null : openPage(keys, page, number);
}

/** A bad sector gives nothing; what lies around it is still read. */
function readSafely(handle: number, into: Buffer, at: number): number {
  try {
    return readSync(handle, into, 0, into.length, at);
  } catch {
    return 0;
  }
}
