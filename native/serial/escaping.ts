/** The two framings in which bytes of a message are escaped, both ways (RFC 1055; DLE STX … DLE ETX). */
export type Escaping = 'slip' | 'dle';

const [slipEnd, slipEscape, slipEscapedEnd, slipEscapedEscape] = [0xc0, 0xdb, 0xdc, 0xdd] as const;
const [dle, stx, etx] = [0x10, 0x02, 0x03] as const;

/** What stands between two ends of SLIP; undefined: an escape is followed by what none knows. */
export function unpackSlip(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const plain: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== slipEscape) plain.push(byte);
    else {
      at += 1;
      if (bytes[at] !== slipEscapedEnd && bytes[at] !== slipEscapedEscape) return undefined;
      plain.push(bytes[at] === slipEscapedEnd ? slipEnd : slipEscape);
    }
  }
  return Uint8Array.from(plain);
}

/** A message as it goes on the wire: escaped, between its marks. */
export function wrapped(escaping: Escaping, plain: Uint8Array): Uint8Array<ArrayBuffer> {
  if (escaping === 'dle') {
    return Uint8Array.from([dle, stx, ...[...plain].flatMap((byte) => (byte === dle ? [dle, dle] : [byte])), dle, etx]);
  }
  const inner = [...plain].flatMap((byte) => {
    if (byte === slipEnd) return [slipEscape, slipEscapedEnd];
    return byte === slipEscape ? [slipEscape, slipEscapedEscape] : [byte];
  });
  return Uint8Array.from([slipEnd, ...inner, slipEnd]);
}

/** A command without the marks and escapes its author may have written; without marks it is the message itself. */
export function unwrapped(escaping: Escaping, bytes: Uint8Array): Uint8Array {
  if (escaping === 'slip') {
    if (bytes.length < 2 || bytes[0] !== slipEnd || bytes.at(-1) !== slipEnd) return bytes;
    const inner = bytes.subarray(1, -1);
    return unpackSlip(inner) ?? inner;
  }
  const hasMarks = bytes[0] === dle && bytes[1] === stx && bytes.at(-2) === dle && bytes.at(-1) === etx;
  if (bytes.length < 4 || !hasMarks) return bytes;
  const inner = bytes.subarray(2, -2);
  return undoubled(inner) ?? inner;
}

/** Undefined: a DLE stands alone, so none was doubled. */
function undoubled(bytes: Uint8Array): Uint8Array | undefined {
  const plain: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === dle) {
      at += 1;
      if (bytes[at] !== dle) return undefined;
    }
    plain.push(bytes[at] ?? 0);
  }
  return Uint8Array.from(plain);
}
