/** Bytes of an upload of tests, by its number and a place in it: the same wherever they are made. */
export function soundOf(number: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) {
    const at = from + index;
    bytes[index] = (at * 31 + (at >> 8) * 7 + number * 13) & 0xff;
  }
  return bytes;
}
