import { truncateSync } from 'node:fs';
import { connectLock, sqliteCode } from './connection.ts';

/** A lock held by this process until released or until the process ends, however it ends. */
export interface ExclusiveLock {
  release(): void;
}

/** The lock, or why not: somebody alive has it, or its file can't be made. */
export type LockOutcome =
  | { readonly kind: 'held'; readonly lock: ExclusiveLock }
  | { readonly kind: 'taken' }
  | { readonly kind: 'cannot'; readonly detail: string };

/**
 * Takes an exclusive lock named by a file. SQLite's own file locks are used, with no content: they are right on Linux,
 * macOS and Windows, and the system drops them when the process dies, so there is no stale lock to guess about. What
 * stands in the file means nothing: bytes that some damage left there are emptied out.
 */
export function takeExclusiveLock(path: string): LockOutcome {
  try {
    return tryLock(path);
  } catch (cause) {
    if (!sqliteCode(cause)?.startsWith('SQLITE_NOTADB')) return whyNot(cause);
  }
  try {
    // A lock that is held is told as busy before the content is looked at: nobody has this one.
    truncateSync(path);
    return tryLock(path);
  } catch (cause) {
    return whyNot(cause);
  }
}

function tryLock(path: string): LockOutcome {
  const connection = connectLock(path);
  try {
    // Kept in memory, or a rollback journal would lie beside the lock.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('begin exclusive');
  } catch (cause) {
    connection.close();
    throw cause;
  }
  return { kind: 'held', lock: { release: () => connection.close() } };
}

function whyNot(cause: unknown): LockOutcome {
  if (sqliteCode(cause)?.startsWith('SQLITE_BUSY')) return { kind: 'taken' };
  return { kind: 'cannot', detail: cause instanceof Error ? cause.message : String(cause) };
}
