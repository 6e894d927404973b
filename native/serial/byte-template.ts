/** One piece of a template: a byte, or a number or text with a name. */
type Piece =
  | { readonly kind: 'byte'; readonly byte: number }
  | { readonly kind: 'field'; readonly name: string; readonly format: string; readonly width: number };

/** Bytes with named places, as `A0 {n:u8} 01` or `'L' {n:dec2} '\r'`. */
export type ByteTemplate = { readonly pieces: readonly Piece[]; readonly length: number };

export type TemplateOutcome =
  | { readonly kind: 'ok'; readonly template: ByteTemplate }
  | { readonly kind: 'error'; readonly message: string };

/** The longest thing a profile sends or recognizes; a panel's command has a dozen bytes. */
export const templateLengthMax = 256;

/**
 * Reads a template: hex pairs, `'text'` (with `\r \n \t \\ \' \xHH`) and fields `{name:format}`. Formats: `u8`, `u16le`,
 * `u16be`, `u24le`, `u24be`, `u32le`, `u32be`; `dec1`…`dec9` decimal and `hex1`…`hex8` hex digits in ASCII, zeros in front.
 */
export function parseTemplate(source: string): TemplateOutcome {
  const pieces: Piece[] = [];
  let length = 0;
  let rest = source.trimStart();
  while (rest !== '') {
    const read = readPiece(rest);
    if (typeof read === 'string') return { kind: 'error', message: read };
    pieces.push(...read.pieces);
    length += read.pieces.reduce((total, piece) => total + (piece.kind === 'byte' ? 1 : piece.width), 0);
    if (length > templateLengthMax) return { kind: 'error', message: `longer than ${templateLengthMax} bytes` };
    rest = rest.slice(read.taken).trimStart();
  }
  return pieces.length === 0
    ? { kind: 'error', message: 'no bytes are given' }
    : { kind: 'ok', template: { pieces, length } };
}

/** The names of the fields of a template. */
export function fieldNames(template: ByteTemplate): readonly string[] {
  return template.pieces.flatMap((piece) => (piece.kind === 'field' ? [piece.name] : []));
}

/** Fills in the fields. Undefined: a value has no place in its field, or is missing. */
export function fillTemplate(
  template: ByteTemplate,
  values: Readonly<Record<string, number>>,
): Uint8Array<ArrayBuffer> | undefined {
  const bytes: number[] = [];
  for (const piece of template.pieces) {
    if (piece.kind === 'byte') {
      bytes.push(piece.byte);
      continue;
    }
    const value = Object.hasOwn(values, piece.name) ? values[piece.name] : undefined;
    const written = value === undefined ? undefined : writeField(piece.format, piece.width, value);
    if (written === undefined) return undefined;
    bytes.push(...written);
  }
  return Uint8Array.from(bytes);
}

/** Reads the fields out of bytes that fit the template from first to last; undefined when they don't. */
export function matchTemplate(template: ByteTemplate, bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  if (bytes.length !== template.length) return undefined;
  const fields = new Map<string, string>();
  let at = 0;
  for (const piece of template.pieces) {
    if (piece.kind === 'byte') {
      if (bytes[at] !== piece.byte) return undefined;
      at += 1;
      continue;
    }
    const value = readField(piece.format, bytes.subarray(at, at + piece.width));
    if (value === undefined) return undefined;
    fields.set(piece.name, value);
    at += piece.width;
  }
  return fields;
}

const controlLetters: Readonly<Record<string, number>> = { r: 0x0d, n: 0x0a, t: 0x09, 0: 0x00 };

function readPiece(rest: string): { readonly pieces: readonly Piece[]; readonly taken: number } | string {
  if (rest.startsWith("'")) return readQuoted(rest);
  if (rest.startsWith('{')) {
    const found = /^\{([a-z_]\w{0,15}):(u8|u16le|u16be|u24le|u24be|u32le|u32be|dec[1-9]|hex[1-8])\}/i.exec(rest);
    if (found === null) return `${rest.slice(0, 20)}: a field is written {name:format}, as {n:u8} or {n:dec2}`;
    const format = found[2] ?? '';
    const digits = Number(/\d+/.exec(format)?.[0]);
    const width = format.startsWith('u') ? digits / 8 : digits;
    return { pieces: [{ kind: 'field', name: found[1] ?? '', format, width }], taken: found[0].length };
  }
  const hex = /^[0-9a-f]{2}/i.exec(rest)?.[0];
  if (hex === undefined) {
    return `${rest.slice(0, 12)}: bytes are pairs of hex digits, text stands in single quotes, fields in braces`;
  }
  return { pieces: [{ kind: 'byte', byte: Number.parseInt(hex, 16) }], taken: 2 };
}

function readQuoted(rest: string): { readonly pieces: readonly Piece[]; readonly taken: number } | string {
  const found = /^'((?:[^'\\]|\\.)*)'/s.exec(rest);
  if (found === null) return `${rest.slice(0, 12)}: the closing quote is missing`;
  const pieces: Piece[] = [];
  const inner = found[1] ?? '';
  for (const [part, hex, letter, plain] of inner.matchAll(/\\x([0-9a-f]{2})|\\(.)|([^\\])/gis)) {
    const code = hex === undefined ? (plain ?? letter ?? '').charCodeAt(0) : Number.parseInt(hex, 16);
    const control = letter !== undefined && Object.hasOwn(controlLetters, letter) ? controlLetters[letter] : undefined;
    if (letter !== undefined && control === undefined && /[a-z0-9]/i.test(letter)) return `${part} is not understood`;
    const byte = control ?? code;
    if (byte > 0xff) return `${part} is no single byte; write its bytes in hex`;
    pieces.push({ kind: 'byte', byte });
  }
  return pieces.length === 0 ? 'an empty text in quotes' : { pieces, taken: found[0].length };
}

function writeField(format: string, width: number, value: number): readonly number[] | undefined {
  if (!Number.isInteger(value) || value < 0) return undefined;
  if (format.startsWith('u')) {
    if (value >= 256 ** width) return undefined;
    const little = Array.from({ length: width }, (_, index) => Math.floor(value / 256 ** index) % 256);
    return format.endsWith('be') ? little.reverse() : little;
  }
  const text = value.toString(format.startsWith('hex') ? 16 : 10).toUpperCase();
  if (text.length > width) return undefined;
  return Array.from(text.padStart(width, '0'), (char) => char.charCodeAt(0));
}

function readField(format: string, bytes: Uint8Array): string | undefined {
  if (format.startsWith('u')) {
    const big = format.endsWith('be') ? [...bytes] : [...bytes].reverse();
    return String(big.reduce((total, byte) => total * 256 + byte, 0));
  }
  const text = String.fromCharCode(...bytes);
  return (format.startsWith('hex') ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(text) ? text : undefined;
}
