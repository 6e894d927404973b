import { sqliteCode } from './connection.ts';
import type { Reserve } from './reserve.ts';

/** What came of a write. `written`: it is on disk. Otherwise nothing of it is there, and the caller can say so. */
export type WriteOutcome<Value> =
  | { readonly kind: 'written'; readonly value: Value }
  /** The disk is full, the reserve too. */
  | { readonly kind: 'disk-full'; readonly detail: string }
  /** The disk failed. What was written is not trusted: the seat says so and starts the store anew. */
  | { readonly kind: 'disk-failed'; readonly detail: string };

/**
 * Performs one transaction. On a full disk the reserve is given up and the write is tried once more: a call's log has
 * priority over sound. A failed sync is never tried again (after one, the system may have dropped the very pages).
 */
export function writeDurably<Value>(reserve: Reserve, transaction: () => Value): WriteOutcome<Value> {
  const first = attempt(transaction);
  if (first.kind !== 'disk-full' || !reserve.spend()) return first;
  return attempt(transaction);
}

function attempt<Value>(transaction: () => Value): WriteOutcome<Value> {
  try {
    return { kind: 'written', value: transaction() };
  } catch (cause) {
    const code = sqliteCode(cause);
    const detail = `${code ?? ''} ${cause instanceof Error ? cause.message : String(cause)}`;
    // SHMSIZE: the write-ahead log's index could not grow, which has no other cause than space.
    if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return { kind: 'disk-full', detail };
    if (code?.startsWith('SQLITE_IOERR') || code === 'SQLITE_READONLY') return { kind: 'disk-failed', detail };
    throw cause;
  }
}
