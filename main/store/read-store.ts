import { existsSync, rmSync } from 'node:fs';
import { type Connection, connect, sqliteCode } from './connection.ts';
import { takeExclusiveLock } from './exclusive-lock.ts';
import { inspect, secondName } from './inspect.ts';
import { migrations } from './migrate.ts';
import { type StoreError, storeError } from './store-error.ts';

/** A store that is only read. */
export interface ReadableStore {
  readonly connection: Connection;
  close(): void;
}

/** The store to read, or why not. */
export type ReadOutcome =
  | { readonly kind: 'open'; readonly store: ReadableStore }
  | { readonly kind: 'refused'; readonly error: StoreError };

/**
 * Opens a store for a technician to look into, without changing a byte of it. While a seat has it open it is read beside
 * that seat, as the write-ahead log allows; otherwise it is looked at as `openStore` would, and read under a second name.
 */
export function readStore(path: string, key: Uint8Array): ReadOutcome {
  if (!existsSync(path)) return refused(path, 'there is no such file');
  const taken = takeExclusiveLock(`${path}.lock`);
  if (taken.kind === 'cannot') return refused(path, taken.detail);
  if (taken.kind === 'taken') return readBeside(path, key);
  const found = inspect(path, key, migrations);
  if (found.kind === 'refused') {
    taken.lock.release();
    return found;
  }
  const view = `${path}.read`;
  const connection = connect(secondName(path, view), key, 'read');
  const close = (): void => {
    connection.close();
    rmSync(view, { recursive: true, force: true });
    taken.lock.release();
  };
  return { kind: 'open', store: { connection, close } };
}

function readBeside(path: string, key: Uint8Array): ReadOutcome {
  try {
    const connection = connect(path, key, 'read');
    connection.pragma('user_version');
    return { kind: 'open', store: { connection, close: () => connection.close() } };
  } catch (cause) {
    const code = sqliteCode(cause) === 'SQLITE_NOTADB' ? 'wrong-key' : 'cannot-open';
    return { kind: 'refused', error: storeError(code, path, cause instanceof Error ? cause.message : String(cause)) };
  }
}

function refused(path: string, detail: string): ReadOutcome {
  return { kind: 'refused', error: storeError('cannot-open', path, detail) };
}
