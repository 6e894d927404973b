import { existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chainKeyKeeper, fileKeyKeeper, type KeyOutcome } from '../store/profile-key.ts';
import { syncDirectoryLater } from '../store/sync-directory.ts';

/** The part of Electron's `safeStorage` that is used: the asynchronous one; the other is deprecated. */
export type SafeStorage = {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(text: string): Promise<Uint8Array>;
  decryptStringAsync(sealed: Buffer): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>;
  /** Linux only: `basic_text` means that no key ring was found and nothing is really protected. */
  getSelectedStorageBackend(): string;
};

/** Why the key lies in a bare file (0600) although Electron could have sealed it. */
export type SafeKeyWarning = 'no-key-ring' | 'basic-text-key-ring' | 'made-by-browser-shell';

/** What finding the key needs. */
export type SafeKeyRequest = {
  readonly storage: SafeStorage;
  readonly platform: string;
  readonly paths: { readonly key: string; readonly wrappedKey: string; readonly database: string };
};

/**
 * Finds the key of a profile, or makes one for a new profile. A sealed key that can't be opened is never replaced: with a
 * new key the whole log would be unreadable, which is how others have lost theirs. Where the system has no real key ring
 * (none, or Linux's `basic_text`), sealing would only look safe: the key stays in a file for its owner alone, and the
 * warning says so. A profile the browser shell has made keeps its file, so that both shells open it.
 */
export async function openSafeKey(
  request: SafeKeyRequest,
): Promise<{ readonly outcome: KeyOutcome; readonly warning: SafeKeyWarning | null }> {
  const { storage, paths } = request;
  const obstacle = await findObstacle(storage, request.platform);
  const hasDatabase = existsSync(paths.database);
  if (!existsSync(paths.wrappedKey) && (obstacle !== null || existsSync(paths.key))) {
    return { outcome: await fileKeyKeeper(paths.key).key(hasDatabase), warning: obstacle ?? 'made-by-browser-shell' };
  }
  let staleKey: string | null = null;
  const keeper = chainKeyKeeper(paths.wrappedKey, {
    encrypt: (secret) => storage.encryptStringAsync(secret),
    decrypt: async (wrapped) => {
      if (obstacle !== null) throw new Error(obstacle);
      const { result, shouldReEncrypt } = await storage.decryptStringAsync(Buffer.from(wrapped));
      if (shouldReEncrypt) staleKey = result;
      return result;
    },
  });
  const outcome = await keeper.key(hasDatabase);
  if (staleKey !== null && outcome.kind === 'key') await sealAnew(storage, paths.wrappedKey, staleKey);
  return { outcome, warning: null };
}

async function findObstacle(
  storage: SafeStorage,
  platform: string,
): Promise<'no-key-ring' | 'basic-text-key-ring' | null> {
  if (!(await storage.isAsyncEncryptionAvailable())) return 'no-key-ring';
  return platform === 'linux' && storage.getSelectedStorageBackend() === 'basic_text' ? 'basic-text-key-ring' : null;
}

/** The key ring has a new key of its own: the same secret is sealed with it, whole or not at all. */
async function sealAnew(storage: SafeStorage, path: string, secret: string): Promise<void> {
  const sealed = await storage.encryptStringAsync(secret);
  const draft = `${path}.anew`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(sealed);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectoryLater(dirname(path));
}
