import { RecordTooLarge } from '../records/write-edits.ts';

/**
 * Whether a write failed because of what was to be written (it will fail again), not because of the database (it may
 * not). A mistake of ours in applying an entry is of the first kind too: it must not stop a seat's journal.
 */
export function isFaultOfContent(cause: unknown): boolean {
  if (cause instanceof RecordTooLarge || cause instanceof TypeError || cause instanceof RangeError) return true;
  if (cause instanceof Error && cause.name === 'ZodError') return true;
  const code = codeOf(cause);
  if (code === null) return false;
  // SQL standard classes: 22 data exception, 23 integrity; 54 is PostgreSQL's "program limit exceeded" (a row too large).
  return /^(22|23|54)[0-9A-Z]{3}$/.test(code) || /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code);
}

/** The database's or system's own code of a failure (`23505`, `SQLITE_FULL`, `ECONNREFUSED`), or null. */
export function codeOf(cause: unknown): string | null {
  if (!(cause instanceof Error) || !('code' in cause)) return null;
  return typeof cause.code === 'string' ? cause.code.slice(0, 64) : null;
}
