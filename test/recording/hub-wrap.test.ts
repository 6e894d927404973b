import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hubKeyId,
  newHubKeyPair,
  readHubPublicKey,
  unwrapAtHub,
  wrapForHub,
  wrapKeyId,
  wrappedKeyPattern,
} from '../../recording/hub-wrap.ts';

const hub = newHubKeyPair();
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const place = fc.record({
  seat: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
  recordingId: fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/),
});

/** A wrap that was made, or the test is wrong. */
function wrapped(recordingKey: Uint8Array, of: { seat: string; recordingId: string }): string {
  const text = wrapForHub(recordingKey, of, hub.public);
  if (text === null) throw new Error('not wrapped');
  return text;
}

describe('a wrap for the hub', () => {
  test('opens with the hub’s private key, for that recording of that seat, to the very key', () => {
    fc.assert(
      fc.property(key, place, (recordingKey, of) => {
        const text = wrapped(recordingKey, of);
        expect(text).toMatch(wrappedKeyPattern);
        expect(wrapKeyId(text)).toBe(hub.public.keyId);
        expect(unwrapAtHub(text, of, hub.privateKey)).toEqual(Buffer.from(recordingKey));
      }),
    );
  });

  test('opens nothing for another recording, another seat, or split otherwise between the two', () => {
    fc.assert(
      fc.property(key, place, place, (recordingKey, of, other) => {
        fc.pre(of.seat !== other.seat || of.recordingId !== other.recordingId);
        expect(unwrapAtHub(wrapped(recordingKey, of), other, hub.privateKey)).toBe(null);
      }),
    );
    const text = wrapped(new Uint8Array(32), { seat: 'ab', recordingId: 'c' });
    expect(unwrapAtHub(text, { seat: 'a', recordingId: 'bc' }, hub.privateKey)).toBe(null);
  });

  test('opens nothing with another hub’s private key, whatever name stands in it', () => {
    const other = newHubKeyPair();
    const of = { seat: 's', recordingId: 'r' };
    const text = wrapped(new Uint8Array(32), of);
    expect(unwrapAtHub(text, of, other.privateKey)).toBe(null);
    const renamed = text.replace(hub.public.keyId, other.public.keyId);
    expect(unwrapAtHub(renamed, of, other.privateKey)).toBe(null);
  });

  test('opens nothing with any single bit flipped: every bit of every byte', () => {
    const of = { seat: 's', recordingId: 'r' };
    const text = wrapped(new Uint8Array(32).fill(7), of);
    const [version, keyId, body = ''] = text.split('.');
    const bytes = Buffer.from(body, 'base64url');
    const opened: string[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const altered = `${version}.${keyId}.${flipped.toString('base64url')}`;
      if (unwrapAtHub(altered, of, hub.privateKey) !== null) opened.push(`bit ${bit}`);
    }
    // RFC 7748 section 5: the highest bit of a public key is ignored; but it is the salt too, so even that shows.
    expect(opened).toEqual([]);
  });

  test('any other text is nothing, and throws nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^1\.[0-9a-f]{16}\.[A-Za-z0-9_-]{107}$/)), (text) => {
        expect(unwrapAtHub(text, { seat: 's', recordingId: 'r' }, hub.privateKey)).toBe(null);
      }),
    );
  });

  test('two wraps of one key have nothing in common, and the key stands in none', () => {
    const recordingKey = createHash('sha256').update('a key').digest();
    const of = { seat: 's', recordingId: 'r' };
    const [one, two] = [wrapped(recordingKey, of), wrapped(recordingKey, of)].map((text) =>
      Buffer.from(text.split('.')[2] ?? '', 'base64url'),
    );
    expect(one?.subarray(0, 32)).not.toEqual(two?.subarray(0, 32));
    expect(one?.subarray(32)).not.toEqual(two?.subarray(32));
    expect(one?.includes(recordingKey)).toBe(false);
  });
});

describe('a key to wrap for', () => {
  /** Points whose secret everybody knows (RFC 7748 section 6.1, RFC 7748 errata: of order 1, 2, 4 and 8). */
  const lowOrder = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ];

  test.each(lowOrder)('of low order is refused: %s', (hex) => {
    const raw = Buffer.from(hex, 'hex');
    const bad = { keyId: hubKeyId(raw), publicKey: raw.toString('base64') };
    expect(wrapForHub(new Uint8Array(32), { seat: 's', recordingId: 'r' }, bad)).toBe(null);
  });

  test('must bear its own name: a name for another key, or a key of another length, is none', () => {
    const other = newHubKeyPair();
    expect(readHubPublicKey({ ...hub.public, keyId: other.public.keyId })).toBe(null);
    expect(readHubPublicKey({ ...hub.public, publicKey: hub.public.publicKey.slice(0, 20) })).toBe(null);
    expect(readHubPublicKey({ ...hub.public, publicKey: `${hub.public.publicKey}AA` })).toBe(null);
    expect(readHubPublicKey(hub.public)).not.toBe(null);
  });

  test('only whole keys of recordings are wrapped', () => {
    expect(() => wrapForHub(new Uint8Array(16), { seat: 's', recordingId: 'r' }, hub.public)).toThrow('32 bytes');
  });
});
