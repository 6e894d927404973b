import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

const keyOf = (byte: number) => Buffer.alloc(32, byte);

const request = (storage: SafeStorage, platform = 'linux'): SafeKeyRequest => ({
  storage,
  platform,
  paths: profilePaths(folder),
});

const sealedFile = () => readFileSync(profilePaths(folder).wrappedKey, 'utf8');

test('a new profile gets a sealed key, for its owner alone, and the same one again', async () => {
  const first = await openSafeKey(request(keyRing()));
  const again = await openSafeKey(request(keyRing()));
  const key = Buffer.from(sealedFile().slice('ring:'.length), 'base64');
  expect([key.length, readdirSync(folder)]).toEqual([32, ['profile.key.wrapped']]);
  expect(first).toEqual({ outcome: { kind: 'key', key, isNew: true }, warning: null });
  expect(again).toEqual({ outcome: { kind: 'key', key, isNew: false }, warning: null });
  expect(statSync(profilePaths(folder).wrappedKey).mode & 0o777).toBe(0o600);
});

test.each([
  [{ backend: 'basic_text' }, 'linux', 'basic-text-key-ring'],
  [{ isAvailable: false }, 'linux', 'no-key-ring'],
  [{ isAvailable: false }, 'win32', 'no-key-ring'],
])('%j on %s is not trusted with a new key: %s', async (ring, platform, warning) => {
  const { outcome, warning: said } = await openSafeKey(request(keyRing(ring), platform));
  expect([outcome.kind, said, readdirSync(folder)]).toEqual(['key', warning, ['profile.key']]);
});

test('basic_text means nothing outside of Linux', async () => {
  const { outcome, warning } = await openSafeKey(request(keyRing({ backend: 'basic_text' }), 'darwin'));
  expect([outcome.kind, warning, readdirSync(folder)]).toEqual(['key', null, ['profile.key.wrapped']]);
});

test.each([
  ['another person or key ring', { name: 'other' }],
  ['the key ring is gone', { isAvailable: false }],
  ['the key ring has become basic_text', { backend: 'basic_text' }],
])('a sealed key that does not open is refused and kept: %s', async (_why, ring) => {
  await openSafeKey(request(keyRing()));
  const sealed = sealedFile();
  const { outcome } = await openSafeKey(request(keyRing(ring)));
  expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'cannot-unwrap' } });
  expect([sealedFile(), readdirSync(folder)]).toEqual([sealed, ['profile.key.wrapped']]);
});

test('a damaged key is refused and kept', async () => {
  writeFileSync(profilePaths(folder).wrappedKey, 'ring:dG9vIHNob3J0', { mode: 0o600 });
  expect(await openSafeKey(request(keyRing()))).toMatchObject({
    outcome: { kind: 'refused', error: { code: 'malformed' } },
  });
  expect(sealedFile()).toBe('ring:dG9vIHNob3J0');
});

test('a database without its key gets no new one', async () => {
  writeFileSync(profilePaths(folder).database, 'a call log');
  expect(await openSafeKey(request(keyRing()))).toMatchObject({
    outcome: { kind: 'refused', error: { code: 'missing' } },
  });
  expect(readdirSync(folder)).toEqual(['hookline.db']);
});

test('a key the system wants sealed anew is sealed anew, and is the same key', async () => {
  writeFileSync(profilePaths(folder).wrappedKey, `old-ring:${keyOf(7).toString('base64')}`, { mode: 0o600 });
  const { outcome } = await openSafeKey(request(keyRing({ name: 'new-ring', shouldReEncrypt: true })));
  expect(outcome).toEqual({ kind: 'key', key: keyOf(7), isNew: false });
  expect([sealedFile(), readdirSync(folder)]).toEqual([
    `new-ring:${keyOf(7).toString('base64')}`,
    ['profile.key.wrapped'],
  ]);
  expect(statSync(profilePaths(folder).wrappedKey).mode & 0o777).toBe(0o600);
});

test('a profile of the browser shell keeps its bare key, so that both shells open it', async () => {
  writeFileSync(profilePaths(folder).key, keyOf(9), { mode: 0o600 });
  const opened = await openSafeKey(request(keyRing()));
  expect(opened).toEqual({ outcome: { kind: 'key', key: keyOf(9), isNew: false }, warning: 'made-by-browser-shell' });
  expect(readdirSync(folder)).toEqual(['profile.key']);
});
