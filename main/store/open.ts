import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { backUp } from './backup.ts';
import { type Connection, connect, harden, sqliteCode, tooOldVersion } from './connection.ts';
import { takeExclusiveLock } from './exclusive-lock.ts';
import { inspect, isPlain, type StoreCheck } from './inspect.ts';
import { latestVersion, type Migration, migrate, migrations } from './migrate.ts';
import { type StoreError, type StoreErrorCode, storeError } from './store-error.ts';
import { syncDirectory } from './sync-directory.ts';

/** The open database of one profile; the `-table.ts` files speak to its connection. */
export interface Store {
  readonly connection: Connection;
  readonly path: string;
  /** Whether the file was made just now. */
  readonly isNew: boolean;
  /** The copy made before migrations ran at this opening, or null when none did. */
  readonly backupPath: string | null;
  /** Moves what stands in the write-ahead log into the file; call it when the seat is idle. Throws when it can't all be. */
  checkpoint(): void;
  /** Ends the connection and lets go of the lock. */
  close(): void;
}

/** The store, or why it was refused; then its file is as it was, byte for byte. */
export type OpenOutcome =
  | { readonly kind: 'open'; readonly store: Store }
  | { readonly kind: 'refused'; readonly error: StoreError };

/** What opening a store needs. `key` is the profile's 32 bytes; `backups` is the folder for copies (default beside the file). */
export interface OpenRequest {
  readonly path: string;
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly backups?: string;
  /** Refuse instead of making a new file: a technician's command must not begin an empty log by a mistyped path. */
  readonly mustExist?: boolean;
  /** A last look before the file is opened for writing: a sentence refuses it as `set-back`. */
  readonly check?: StoreCheck;
  /** Up to which size every page is checked before it is opened (check-depth.ts); only tests say another. */
  readonly checkedWholeBytes?: number;
  /** Every migration, oldest first; only tests pass another list. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the one SQLite file of a profile: the only way in. A file that is there is first looked at without touching it
 * (lock, header, key, version, its pages: check-depth.ts); only a sound one is opened for writing, hardened, backed up and migrated.
 * A new file is made whole under another name and renamed, so a half-made one is never met.
 */
export function openStore(request: OpenRequest): OpenOutcome {
  const { path } = request;
  if (request.mustExist === true && !existsSync(path)) {
    return { kind: 'refused', error: storeError('cannot-open', path, 'there is no such file') };
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    return refusal(path, 'cannot-open', cause);
  }
  const taken = takeExclusiveLock(`${path}.lock`);
  if (taken.kind === 'taken') return { kind: 'refused', error: storeError('in-use', path, 'the lock is held') };
  if (taken.kind === 'cannot') return { kind: 'refused', error: storeError('cannot-open', path, taken.detail) };
  try {
    const outcome = openLocked(request, () => taken.lock.release());
    if (outcome.kind === 'refused') taken.lock.release();
    return outcome;
  } catch (cause) {
    taken.lock.release();
    const code = sqliteCode(cause);
    if (code === 'SQLITE_FULL' || isNoSpace(cause)) return refusal(path, 'disk-full', cause);
    if (code !== null || isFileError(cause)) return refusal(path, 'cannot-open', cause);
    throw cause;
  }
}

function openLocked(request: OpenRequest, release: () => void): OpenOutcome {
  const { path, key, now } = request;
  const list = request.migrations ?? migrations;
  const isNew = !existsSync(path);
  if (isNew && existsSync(`${path}-wal`)) {
    const error = storeError('torn-file', path, 'the file is missing; its write-ahead log is there');
    return { kind: 'refused', error };
  }
  if (isNew) createDatabase(path, key, list);
  const found = inspect(path, key, list, request.check, request.checkedWholeBytes);
  if (found.kind === 'refused') return found;

  const connection = connect(path, key, 'write');
  try {
    const refused = hardenOrRefuse(connection, path);
    if (refused !== null) {
      connection.close();
      return { kind: 'refused', error: refused };
    }
    const isBehind = found.version < latestVersion(list);
    const backups = request.backups ?? join(dirname(path), 'backups');
    const backupPath = isBehind ? backUp(connection, key, backups, found.version, now()) : null;
    migrate(connection, list);
    if (isPlain(path)) throw new Error('the database was written in clear: this must never happen');
    return { kind: 'open', store: storeOver(connection, path, isNew, backupPath, release) };
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

/**
 * Makes a new database in full under another name, then gives it its own: it is there whole, encrypted and durable, or
 * not at all. `fill` puts in what it is to hold. The caller holds the lock.
 */
export function createDatabase(
  path: string,
  key: Uint8Array,
  list: readonly Migration[] = migrations,
  fill: (connection: Connection) => void = () => {},
): void {
  const draft = `${path}.draft`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  const connection = connect(draft, key, 'create');
  try {
    const problem = harden(connection);
    if (problem !== null) throw new Error(problem);
    migrate(connection, list);
    fill(connection);
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    connection.close();
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
}

function hardenOrRefuse(connection: Connection, path: string): StoreError | null {
  const tooOld = tooOldVersion(connection);
  if (tooOld !== null) return storeError('sqlite-too-old', path, `SQLite ${tooOld}`);
  const problem = harden(connection);
  return problem === null ? null : storeError('setting-refused', path, problem);
}

const checkpointed = z.tuple([z.object({ busy: z.number() })]);

function storeOver(
  connection: Connection,
  path: string,
  isNew: boolean,
  backupPath: string | null,
  release: () => void,
): Store {
  return {
    connection,
    path,
    isNew,
    backupPath,
    checkpoint: () => {
      const [done] = checkpointed.parse(connection.pragma('wal_checkpoint(TRUNCATE)'));
      if (done.busy !== 0) throw new Error('somebody else reads the log');
    },
    close: () => {
      connection.close();
      release();
    },
  };
}

function refusal(path: string, code: StoreErrorCode, cause: unknown): OpenOutcome {
  return { kind: 'refused', error: storeError(code, path, cause instanceof Error ? cause.message : String(cause)) };
}

function isNoSpace(cause: unknown): boolean {
  return isFileError(cause) && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
}

/** An error of the file system, which carries its code. */
function isFileError(cause: unknown): cause is Error & { readonly code: string } {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && 'syscall' in cause;
}
