import { existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordingKeys } from '../../../main/recordings/recording-keys.ts';
import { recordingVault } from '../../../main/recordings/vault.ts';
import { readHeader, unwrapKey } from '../../../recording/header.ts';
import type { PinnedHubKey } from '../../../recording/hub-key-pin.ts';
import { newHubKeyPair, unwrapAtHub } from '../../../recording/hub-wrap.ts';
import { readContainer } from '../../../recording/read-container.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { fullReserve, profileKey, recordedChunks } from './recorded.ts';

const hub = newHubKeyPair();
const pinned: PinnedHubKey = {
  hubId: 'hub-1',
  identityKey: '',
  recordingKey: { ...hub.public, generation: 1, signature: '' },
};
const place = { seat: 'seat-1', recordingId: 'r1' };

/** A seat's recordings, with the hub's key or without. */
function seat(pin: PinnedHubKey | null, directory = temporaryDirectory()) {
  const said: string[] = [];
  const keys = recordingKeys({
    directory,
    profileKey,
    seat: 'seat-1',
    pin: () => pin,
    log: (_level, message) => said.push(message),
  });
  const vault = recordingVault({ directory, profileKey, reserve: fullReserve, onKey: keys.keep });
  const record = async (recordingId = 'r1') => {
    await vault.begin(recordingId, 'call-1', 1_000);
    for (const chunk of recordedChunks()) await vault.append(recordingId, chunk);
    await vault.end(recordingId);
  };
  return { directory, keys, vault, record, said, path: join(directory, 'r1.hkrec') };
}

/** The recording's own key, as the profile has it. */
function ownKey(path: string): Uint8Array {
  const head = readHeader(readFileSync(path));
  if (head.kind !== 'read') throw new Error(head.kind);
  const key = unwrapKey(profileKey, head.header);
  if (key === null) throw new Error('not ours');
  return key;
}

describe('a recording’s key for the hub', () => {
  test('lies beside it from its beginning when the seat knows a hub, and the hub opens it', async () => {
    const { vault, directory, keys, path } = seat(pinned);
    await vault.begin('r1', 'call-1', 1_000);
    expect(readdirSync(directory).toSorted()).toEqual(['r1.hkkey', 'r1.hkrec']);
    const { hubId, wrapped } = JSON.parse(readFileSync(join(directory, 'r1.hkkey'), 'utf8'));
    expect(hubId).toBe('hub-1');
    expect(unwrapAtHub(wrapped, place, hub.privateKey)).toEqual(Buffer.from(ownKey(path)));
    expect(await keys.wrapFor('r1', pinned)).toBe(wrapped);
    await vault.end('r1');
  });

  test('is no part of what goes up: not one byte of it is in the container', async () => {
    const { record, directory, path } = seat(pinned);
    await record();
    const { wrapped } = JSON.parse(readFileSync(join(directory, 'r1.hkkey'), 'utf8'));
    const bytes = Buffer.from(wrapped.split('.')[2], 'base64url');
    const container = readFileSync(path);
    for (let at = 0; at + 8 <= bytes.length; at += 8)
      expect(container.includes(bytes.subarray(at, at + 8))).toBe(false);
  });

  test('is made when the recording goes up, for one of before the seat joined, another hub, or a torn file', async () => {
    const { record, keys, directory, path } = seat(null);
    await record();
    expect(existsSync(join(directory, 'r1.hkkey'))).toBe(false);
    const opens = async (pin: PinnedHubKey, privateKey: Uint8Array) =>
      unwrapAtHub((await keys.wrapFor('r1', pin)) ?? '', place, privateKey);
    expect(await opens(pinned, hub.privateKey)).toEqual(Buffer.from(ownKey(path)));
    const other = newHubKeyPair();
    const moved = { ...pinned, hubId: 'hub-2', recordingKey: { ...pinned.recordingKey, ...other.public } };
    expect(await opens(moved, other.privateKey)).toEqual(Buffer.from(ownKey(path)));
    writeFileSync(join(directory, 'r1.hkkey'), '{"hubId":"hub-2","wra');
    expect(await opens(moved, other.privateKey)).toEqual(Buffer.from(ownKey(path)));
    expect(await keys.wrapFor('unknown', pinned)).toBe(null);
    await expect(keys.wrapFor('../r1', pinned)).rejects.toThrow('letters');
  });

  test('never stops a recording: a folder that does not take it, a key that is none', async () => {
    const { record, said, vault, directory } = seat({
      ...pinned,
      recordingKey: { ...pinned.recordingKey, keyId: '0'.repeat(16) },
    });
    await record();
    expect((await vault.open('r1')).isComplete).toBe(true);
    expect(readdirSync(directory)).toEqual(['r1.hkrec']);
    const { keys, said: other } = seat(pinned, join(directory, 'not-there'));
    await keys.keep('r2', new Uint8Array(32));
    expect([said, other]).toEqual([[], [expect.stringContaining('the key of r2 is not beside it yet')]]);
  });
});

test('the folder of a laptop that was lost gives no sound: neither the key, nor the call, nor a packet of it', async () => {
  const { record, directory, path } = seat(pinned);
  await record();
  const all = Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
  expect(all.includes(Buffer.from(ownKey(path)))).toBe(false);
  expect(all.includes('call-1')).toBe(false);
  for (const { sound } of recordedChunks()) expect(all.includes(Buffer.from(sound.subarray(100, 116)))).toBe(false);
  for (const guess of [new Uint8Array(32), Buffer.from(profileKey).reverse()])
    expect(readContainer(readFileSync(path), guess)).toEqual({ kind: 'unreadable', code: 'wrong-key' });
});

test('what is destroyed is overwritten before it is removed: another name of the same file opens nothing', async () => {
  const { record, keys, directory, path, vault } = seat(pinned);
  await record();
  const wrapped = await keys.wrapFor('r1', pinned);
  linkSync(path, join(directory, 'other.hkrec'));
  linkSync(join(directory, 'r1.hkkey'), join(directory, 'other.hkkey'));
  await keys.destroy('r1');
  expect(readdirSync(directory).toSorted()).toEqual(['other.hkkey', 'other.hkrec']);
  expect(readContainer(readFileSync(join(directory, 'other.hkrec')), profileKey)).toEqual({
    kind: 'unreadable',
    code: 'not-a-recording',
  });
  expect(readFileSync(join(directory, 'other.hkkey'), 'latin1')).not.toContain(wrapped?.slice(30));
  await expect(vault.open('r1')).rejects.toThrow('unknown');
  await keys.destroy('r1');
  await keys.destroy('never-there');
});
