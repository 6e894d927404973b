import { bytesBehindOffsets, descriptorInDump, isDescriptor } from './descriptor-dump.ts';

/**
 * The forms in which a technician has a report descriptor at hand: binary (a copy of sysfs `report_descriptor`), hex text
 * (with or without `0x`, commas, comments, an array in C around it), what some tool printed (descriptor-dump.ts), base64,
 * JSON `{"descriptor_hex": "…"}` as in our recordings, or a JSON array of byte values.
 */

/** 16 characters of text a byte of the longest descriptor, comments included, and as much again. Also bounds memory. */
export const descriptorTextMax = 128 * 1024;

export type DescriptorInput =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array; readonly form: 'binary' | 'hex' | 'json' | 'dump' | 'base64' }
  | { readonly kind: 'error'; readonly code: 'too-long' | 'bad-json' | 'bad-hex'; readonly message: string };

/** Recognises the form and gives the descriptor's bytes. Empty input is an empty descriptor, for the parser to refuse. */
export function readDescriptorInput(input: Uint8Array): DescriptorInput {
  if (input.length > descriptorTextMax) {
    const message = `The input has ${input.length} bytes; at most ${descriptorTextMax} are read.`;
    return { kind: 'error', code: 'too-long', message };
  }
  // What PowerShell writes with `>`. No descriptor begins with these bytes: they would be an item nobody uses.
  const isWide = input[0] === 0xff && input[1] === 0xfe;
  if (!isWide && !isText(input)) return { kind: 'ok', bytes: input, form: 'binary' };
  return readText(new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(input).trim());
}

function readText(text: string): DescriptorInput {
  if (text.startsWith('{')) return fromJson(text);
  const list = text.startsWith('[') ? byteList(text) : undefined;
  if (list !== undefined) return list;
  const bare = withoutComments(text);
  const behind = bytesBehindOffsets(bare);
  if (behind !== undefined) return { kind: 'ok', bytes: behind, form: 'dump' };
  const hex = fromHex(bare, 'hex');
  if (hex.kind === 'ok') return hex;
  const array = /\{([^{}]*)\}/.exec(bare)?.[1];
  const inArray = array === undefined ? hex : fromHex(array, 'hex');
  if (inArray.kind === 'ok') return inArray;
  const dumped = descriptorInDump(bare);
  if (dumped !== undefined) return { kind: 'ok', bytes: dumped, form: 'dump' };
  return fromBase64(text) ?? hex;
}

/** Without what stands between slash-star and star-slash: the comments of C. Linear, also when none is ever closed. */
function withoutComments(text: string): string {
  const [first = '', ...rest] = text.split('/*');
  return [first, ...rest.map((piece) => (piece.includes('*/') ? piece.slice(piece.indexOf('*/') + 2) : ''))].join(' ');
}

function fromBase64(text: string): DescriptorInput | undefined {
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(text)) return undefined;
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return isDescriptor(bytes) ? { kind: 'ok', bytes, form: 'base64' } : undefined;
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
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
  const named = (isName: (name: string) => boolean): unknown =>
    entries.find(([name, held]) => isName(name) && (typeof held === 'string' || Array.isArray(held)))?.[1];
  const held = named((name) => name === 'descriptor_hex') ?? named((name) => /descriptor/i.test(name));
  if (typeof held === 'string') return fromHex(held, 'json');
  const list = held === undefined ? undefined : byteList(JSON.stringify(held));
  return list ?? { kind: 'error', code: 'bad-json', message: 'The JSON has no text under "descriptor_hex".' };
}

function fromHex(text: string, form: 'hex' | 'json'): DescriptorInput {
  const digits = text
    .replace(/\/\/.*$|#.*$/gm, '')
    .replace(/\b0x|\\x/gi, '')
    .replace(/\b([0-9a-f]{2})h\b/gi, '$1')
    .replace(/[\s,:;{}[\]()"'-]/g, '');
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
