import { type ReadablePages, usableLength } from './recover-pages.ts';

/**
 * Rows out of single pages of a SQLite file, without its trees: SQLite's file format, sections 1.6 (b-tree pages), 1.7
 * (overflow) and 2.1 (records).
 */

/** A column's value; content of other types (blobs) is not kept by any table of ours. */
export type Value = null | number | string;

/** Page types: leaf of a table, leaf of an index (also of a table without rowid). */
const tableLeaf = 0x0d;
export const indexLeaf = 0x0a;

/** The longest row read: more than any entry, less than a damaged length may ask for. */
const rowLengthMax = 1024 * 1024;

/** How many states of an overflow chain are tried for one row. */
const chainTriesMax = 16;

/** A row found in a leaf page. */
export interface FoundRow {
  /** The ways it can be read: one, unless pages it flows over into have several states. */
  readonly ways: readonly (readonly Value[])[];
  /** It stands in the newest readable state of its page. */
  readonly isNewest: boolean;
}

/** The rows of leaf pages that have so many columns, in each state of each page: the same row may come several times. */
export function* readableRows(pages: ReadablePages, columns: ReadonlySet<number>): Iterable<FoundRow> {
  for (const number of pages.numbers) yield* rowsOfPage(pages, number, columns);
}

/** The same of one page. */
export function* rowsOfPage(pages: ReadablePages, number: number, columns: ReadonlySet<number>): Iterable<FoundRow> {
  for (const [state, page] of pages.states(number).entries()) {
    const head = number === 1 ? 100 : 0;
    const type = page.readUInt8(head);
    if (type !== tableLeaf && type !== indexLeaf) continue;
    const cells = page.readUInt16BE(head + 3);
    for (let index = 0; index < cells; index += 1) {
      const at = head + 8 + index * 2;
      if (at + 2 > page.length) break;
      const ways = cellRows(pages, page, page.readUInt16BE(at), type, columns);
      if (ways.length > 0) yield { ways, isNewest: state === 0 };
    }
  }
}

function cellRows(
  pages: ReadablePages,
  page: Buffer,
  start: number,
  type: number,
  columns: ReadonlySet<number>,
): readonly (readonly Value[])[] {
  try {
    const [length, afterLength] = varint(page, start);
    const from = type === tableLeaf ? varint(page, afterLength)[1] : afterLength;
    if (length > rowLengthMax) return [];
    const local = localLength(length, type);
    const first = page.subarray(from, from + local);
    if (first.length < local || !columns.has(columnsOf(first))) return [];
    if (local === length) return [record(first)];
    const next = page.readUInt32BE(from + local);
    return chains(pages, next, length - local, chainTriesMax).map((rest) => record(Buffer.concat([first, rest])));
  } catch (cause) {
    // A cell that points outside its page: it was never a row.
    if (cause instanceof RangeError) return [];
    throw cause;
  }
}

/** How much of a row stands in its leaf; the rest flows over. */
function localLength(length: number, type: number): number {
  const most = type === tableLeaf ? usableLength - 35 : Math.floor(((usableLength - 12) * 64) / 255) - 23;
  if (length <= most) return length;
  const least = Math.floor(((usableLength - 12) * 32) / 255) - 23;
  const wanted = least + ((length - least) % (usableLength - 4));
  return wanted <= most ? wanted : least;
}

/** The ways a chain of overflow pages can be read to its end, newest first. */
function chains(pages: ReadablePages, number: number, length: number, tries: number): readonly Buffer[] {
  const found: Buffer[] = [];
  for (const page of pages.states(number)) {
    const part = page.subarray(4, 4 + Math.min(length, usableLength - 4));
    const rest = length - part.length;
    if (rest === 0) found.push(part);
    else {
      for (const tail of chains(pages, page.readUInt32BE(0), rest, tries - found.length)) {
        found.push(Buffer.concat([part, tail]));
      }
    }
    if (found.length >= tries) break;
  }
  return found;
}

/** How many values a record has: as its head says, which stands in its first bytes. */
function columnsOf(bytes: Buffer): number {
  const [headLength, firstType] = varint(bytes, 0);
  let count = 0;
  for (let at = firstType; at < headLength; at = varint(bytes, at)[1]) count += 1;
  return count;
}

function record(bytes: Buffer): readonly Value[] {
  const [headLength, firstType] = varint(bytes, 0);
  const values: Value[] = [];
  let at = headLength;
  for (let typeAt = firstType; typeAt < headLength; ) {
    const [type, next] = varint(bytes, typeAt);
    typeAt = next;
    const length = valueLength(type);
    values.push(readValue(bytes.subarray(at, at + length), type));
    at += length;
  }
  return values;
}

const lengths = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function valueLength(type: number): number {
  return type < 12 ? (lengths[type] ?? 0) : Math.floor((type - 12) / 2);
}

function readValue(bytes: Buffer, type: number): Value {
  if (type >= 13 && type % 2 === 1) return bytes.toString('utf8');
  if (type === 7) return bytes.readDoubleBE(0);
  if (type === 8 || type === 9) return type - 8;
  if (type === 6) return Number(bytes.readBigInt64BE(0));
  return type >= 1 && type <= 5 ? bytes.readIntBE(0, bytes.length) : null;
}

/** A number of 1 to 9 bytes and where it ends. Throws RangeError past the end. */
function varint(bytes: Buffer, at: number): readonly [number, number] {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes.readUInt8(at + index);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + index + 1];
  }
  return [value * 256 + bytes.readUInt8(at + 8), at + 9];
}
