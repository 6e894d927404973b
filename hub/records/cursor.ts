/**
 * Cursors are opaque to who holds them: base64url of JSON. One of the feed names the hub it is of, so that a hub that
 * was made anew or set back to a copy is noticed instead of skipping what is new.
 */
export function makeCursor(value: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** What a cursor holds, or null when it is not one of ours. The caller checks the parts. */
export function readCursor(cursor: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
