import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSafeKey, type SafeKeyRequest, type SafeStorage } from '../../../main/electron/safe-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookline-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A key ring that seals by writing its own name before the text; another one refuses it, as the real ones do. */
function keyRing(
  change: { name?: string; backend?: string; isAvailable?: boolean; shouldReEncrypt?: boolean } = {},
): SafeStorage {
  const name = change.name ?? 'ring';
  return {
    isAsyncEncryptionAvailable: async () => change.isAvailable ?? true,
    encryptStringAsync: async (text) => Buffer.from(`${name}:${text}`),
    decryptStringAsync: async (sealed) => {
      const [ring, text] = sealed.toString().split(':');
      if (ring !== name && change.shouldReEncrypt !== true) throw new Error('Error while decrypting the ciphertext');
      return { result: text ?? '', shouldReEncrypt: change.shouldReEncrypt ?? false };
    },
    getSelectedStorageBackend: () => change.backend ?? 'gnome_libsecret',
  };
}

const newKey = Buffer.alloc(32, 7);
const bareKey = Buffer.alloc(32, 9);

const request = (storage: SafeStorage, change: Partial<SafeKeyRequest> = {}): SafeKeyRequest => ({
  storage,
  platform: 'linux',
  paths: profilePaths(folder),
  newKey: () => newKey,
  bareKey: () => bareKey,
  ...change,
});

test('a new profile gets a sealed key, for its owner alone, and the same one again', async () => {
  const first = await openSafeKey(request(keyRing()));
  const again = await openSafeKey(request(keyRing(), { newKey: () => Buffer.alloc(32, 1) }));
  const expected = { kind: 'key', key: newKey, isSealed: true, warning: null };
  expect([first, again]).toEqual([expected, expected]);
  expect(readdirSync(folder)).toEqual(['profile.key.wrapped']);
  expect(statSync(profilePaths(folder).wrappedKey).mode & 0o777).toBe(0o600);
});

test.each([
  [{ backend: 'basic_text' }, 'linux', 'basic-text-key-ring'],
  [{ isAvailable: false }, 'linux', 'no-key-ring'],
  [{ isAvailable: false }, 'win32', 'no-key-ring'],
])('%j on %s is not trusted with a new key: %s', async (ring, platform, warning) => {
  const outcome = await openSafeKey(request(keyRing(ring), { platform }));
  expect(outcome).toEqual({ kind: 'key', key: bareKey, isSealed: false, warning });
  expect(existsSync(profilePaths(folder).wrappedKey)).toBe(false);
});

test('basic_text means nothing outside of Linux', async () => {
  const outcome = await openSafeKey(request(keyRing({ backend: 'basic_text' }), { platform: 'darwin' }));
  expect(outcome).toMatchObject({ kind: 'key', isSealed: true, warning: null });
});

test.each([
  ['another person or key ring', { name: 'other' }],
  ['the key ring is gone', { isAvailable: false }],
  ['the key ring has become basic_text', { backend: 'basic_text' }],
])('a sealed key that does not open is refused and kept: %s', async (_why, ring) => {
  await openSafeKey(request(keyRing()));
  const sealed = readFileSync(profilePaths(folder).wrappedKey);
  const outcome = await openSafeKey(request(keyRing(ring)));
  expect(outcome).toMatchObject({ kind: 'refused', code: 'key-ring-changed' });
  expect(readFileSync(profilePaths(folder).wrappedKey)).toEqual(sealed);
  expect(readdirSync(folder)).toEqual(['profile.key.wrapped']);
});

test('a damaged key is refused and kept', async () => {
  writeFileSync(profilePaths(folder).wrappedKey, 'ring:dG9vIHNob3J0');
  expect(await openSafeKey(request(keyRing()))).toMatchObject({ kind: 'refused', code: 'key-damaged' });
  expect(readFileSync(profilePaths(folder).wrappedKey, 'utf8')).toBe('ring:dG9vIHNob3J0');
});

test('a key the system wants sealed anew is sealed anew, and is the same key', async () => {
  await openSafeKey(request(keyRing()));
  const outcome = await openSafeKey(request(keyRing({ name: 'new-ring', shouldReEncrypt: true })));
  expect(outcome).toMatchObject({ kind: 'key', key: newKey });
  expect(readFileSync(profilePaths(folder).wrappedKey, 'utf8')).toBe(`new-ring:${newKey.toString('base64')}`);
});

test('a profile of the browser shell keeps its bare key, so that both shells open it', async () => {
  writeFileSync(profilePaths(folder).key, bareKey, { mode: 0o600 });
  const outcome = await openSafeKey(request(keyRing()));
  expect(outcome).toEqual({ kind: 'key', key: bareKey, isSealed: false, warning: 'made-by-browser-shell' });
  expect(readdirSync(folder)).toEqual(['profile.key']);
});
