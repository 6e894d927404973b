/** Bits of a report payload, least significant first (USB HID 1.11, 8.4). */

/** JavaScript shifts 32 bits; no key or lamp is wider. Higher bits of a wider field are not read. */
const widthMax = 32;

/** The unsigned value of `size` bits from `offset`; bits beyond the payload read as 0. */
export function readBits(payload: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let bit = 0; bit < Math.min(size, widthMax); bit += 1) {
    const at = offset + bit;
    if ((((payload[at >> 3] ?? 0) >> (at & 7)) & 1) === 1) value += 2 ** bit;
  }
  return value;
}

/** Sets bit `offset` of `payload` in place. */
export function writeBit(payload: Uint8Array, offset: number, isSet: boolean): void {
  const byte = payload[offset >> 3];
  if (byte === undefined) return;
  const mask = 1 << (offset & 7);
  payload[offset >> 3] = isSet ? byte | mask : byte & ~mask;
}
