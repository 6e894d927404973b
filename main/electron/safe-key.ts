import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from '../store/sync-directory.ts';

/** The part of Electron's `safeStorage` that is used: the asynchronous one; the other is deprecated. */
export type SafeStorage = {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(text: string): Promise<Uint8Array>;
  decryptStringAsync(sealed: Buffer): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>;
  /** Linux only: `basic_text` means that no key ring was found and nothing is really protected. */
  getSelectedStorageBackend(): string;
};

/** The profile's key and what protects it, or why there is none; a refusal has changed no file. */
export type SafeKeyOutcome =
  | {
      readonly kind: 'key';
      readonly key: Uint8Array;
      readonly isSealed: boolean;
      readonly warning: SafeKeyWarning | null;
    }
  | { readonly kind: 'refused'; readonly code: 'key-ring-changed' | 'key-damaged'; readonly message: string };

/** Why the key lies in a bare file (0600) although Electron could have sealed it. */
export type SafeKeyWarning = 'no-key-ring' | 'basic-text-key-ring' | 'made-by-browser-shell';

/** What finding the key needs. `bareKey` opens or makes the key file of the browser shell. */
export type SafeKeyRequest = {
  readonly storage: SafeStorage;
  readonly platform: string;
  readonly paths: { readonly key: string; readonly wrappedKey: string };
  readonly newKey: () => Uint8Array;
  readonly bareKey: () => Uint8Array;
};

/** AES-256 and SQLite's cipher take 32 bytes. */
const keyBytes = 32;

const refusals = {
  'key-ring-changed':
    'The key of this profile is sealed by a key ring that does not open it now. Sign in as the person who made the profile, unlock the key ring, or start with another --profile. Nothing was changed.',
  'key-damaged':
    'The sealed key of this profile is damaged. Put back profile.key.wrapped from a copy of the profile, or start with another --profile. Nothing was changed.',
} as const;

/**
 * Finds the key of a profile, or makes one for a new profile. A sealed key that can't be opened is never replaced: with a
 * new key the whole log would be unreadable, which is how others have lost theirs. Where the system has no real key ring
 * (none, or Linux's `basic_text`), sealing would only look safe: the key stays in a file for its owner alone, and the
 * warning says so.
 */
export async function openSafeKey(request: SafeKeyRequest): Promise<SafeKeyOutcome> {
  const { storage, paths } = request;
  const obstacle = await findObstacle(storage, request.platform);
  if (existsSync(paths.wrappedKey)) return unseal(storage, paths.wrappedKey, obstacle);
  if (existsSync(paths.key)) {
    return { kind: 'key', key: request.bareKey(), isSealed: false, warning: obstacle ?? 'made-by-browser-shell' };
  }
  if (obstacle !== null) return { kind: 'key', key: request.bareKey(), isSealed: false, warning: obstacle };
  const key = request.newKey();
  await seal(storage, paths.wrappedKey, key);
  return { kind: 'key', key, isSealed: true, warning: null };
}

async function findObstacle(
  storage: SafeStorage,
  platform: string,
): Promise<'no-key-ring' | 'basic-text-key-ring' | null> {
  if (!(await storage.isAsyncEncryptionAvailable())) return 'no-key-ring';
  return platform === 'linux' && storage.getSelectedStorageBackend() === 'basic_text' ? 'basic-text-key-ring' : null;
}

async function unseal(storage: SafeStorage, path: string, obstacle: SafeKeyWarning | null): Promise<SafeKeyOutcome> {
  if (obstacle !== null) return refused('key-ring-changed');
  let opened: { readonly result: string; readonly shouldReEncrypt: boolean };
  try {
    opened = await storage.decryptStringAsync(readFileSync(path));
  } catch {
    // Electron rejects alike for another person's key ring, a locked one and a damaged file; the sentence names what helps.
    return refused('key-ring-changed');
  }
  const key = Buffer.from(opened.result, 'base64');
  if (key.length !== keyBytes) return refused('key-damaged');
  if (opened.shouldReEncrypt) await seal(storage, path, key);
  return { kind: 'key', key, isSealed: true, warning: null };
}

/** Writes the sealed key whole or not at all, for its owner alone, and on disk before anybody uses the key. */
async function seal(storage: SafeStorage, path: string, key: Uint8Array): Promise<void> {
  const sealed = await storage.encryptStringAsync(Buffer.from(key).toString('base64'));
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, sealed);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
}

function refused(code: keyof typeof refusals): SafeKeyOutcome {
  return { kind: 'refused', code, message: refusals[code] };
}
