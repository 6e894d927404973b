/** Which bytes were asked for: `start` up to and without `end`. */
export type ByteRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  /** Nothing of it is there: 416. */
  | { readonly kind: 'unsatisfiable' };

/**
 * Reads a Range header for something of so many bytes (RFC 9110 section 14). Another unit, several ranges and what breaks
 * the grammar are answered with the whole, as the RFC allows and asks for.
 */
export function readByteRange(header: string | undefined, length: number): ByteRange {
  const [, first, last] = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') {
    const wanted = Number(last);
    if (wanted === 0 || length === 0) return { kind: 'unsatisfiable' };
    return { kind: 'part', start: Math.max(0, length - wanted), end: length };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  if (start >= length) return { kind: 'unsatisfiable' };
  return { kind: 'part', start, end: last === '' ? length : Math.min(Number(last) + 1, length) };
}
