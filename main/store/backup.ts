import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, connect } from './connection.ts';
import { syncDirectory } from './sync-directory.ts';

/** How many backups are kept: enough to go back over a few updates, few enough not to fill a disk. */
const backupsMax = 5;

/** What every backup's name begins with. */
const prefix = 'hookline-version-';

/**
 * Copies an open database into a folder, encrypted with the same key, reads the copy back in full, and makes it durable
 * under its final name only then. Returns its path. Older backups beyond the newest five are removed.
 * Throws SQLite's or the file system's own error; the database is not changed.
 */
export function backUp(connection: Connection, key: Uint8Array, folder: string, version: number, at: number): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date(at).toISOString().replaceAll(':', '-');
  const path = join(folder, `${prefix}${String(version).padStart(4, '0')}-${stamp}.db`);
  const draft = `${path}.draft`;
  rmSync(draft, { force: true });
  connection.prepare('vacuum into ?').run(draft);
  readBack(draft, key);
  syncFile(draft);
  renameSync(draft, path);
  syncDirectory(folder);
  dropOldest(folder);
  return path;
}

/** A backup that can't be read is none. */
function readBack(path: string, key: Uint8Array): void {
  const copy = connect(path, key, 'read');
  try {
    const findings = copy.prepare('select * from pragma_quick_check').pluck().all().join('; ');
    if (findings !== 'ok') throw new Error(`the backup cannot be read back: ${findings.slice(0, 300)}`);
  } finally {
    copy.close();
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function dropOldest(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.db'));
  // By the time in the name, which follows the version.
  const byAge = names.toSorted((a, b) => (a.slice(prefix.length + 5) < b.slice(prefix.length + 5) ? -1 : 1));
  for (const name of byAge.slice(0, -backupsMax)) rmSync(join(folder, name), { force: true });
}
