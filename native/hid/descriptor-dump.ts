import { parseReportDescriptor } from './report-descriptor.ts';

/**
 * Report descriptors out of what tools print: bytes between sentences, offsets before them or their meaning beside them,
 * sometimes twice. Known: hid-recorder and hid-decode (`R: 94 05 01 …`), usbhid-dump, hexdump -C, xxd, Apple's USB Prober,
 * mac-hid-dump, the descriptor tool of usb.org (`Usage (Mouse) 09 02`), and the text that parsers of the web give back.
 */

/** The bytes of the first descriptor in a dump; undefined where none can be read. Work is linear in the text. */
export function descriptorInDump(text: string): Uint8Array | undefined {
  return blocksOf(text)
    .map((block) => Uint8Array.from(block))
    .find(isDescriptor);
}

/** Whether these bytes can be read as a descriptor and hold something. */
export function isDescriptor(bytes: Uint8Array): boolean {
  const parsed = parseReportDescriptor(bytes);
  return parsed.kind === 'ok' && parsed.collections.length > 0;
}

/**
 * What `hexdump` and `od` print: an offset without a colon, then bytes or words of two bytes, low byte first. Undefined for
 * all else. Such text is hex digits throughout, so it must be known before it is read as hex: no descriptor begins with
 * the zeros of the first offset.
 */
export function bytesBehindOffsets(text: string): Uint8Array | undefined {
  const lines = text.split(/\r?\n/).map((line) => (line.split(/[>|]/, 1)[0] ?? '').trim());
  if (!/^0{6,8}\s/.test(lines[0] ?? '')) return undefined;
  const bytes: number[] = [];
  let isWords = false;
  for (const line of lines) {
    const [, ...words] = line.split(/\s+/);
    for (const word of words) {
      if (!/^(?:[0-9a-f]{2}){1,2}$/i.test(word)) return undefined;
      const value = Number.parseInt(word, 16);
      isWords ||= word.length === 4;
      bytes.push(value & 0xff, ...(word.length === 4 ? [value >>> 8] : []));
    }
  }
  // A word is filled up with a zero; the offset alone at the end is the true length. od counts in octal.
  const end = lines.findLast((line) => line !== '') ?? '';
  const length = Number.parseInt(end, /^0{4,6}20\s/.test(lines[1] ?? '') ? 8 : 16);
  return Uint8Array.from(isWords && length === bytes.length - 1 ? bytes.slice(0, -1) : bytes);
}

type LineKind = 'record' | 'offset' | 'bytes' | 'meaning';
type Line = { readonly kind: LineKind; readonly bytes: readonly number[] };

/** Lines of one kind that follow each other, empty ones passed over; a sentence ends a block. */
function blocksOf(text: string): readonly (readonly number[])[] {
  const blocks: number[][] = [];
  let kind: LineKind | undefined;
  for (const line of text.split(/\r?\n/)) {
    const bare = line.replace(/\/\/.*$/, '').trim();
    if (bare === '') continue;
    const read = readLine(bare);
    if (read === undefined) {
      kind = undefined;
      continue;
    }
    if (read.kind !== kind || read.kind === 'record') blocks.push([]);
    kind = read.kind;
    blocks.at(-1)?.push(...read.bytes);
  }
  return blocks;
}

function readLine(line: string): Line | undefined {
  const record = /^R:\s+\d+\s+(.*)$/.exec(line)?.[1];
  if (record !== undefined) return lineOf('record', record);
  const offset = /^(?:.*\s)?[0-9a-f]{4,8}:\s+(.*)$/i.exec(line)?.[1] ?? /^[0-9a-f]{7,8}\s\s(.*)$/i.exec(line)?.[1];
  if (offset !== undefined) return lineOf('offset', withoutCharacters(offset));
  return lineOf('bytes', line) ?? lineOf('meaning', /[)a-z]\s+((?:[0-9A-F]{2}\s*)+)$/.exec(line)?.[1] ?? '');
}

/** Cuts the column of characters off: hexdump's stands between bars, xxd's behind two spaces. */
function withoutCharacters(bytes: string): string {
  const plain = (bytes.split('|', 1)[0] ?? '').trimEnd();
  return /^[0-9a-f]{4}\s/i.test(plain)
    ? plain.replace(/\s\s.*$/, '').replace(/([0-9a-f]{2})(?=[0-9a-f])/gi, '$1 ')
    : plain;
}

function lineOf(kind: LineKind, text: string): Line | undefined {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0 || !words.every((word) => /^(?:0x)?[0-9a-f]{2}$/i.test(word))) return undefined;
  return { kind, bytes: words.map((word) => Number.parseInt(word, 16)) };
}
