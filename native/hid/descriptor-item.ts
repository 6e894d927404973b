/** The items of a HID report descriptor (USB HID 1.11, 6.2.2.2 and 6.2.2.3): bytes to one item at a time. */

export type DescriptorErrorCode =
  | 'empty'
  | 'too-long'
  | 'cut-item'
  | 'open-collection'
  | 'stray-end-collection'
  | 'nested-too-deep'
  | 'stray-pop'
  | 'pushed-too-deep'
  | 'bad-report-id'
  | 'report-too-long'
  | 'bad-delimiter';

export type DescriptorError = {
  readonly kind: 'error';
  readonly code: DescriptorErrorCode;
  /** A sentence for a technician. */
  readonly message: string;
  /** Of the byte where it was noticed. */
  readonly offset: number;
};

export type ShortItem = {
  readonly kind: 'short';
  readonly type: number;
  readonly tag: number;
  /** 0, 1, 2 or 4 */
  readonly size: number;
  readonly unsigned: number;
  readonly signed: number;
  readonly end: number;
};
type Item = ShortItem | { readonly kind: 'long'; readonly end: number } | DescriptorError;

const longItemPrefix = 0xfe;
const shortItemSizes = [0, 1, 2, 4] as const;

/** The item at `offset`: one item a call, never beyond the end of the bytes. */
export function readItem(bytes: Uint8Array, offset: number): Item {
  const prefix = bytes[offset] ?? 0;
  if (prefix === longItemPrefix) {
    const length = bytes[offset + 1];
    const end = offset + 3 + (length ?? 0);
    if (length === undefined || end > bytes.length) return cutItem(offset);
    return { kind: 'long', end };
  }
  const size = shortItemSizes[prefix & 3] ?? 0;
  const end = offset + 1 + size;
  if (end > bytes.length) return cutItem(offset);
  let unsigned = 0;
  for (let index = size; index > 0; index -= 1) unsigned = unsigned * 256 + (bytes[offset + index] ?? 0);
  const signed = signExtended(unsigned, size * 8);
  return { kind: 'short', type: (prefix >> 2) & 3, tag: prefix >> 4, size, unsigned, signed, end };
}

/** `value`, an unsigned number of `bits` bits, read as two's complement. */
export function signExtended(value: number, bits: number): number {
  return bits > 0 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

function cutItem(offset: number): DescriptorError {
  return failure('cut-item', `The item at byte ${offset} is cut off by the end of the descriptor.`, offset);
}

/** An error value of the descriptor reader. */
export function failure(code: DescriptorErrorCode, message: string, offset: number): DescriptorError {
  return { kind: 'error', code, message, offset };
}
