import { existsSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { takeExclusiveLock } from './exclusive-lock.ts';
import type { KeyError, KeyKeeper } from './profile-key.ts';
import type { ProfilePaths } from './profile-paths.ts';
import { quarantineFolder } from './quarantine.ts';
import { openOrMend, type RecoverOutcome } from './recover-store.ts';
import type { Reserve } from './reserve.ts';
import { type StoreError, storeError } from './store-error.ts';
import { syncDirectory } from './sync-directory.ts';

/** An open log and the key it is under, or why not. */
export type LogOutcome =
  | (Extract<RecoverOutcome, { readonly kind: 'open' }> & { readonly key: Uint8Array })
  | { readonly kind: 'refused'; readonly error: KeyError | StoreError };

/**
 * Opens the log of a profile with its key, mending what is damaged. When the key is gone for good (its file is missing or
 * damaged, or it is another one) the log it opened is set aside whole, with its side journal, and a new one is begun: the
 * agent can work, and nothing is thrown away. A key that only can't be had now (a locked key chain) is refused instead.
 */
export async function openLog(
  paths: ProfilePaths,
  keys: KeyKeeper,
  { newId, reserve }: { readonly newId: () => string; readonly reserve: Reserve },
): Promise<LogOutcome> {
  const request = {
    path: paths.database,
    now: Date.now,
    newId,
    backups: paths.backups,
    sideJournal: paths.sideJournal,
    quarantine: paths.quarantine,
    reserve,
  };
  const hasLog = existsSync(paths.database) || existsSync(paths.sideJournal);
  const keyed = await keys.key(hasLog);
  if (keyed.kind === 'key') {
    const opened = openOrMend({ ...request, key: keyed.key });
    if (opened.kind === 'open') return { ...opened, key: keyed.key };
    if (opened.error.code !== 'wrong-key') return opened;
  } else if (keyed.error.code !== 'missing' && keyed.error.code !== 'malformed') return keyed;
  const aside = setAside(paths, keyed.kind === 'refused' ? keyed.error.path : null);
  if (aside.kind === 'refused') return aside;
  const again = await keys.key(false);
  if (again.kind === 'refused') return again;
  const opened = openOrMend({ ...request, key: again.key });
  if (opened.kind === 'refused') return opened;
  const mended = { cause: 'key-lost', kept: 0, lost: 0, older: 0, copy: aside.name, areSecretsLost: true } as const;
  return { ...opened, key: again.key, mended };
}

/** Moves a log that no key opens into the quarantine; with it the damaged key file, if there is one. */
function setAside(
  paths: ProfilePaths,
  keyFile: string | null,
): { readonly kind: 'aside'; readonly name: string } | { readonly kind: 'refused'; readonly error: StoreError } {
  const refused = (code: 'in-use' | 'cannot-open', detail: string) =>
    ({ kind: 'refused', error: storeError(code, paths.database, detail) }) as const;
  const taken = takeExclusiveLock(`${paths.database}.lock`);
  if (taken.kind === 'taken') return refused('in-use', 'the lock is held');
  if (taken.kind === 'cannot') return refused('cannot-open', taken.detail);
  try {
    const name = quarantineFolder(paths.quarantine, 'key-lost', Date.now());
    const files = [paths.database, `${paths.database}-wal`, paths.sideJournal, keyFile];
    for (const file of files) {
      if (file !== null && existsSync(file)) renameSync(file, join(paths.quarantine, name, basename(file)));
    }
    syncDirectory(join(paths.quarantine, name));
    syncDirectory(paths.directory);
    return { kind: 'aside', name };
  } catch (cause) {
    return refused(
      'cannot-open',
      `setting the old log aside: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  } finally {
    taken.lock.release();
  }
}
