import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import {
  busyTimeoutMs,
  durableSettings,
  isAtLeast,
  refusedSetting,
  type SqliteSetting,
  sqliteVersionMin,
} from '../../core/durable-sqlite.ts';

/** An open connection to a SQLite file. */
export type Connection = Database.Database;

/** A profile's key is 32 bytes. */
export const keyLength = 32;

/**
 * The 16 bytes an encrypted file of this key begins with. SQLCipher keeps its salt there; ours is derived from the key,
 * so a file says by itself whether a key is the one it was made with, and a damaged first page is told from a wrong key.
 * The key is 256 random bits, so a salt that depends on it gives nothing away.
 */
export function fileSalt(key: Uint8Array): Buffer {
  return createHash('sha256').update('hookline store salt 1').update(key).digest().subarray(0, 16);
}

/**
 * Connects to an encrypted file (SQLCipher 4: AES-256-CBC and HMAC-SHA512 a page) with a raw key. Reads nothing yet:
 * a wrong key shows at the first statement. Only `store/` may call it; the rest of the seat goes through `openStore`.
 */
export function connect(path: string, key: Uint8Array, access: 'read' | 'write' | 'create'): Connection {
  if (key.length !== keyLength) throw new Error(`a profile's key has ${keyLength} bytes, not ${key.length}`);
  const connection = new Database(path, {
    readonly: access === 'read',
    fileMustExist: access !== 'create',
    timeout: busyTimeoutMs,
  });
  const raw = Buffer.concat([key, fileSalt(key)]).toString('hex');
  connection.pragma(`cipher = 'sqlcipher'`);
  connection.pragma(`key = "x'${raw}'"`);
  return connection;
}

/** Connects to a plain file used as a lock: it never holds any content. Fails at once when the lock is taken. */
export function connectLock(path: string): Connection {
  return new Database(path, { timeout: 0 });
}

/** SQLite's own name for what went wrong (`SQLITE_FULL`), or null when it was not SQLite that failed. */
export function sqliteCode(cause: unknown): string | null {
  return cause instanceof Database.SqliteError ? cause.code : null;
}

/** What is not to be written beside the encrypted file stays in memory. */
const settings: readonly SqliteSetting[] = [...durableSettings, { name: 'temp_store', value: 'MEMORY', reads: 2 }];

/** Makes every setting and reads it back. Returns the first one that SQLite did not take, or null. */
export function harden(connection: Connection): string | null {
  return refusedSetting(settings, (text) => connection.pragma(text, { simple: true }));
}

/** Every setting as it stands now, by name: what a test or a technician compares with the promise. */
export function settingsNow(connection: Connection): ReadonlyMap<string, unknown> {
  return new Map(settings.map(({ name }) => [name, connection.pragma(name, { simple: true })]));
}

/** Null when the SQLite of this build is new enough, else its version. */
export function tooOldVersion(connection: Connection): string | null {
  const version = String(connection.prepare('select sqlite_version()').pluck().get());
  return isAtLeast(version, sqliteVersionMin) ? null : version;
}
