import { z } from 'zod';

/**
 * Where a frame carries which check. Positions count from the first byte of the frame, negative ones from behind its last
 * (-1 is the last byte); `to` is the last byte that is summed, itself included.
 * - `sum8`: sum of the bytes, low 8 bits. `negSum8` and `lrc` (ISO 1155, Modbus ASCII): its two's complement. `xor8`: all xored.
 * - `crc8`: polynomial 07, start 00 (SMBus). `crc16modbus`: 8005 reflected, start FFFF. `crc16ccitt`: 1021, start FFFF.
 *   `crc16x`: 1021, start 0000 (XMODEM).
 */
export const checksumRule = z.strictObject({
  kind: z.enum(['none', 'sum8', 'negSum8', 'xor8', 'lrc', 'crc8', 'crc16modbus', 'crc16ccitt', 'crc16x']),
  from: z.int().min(-256).max(255).default(0),
  to: z.int().min(-256).max(255).default(-2),
  at: z.int().min(-256).max(255).default(-1),
  /** `hexAscii`: two characters a byte, as in Modbus ASCII and NMEA lines. */
  encoding: z.enum(['raw', 'hexAscii']).default('raw'),
  endian: z.enum(['le', 'be']).default('le'),
  /** What to do with a frame whose check is wrong: say nothing, or answer with `ack.nak`. */
  onBad: z.enum(['drop', 'nak']).default('drop'),
  /** Whether both sides send the check or one side alone. */
  appliesTo: z.enum(['both', 'rx', 'tx']).default('both'),
});
export type ChecksumRule = z.infer<typeof checksumRule>;

/** Whether a received frame carries the right check. A frame too short for it does not. */
export function isSealed(rule: ChecksumRule, frame: Uint8Array): boolean {
  if (rule.kind === 'none' || rule.appliesTo === 'tx') return true;
  const place = placeOf(rule, frame.length);
  if (place === undefined) return false;
  const expected = checkBytes(rule, frame.subarray(place.from, place.to + 1));
  return expected.every((byte, index) => {
    const got = frame[place.at + index];
    // Hex digits of either case.
    return rule.encoding === 'hexAscii' ? upper(got) === byte : got === byte;
  });
}

/** The frame with its check put in. Undefined: too short to hold one where the rule says. */
export function seal(rule: ChecksumRule, bytes: Uint8Array): Uint8Array | undefined {
  if (rule.kind === 'none' || rule.appliesTo === 'rx') return bytes;
  const width = widthOf(rule);
  const length = bytes.length + width;
  const place = placeOf(rule, length);
  if (place === undefined) return undefined;
  const frame = new Uint8Array(length);
  frame.set(bytes.subarray(0, place.at));
  frame.set(bytes.subarray(place.at), place.at + width);
  frame.set(checkBytes(rule, frame.subarray(place.from, place.to + 1)), place.at);
  return frame;
}

function placeOf(rule: ChecksumRule, length: number) {
  const place = (position: number): number => (position < 0 ? length + position : position);
  const [from, to, at] = [place(rule.from), place(rule.to), place(rule.at)];
  const isInside = from >= 0 && to >= from && to < length && at >= 0 && at + widthOf(rule) <= length;
  // A check that sums itself is never right.
  return isInside && (at > to || at + widthOf(rule) <= from) ? { from, to, at } : undefined;
}

function widthOf(rule: ChecksumRule): number {
  return (rule.kind.startsWith('crc16') ? 2 : 1) * (rule.encoding === 'hexAscii' ? 2 : 1);
}

function checkBytes(rule: ChecksumRule, bytes: Uint8Array): Uint8Array {
  const value = checkOf(rule.kind, bytes);
  const high = value >> 8;
  const isWide = rule.kind.startsWith('crc16');
  const raw = isWide ? (rule.endian === 'le' ? [value & 0xff, high] : [high, value & 0xff]) : [value];
  if (rule.encoding === 'raw') return Uint8Array.from(raw);
  const text = raw.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function checkOf(kind: ChecksumRule['kind'], bytes: Uint8Array): number {
  const sum = (): number => bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
  switch (kind) {
    case 'none':
      return 0;
    case 'sum8':
      return sum();
    case 'negSum8':
    case 'lrc':
      return -sum() & 0xff;
    case 'xor8':
      return bytes.reduce((total, byte) => total ^ byte, 0);
    case 'crc8':
      return bytes.reduce((crc, byte) => shifted(crc ^ byte, 0x80, 0x07, 0xff), 0);
    case 'crc16modbus':
      return bytes.reduce((crc, byte) => reflected(crc ^ byte), 0xffff);
    case 'crc16ccitt':
      return bytes.reduce((crc, byte) => shifted(crc ^ (byte << 8), 0x8000, 0x1021, 0xffff), 0xffff);
    case 'crc16x':
      return bytes.reduce((crc, byte) => shifted(crc ^ (byte << 8), 0x8000, 0x1021, 0xffff), 0);
  }
}

function shifted(start: number, topBit: number, polynomial: number, mask: number): number {
  let crc = start;
  for (let bit = 0; bit < 8; bit += 1) crc = ((crc & topBit) !== 0 ? (crc << 1) ^ polynomial : crc << 1) & mask;
  return crc;
}

function reflected(start: number): number {
  let crc = start;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) !== 0 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
}

function upper(byte: number | undefined): number | undefined {
  return byte !== undefined && byte >= 0x61 && byte <= 0x66 ? byte - 0x20 : byte;
}
