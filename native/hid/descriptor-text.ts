import { descriptorInDump } from './descriptor-dump.ts';

/**
 * The forms in which a technician has a report descriptor at hand: binary (a copy of sysfs `report_descriptor`), hex text
 * (with or without `0x`, commas, `//` comments), what some tool printed (descriptor-dump.ts), JSON `{"descriptor_hex": "…"}`
 * as in our recordings, or a JSON array of byte values.
 */

/** 16 characters of text a byte of the longest descriptor, comments included, and as much again. Also bounds memory. */
export const descriptorTextMax = 128 * 1024;

export type DescriptorInput =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array; readonly form: 'binary' | 'hex' | 'json' | 'dump' }
  | { readonly kind: 'error'; readonly code: 'too-long' | 'bad-json' | 'bad-hex'; readonly message: string };

/** Recognises the form and gives the descriptor's bytes. Empty input is an empty descriptor, for the parser to refuse. */
export function readDescriptorInput(input: Uint8Array): DescriptorInput {
  if (input.length > descriptorTextMax) {
    const message = `The input has ${input.length} bytes; at most ${descriptorTextMax} are read.`;
    return { kind: 'error', code: 'too-long', message };
  }
  if (!isText(input)) return { kind: 'ok', bytes: input, form: 'binary' };
  const text = new TextDecoder().decode(input).trim();
  if (text.startsWith('{')) return fromJson(text);
  const list = text.startsWith('[') ? byteList(text) : undefined;
  if (list !== undefined) return list;
  const hex = fromHex(text, 'hex');
  if (hex.kind === 'ok') return hex;
  const dumped = descriptorInDump(text);
  return dumped === undefined ? hex : { kind: 'ok', bytes: dumped, form: 'dump' };
}

/** Undefined: no JSON, so it may be hex in brackets. */
function byteList(text: string): DescriptorInput | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isByte = (byte: unknown): byte is number =>
    typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255;
  if (Array.isArray(value) && value.every(isByte)) return { kind: 'ok', bytes: Uint8Array.from(value), form: 'json' };
  return { kind: 'error', code: 'bad-json', message: 'The JSON is a list of something else than byte values.' };
}

function isText(input: Uint8Array): boolean {
  // Hex text and JSON are printable ASCII, or UTF-8 in a JSON string. Every descriptor that has a field contains
  // control bytes (0x15 0x00, 0x25 0x01, 0x81 0x02, 0x75 0x01).
  const isPrintable = (byte: number): boolean => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  if (!input.every(isPrintable)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(input);
    return true;
  } catch {
    return false; // Not UTF-8: it says what it is by being refused here.
  }
}

function fromJson(text: string): DescriptorInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'error', code: 'bad-json', message: `The input looks like JSON and is not: ${String(error)}` };
  }
  const hex =
    typeof value === 'object' && value !== null && 'descriptor_hex' in value ? value.descriptor_hex : undefined;
  if (typeof hex !== 'string') {
    return { kind: 'error', code: 'bad-json', message: 'The JSON has no text under "descriptor_hex".' };
  }
  return fromHex(hex, 'json');
}

function fromHex(text: string, form: 'hex' | 'json'): DescriptorInput {
  const digits = text
    .replace(/\/\/.*$|#.*$/gm, '')
    .replace(/\b0x|\\x/gi, '')
    .replace(/[\s,:;{}[\]()-]/g, '');
  const stray = /[^0-9a-fA-F]/.exec(digits);
  if (stray !== null) {
    return { kind: 'error', code: 'bad-hex', message: `"${stray[0]}" is not a hexadecimal digit.` };
  }
  if (digits.length % 2 !== 0) {
    return { kind: 'error', code: 'bad-hex', message: `${digits.length} hexadecimal digits are not whole bytes.` };
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
  }
  return { kind: 'ok', bytes, form };
}
