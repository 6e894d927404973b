import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chainKeyKeeper, fileKeyKeeper, type KeyChain, type KeyKeeper } from '../../../main/store/profile-key.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A key chain that works: it wraps with a secret of its own, and refuses what another wrapped. */
function keyChain(secret: string): KeyChain {
  return {
    encrypt: (text) => Promise.resolve(Buffer.from(`${secret}:${text}`).reverse()),
    decrypt: (bytes) => {
      const text = Buffer.from(bytes).reverse().toString();
      if (!text.startsWith(`${secret}:`)) return Promise.reject(new Error('the key chain does not know it'));
      return Promise.resolve(text.slice(secret.length + 1));
    },
  };
}

const keepers: readonly [string, (path: string) => KeyKeeper][] = [
  ['a key file', fileKeyKeeper],
  ['a key chain', (path) => chainKeyKeeper(path, keyChain('s3'))],
];

describe.each(keepers)('the key of a profile in %s', (_name, keeperAt) => {
  const at = (directory: string): string => join(directory, 'profile.key');

  test('is made once and is the same ever after', async () => {
    const path = at(temporaryDirectory());
    const first = await keeperAt(path).key(false);
    const second = await keeperAt(path).key(true);
    expect(first).toMatchObject({ kind: 'key', isNew: true });
    expect(second).toEqual({ ...first, isNew: false });
    expect(first.kind === 'key' && first.key.length).toBe(32);
  });

  test('lies in a file only its owner may read, and no draft is left', async () => {
    const directory = temporaryDirectory();
    await keeperAt(at(directory)).key(false);
    expect(statSync(at(directory)).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['profile.key']);
  });

  test('is one key though many ask at once', async () => {
    const path = at(temporaryDirectory());
    const all = await Promise.all(Array.from({ length: 8 }, () => keeperAt(path).key(false)));
    const keys = new Set(all.map((one) => (one.kind === 'key' ? Buffer.from(one.key).toString('hex') : 'refused')));
    expect(keys.size).toBe(1);
    expect(all.filter((one) => one.kind === 'key' && one.isNew)).toHaveLength(1);
  });

  test('is refused when others may read it', async () => {
    const path = at(temporaryDirectory());
    await keeperAt(path).key(false);
    chmodSync(path, 0o640);
    expect(await keeperAt(path).key(true)).toMatchObject({ kind: 'refused', error: { code: 'too-open', path } });
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('is never made anew beside a database', async () => {
    const path = at(temporaryDirectory());
    await keeperAt(path).key(false);
    rmSync(path);
    expect(await keeperAt(path).key(true)).toMatchObject({ kind: 'refused', error: { code: 'missing' } });
  });

  test('is refused when its file is cut, and the file is left as it is', async () => {
    const path = at(temporaryDirectory());
    await keeperAt(path).key(false);
    const cut = readFileSync(path).subarray(0, 20);
    writeFileSync(path, cut);
    const outcome = await keeperAt(path).key(true);
    expect(outcome.kind === 'refused' && ['malformed', 'cannot-unwrap'].includes(outcome.error.code)).toBe(true);
    expect(readFileSync(path)).toEqual(cut);
  });
});

test('a key wrapped by another key chain is refused by name', async () => {
  const path = join(temporaryDirectory(), 'profile.key.wrapped');
  await chainKeyKeeper(path, keyChain('mine')).key(false);
  expect(await chainKeyKeeper(path, keyChain('other')).key(true)).toMatchObject({
    kind: 'refused',
    error: { code: 'cannot-unwrap' },
  });
});
