import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { checkEnds, endDoubt, isCheckedWhole } from './check-depth.ts';
import { type Connection, connect, fileSalt, sqliteCode } from './connection.ts';
import { applicationId, latestVersion, type Migration, versionOf } from './migrate.ts';
import { openPage, pageKeys, pageLength } from './recover-pages.ts';
import { type StoreError, type StoreErrorCode, storeError } from './store-error.ts';

/** What looking at a file found: it may be opened, or why not. */
export type Inspection =
  | { readonly kind: 'sound'; readonly version: number }
  | { readonly kind: 'refused'; readonly error: StoreError };

/** Looks at a sound file before it is opened for writing: null, or a sentence that says what it has lost. */
export type StoreCheck = (connection: Connection) => string | null;

/** The first 16 bytes of every SQLite file that is not encrypted. */
const plainHeader = Buffer.from('SQLite format 3\0', 'latin1');

/** How much of SQLite's findings on a damaged file are kept for the technician. */
const findingsLengthMax = 600;

/**
 * Looks at an existing file without changing a byte of it or of its write-ahead log. Even a reading connection would
 * rewrite the log's index beside the file, so the look is taken through a second name in a folder of its own.
 * The caller holds the store's lock: nobody writes meanwhile.
 */
export function inspect(
  path: string,
  key: Uint8Array,
  list: readonly Migration[],
  check: StoreCheck = () => null,
  checkedWholeBytes?: number,
): Inspection {
  const refused = (code: StoreErrorCode, detail: string): Inspection => ({
    kind: 'refused',
    error: storeError(code, path, detail),
  });
  const head = firstBytes(path);
  if (head.length === 0) return refused('torn-file', 'the file is empty');
  if (head.equals(plainHeader)) return refused('not-encrypted', 'the file begins with "SQLite format 3"');
  const view = `${path}.inspect`;
  try {
    const connection = connect(secondName(path, view), key, 'read');
    try {
      const isWhole = isCheckedWhole(path, checkedWholeBytes);
      const damage = isWhole ? quickCheck : (each: Connection) => checkEnds(path, key, each);
      const found = look(connection, list, { damage, check }, refused);
      if (isWhole && found.kind === 'sound') endDoubt(path);
      return found;
    } finally {
      connection.close();
    }
  } catch (cause) {
    const code = sqliteCode(cause);
    const detail = cause instanceof Error ? `${code ?? ''} ${cause.message}`.trim() : String(cause);
    if (code === 'SQLITE_NOTADB') return refused(isMadeWith(path, head, key) ? 'torn-file' : 'wrong-key', detail);
    if (code?.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_IOERR_READ') return refused('torn-file', detail);
    if (code === 'SQLITE_FULL') return refused('disk-full', detail);
    return refused('cannot-open', detail);
  } finally {
    rmSync(view, { recursive: true, force: true });
  }
}

/** Whether a file begins as a plain SQLite file: after opening ours it never may (Signal-Desktop issue 5467). */
export function isPlain(path: string): boolean {
  return firstBytes(path).equals(plainHeader);
}

function look(
  connection: Connection,
  list: readonly Migration[],
  checks: { readonly damage: StoreCheck; readonly check: StoreCheck },
  refused: (code: StoreErrorCode, detail: string) => Inspection,
): Inspection {
  const version = versionOf(connection);
  const latest = latestVersion(list);
  const mark = Number(connection.pragma('application_id', { simple: true }));
  if (mark !== applicationId) return refused('not-hookline', `application_id is ${mark}`);
  if (version > latest) return refused('future-database', `the file has version ${version}, this Hookline ${latest}`);
  const damage = checks.damage(connection);
  if (damage !== null) return refused('torn-file', damage.slice(0, findingsLengthMax));
  const setBack = version === latest ? checks.check(connection) : null;
  return setBack === null ? { kind: 'sound', version } : refused('set-back', setBack);
}

/** SQLite's check of every page and every row; it takes as long as the file is large. */
function quickCheck(connection: Connection): string | null {
  const findings = connection.prepare('select * from pragma_quick_check').pluck().all().join('; ');
  return findings === 'ok' ? null : findings;
}

/** How many pages are tried before a file is held to be of another key. */
const triedPagesMax = 64;

/**
 * Whether a file was made with a key, told when its first page no longer opens: it begins with the key's salt, or any
 * later page carries the key's mark. This is what tells a damaged file from a wrong key.
 */
function isMadeWith(path: string, head: Buffer, key: Uint8Array): boolean {
  if (head.equals(fileSalt(key))) return true;
  const keys = pageKeys(key);
  const file = openSync(path, 'r');
  try {
    const page = Buffer.alloc(pageLength);
    for (let number = 2; number <= triedPagesMax; number += 1) {
      if (readSync(file, page, 0, pageLength, (number - 1) * pageLength) < pageLength) return false;
      if (openPage(keys, page, number) !== null) return true;
    }
    return false;
  } finally {
    closeSync(file);
  }
}

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(plainHeader.length);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/**
 * Gives a file and its log a second name in a folder of their own (a copy where the file system knows no links), so that
 * reading leaves nothing beside the file itself. Returns that name; the caller removes the folder.
 */
export function secondName(path: string, folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const name = join(folder, basename(path));
  for (const suffix of ['', '-wal', '-journal']) {
    if (!existsSync(path + suffix)) continue;
    try {
      linkSync(path + suffix, name + suffix);
    } catch (cause) {
      if (!statSync(path + suffix).isFile()) throw cause;
      copyFileSync(path + suffix, name + suffix);
    }
  }
  return name;
}
