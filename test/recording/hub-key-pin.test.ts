import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { recordingKeyStatement } from '../../core/hub-recordings-api.ts';
import { judgeHubKey, type PinnedHubKey } from '../../recording/hub-key-pin.ts';
import { newHubKeyPair } from '../../recording/hub-wrap.ts';

/** An identity as a hub has one, and what it says of keys. */
function identity() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const identityKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  return {
    identityKey,
    say: (hubId: string, generation: number, pair = newHubKeyPair()) => {
      const key = { ...pair.public, generation };
      const signature = sign(null, Buffer.from(recordingKeyStatement(hubId, key)), privateKey).toString('base64');
      return { hubId, identityKey, recordingKey: { ...key, signature } };
    },
  };
}

const own = identity();
const first = own.say('hub-1', 1);
const pin: PinnedHubKey = first;

test('the first key of a hub is taken as it was told; the same again is the same', () => {
  expect(judgeHubKey(null, 'hub-1', first)).toEqual({ kind: 'taken', pin });
  expect(judgeHubKey(pin, 'hub-1', first)).toEqual({ kind: 'same', pin });
});

test('a new one is taken when the same identity signed it and it is newer', () => {
  const next = own.say('hub-1', 2);
  expect(judgeHubKey(pin, 'hub-1', next)).toEqual({ kind: 'taken', pin: next });
});

test('a seat that joins another hub takes that one’s key, whatever it had', () => {
  const other = identity().say('hub-2', 1);
  expect(judgeHubKey(pin, 'hub-2', other)).toEqual({ kind: 'taken', pin: other });
});

test.each([
  ['another hub answers', identity().say('hub-2', 5), 'another-hub'],
  ['somebody else signs for the same hub', identity().say('hub-1', 5), 'another-identity'],
  ['an older one is told again', own.say('hub-1', 0), 'older'],
  ['another key has the same generation', own.say('hub-1', 1), 'older'],
  ['the generation was put up', { ...first, recordingKey: { ...first.recordingKey, generation: 9 } }, 'not-signed'],
  [
    'the key was changed under its signature',
    { ...own.say('hub-1', 2), recordingKey: { ...own.say('hub-1', 2).recordingKey, ...newHubKeyPair().public } },
    'not-signed',
  ],
  [
    'the name is of another key',
    { ...first, recordingKey: { ...own.say('hub-1', 2).recordingKey, keyId: '0123456789abcdef' } },
    'no-key',
  ],
  [
    'the signature is missing',
    { ...first, recordingKey: { ...own.say('hub-1', 2).recordingKey, signature: '' } },
    'not-signed',
  ],
] as const)('refused, and the old one holds: %s', (_what, said, why) => {
  expect(judgeHubKey(pin, 'hub-1', said)).toEqual({ kind: 'refused', why });
});
