import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BufferSource, EncodedPacketSink, Input, WEBM } from 'mediabunny';
import { describe, expect, test } from 'vitest';
import { readPlayable, recordingVault } from '../../../main/recordings/vault.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { fullReserve, profileKey, recordedChunks } from './recorded.ts';

/** A vault of its own, and where its recordings lie. */
function newVault(reserve = fullReserve) {
  const directory = temporaryDirectory();
  return { directory, vault: recordingVault({ directory, profileKey, reserve }) };
}

/** A call with a pause: 4.3 s, a marked gap of 1.7 s, 2.2 s. */
async function record(vault: ReturnType<typeof newVault>['vault'], isEnded = true): Promise<void> {
  await vault.begin('r1', 'call-1', 1_000);
  for (const chunk of recordedChunks()) {
    if (chunk.atMs === 6_000) await vault.gap('r1', { atMs: 4_300, durationMs: 1_700, reason: 'card number' });
    await vault.append('r1', chunk);
  }
  if (isEnded) await vault.end('r1');
}

/** What a WebM reader that knows nothing of us finds. */
async function probe(webm: Uint8Array) {
  const input = new Input({ source: new BufferSource(webm), formats: [WEBM] });
  const track = await input.getPrimaryAudioTrack();
  if (track === null) throw new Error('no sound');
  const times: number[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) times.push(packet.timestamp);
  return {
    codec: track.codec,
    channels: track.numberOfChannels,
    sampleRate: track.sampleRate,
    seconds: await input.computeDuration(),
    longestStepMs: Math.max(...times.slice(1).map((time, index) => (time - (times[index] ?? 0)) * 1000)),
    hasCues: Buffer.from(webm).includes(Buffer.from('1c53bb6b', 'hex')),
  };
}

describe('a recording that was closed', () => {
  test('is one seekable WebM, two channels of Opus, with the pause as silence of its own length', async () => {
    const { vault } = newVault();
    await record(vault);
    const info = await vault.open('r1');
    expect(info).toMatchObject({
      recordingId: 'r1',
      channels: 2,
      isComplete: true,
      gaps: [{ atSeconds: 4.3, seconds: 1.7, reason: 'card number' }],
      damagedChunks: [],
    });
    expect(info.seconds).toBeCloseTo(8.2, 1);
    const webm = await vault.read('r1', 0, info.bytes);
    const found = await probe(webm);
    expect(found).toMatchObject({ codec: 'opus', channels: 2, sampleRate: 48_000, hasCues: true });
    // A simple block says when it begins, not how long it is: a reader may leave the last packet out.
    expect(Math.abs(found.seconds - info.seconds)).toBeLessThan(0.061);
    expect(found.longestStepMs).toBeLessThanOrEqual(61);
  });

  test('is read piece by piece', async () => {
    const { vault } = newVault();
    await record(vault);
    const { bytes } = await vault.open('r1');
    const pieces: Uint8Array[] = [];
    for (let offset = 0; offset < bytes; offset += 10_000) pieces.push(await vault.read('r1', offset, 10_000));
    expect(Buffer.concat(pieces)).toEqual(Buffer.from(await vault.read('r1', 0, bytes)));
    expect(await vault.read('r1', bytes, 100)).toHaveLength(0);
  });

  test('answers how long it is, also when it is ended once more', async () => {
    const { vault } = newVault();
    await record(vault, false);
    expect(await vault.end('r1')).toEqual({ seconds: 8.2 });
    expect(await vault.end('r1')).toEqual({ seconds: 8.2 });
  });

  test.each([1, 2, 3, 5, 7, 9])('without chunk %i keeps every other second in its place', async (missing) => {
    const { vault, directory } = newVault();
    await record(vault);
    const path = join(directory, 'r1.hkrec');
    const bytes = readFileSync(path);
    let offset = 1024;
    for (let number = 0; number < missing; number += 1) offset += 21 + bytes.readUInt32LE(offset + 9) + 16;
    bytes.writeUInt8(bytes.readUInt8(offset + 100) ^ 1, offset + 100);
    writeFileSync(path, bytes);
    const { info, webm } = await readPlayable(path, profileKey);
    const found = await probe(webm);
    expect(info).toMatchObject({ damagedChunks: [missing], isComplete: false, channels: 2 });
    // The very last chunk has nothing behind it that would say how long it was.
    expect(found.seconds).toBeGreaterThan(missing === 9 ? 7.9 : 8.0);
    expect(found.longestStepMs).toBeLessThanOrEqual(61);
  });
});

describe('a recording whose seat died', () => {
  test('plays up to its last chunk while it has no end, and is sealed by end', async () => {
    const { vault, directory } = newVault();
    await record(vault, false);
    const path = join(directory, 'r1.hkrec');
    const atDeath = readFileSync(path);
    truncateSync(path, atDeath.length - 100);

    const next = recordingVault({ directory, profileKey, reserve: fullReserve });
    expect(await next.open('r1')).toMatchObject({ isComplete: false, damagedChunks: [] });
    expect(await next.end('r1')).toEqual({ seconds: 8 });
    const sealed = readFileSync(path);
    const { contents } = await readPlayable(path, profileKey);
    expect(contents).toMatchObject({ end: 'interrupted', problems: [], torn: null });
    expect(await next.end('r1')).toEqual({ seconds: 8 });
    expect(readFileSync(path)).toEqual(sealed);
  });

  test('never used a nonce twice: the seal differs from the closing chunk of the same number', async () => {
    const { vault, directory } = newVault();
    await record(vault, false);
    const path = join(directory, 'r1.hkrec');
    const atDeath = readFileSync(path);
    await vault.end('r1');
    const closed = readFileSync(path).subarray(atDeath.length + 21);
    writeFileSync(path, atDeath);
    await recordingVault({ directory, profileKey, reserve: fullReserve }).end('r1');
    const sealed = readFileSync(path).subarray(atDeath.length + 21);
    expect(closed).toHaveLength(sealed.length);
    expect(closed.equals(sealed)).toBe(false);
  });
});

describe('refusals', () => {
  test('sound when the log lives on its reserve', async () => {
    let isSpent = false;
    const { vault } = newVault({ isSpent: () => isSpent, spend: () => true, restore: () => Promise.resolve(false) });
    await vault.begin('r1', 'call-1', 1);
    isSpent = true;
    const chunk = { segment: 0, atMs: 0, durationMs: 1, sound: new Uint8Array(3) };
    expect(await vault.append('r1', chunk)).toEqual({ kind: 'disk-full' });
    expect(await vault.begin('r2', 'call-1', 1)).toEqual({ kind: 'disk-full' });
  });

  test.each(['../../etc/passwd', '..', '.', '', 'a/b', 'a\\b', 'a\0b', '%2e%2e', 'x'.repeat(65), '-rf'])(
    'the id %j names no file',
    async (recordingId) => {
      const { vault } = newVault();
      await expect(vault.open(recordingId)).rejects.toMatchObject({ code: 'bad-id' });
      await expect(vault.begin(recordingId, 'call-1', 1)).rejects.toMatchObject({ code: 'bad-id' });
    },
  );

  test('a recording nobody made, or that is closed', async () => {
    const { vault } = newVault();
    await expect(vault.open('r9')).rejects.toMatchObject({ code: 'unknown' });
    await record(vault);
    const chunk = { segment: 0, atMs: 0, durationMs: 1, sound: new Uint8Array(3) };
    await expect(vault.append('r1', chunk)).rejects.toMatchObject({ code: 'not-open' });
    expect(await vault.end('r9')).toEqual({ seconds: 0 });
  });

  test('more chunks at once than a disk ever lets wait', async () => {
    const { vault } = newVault();
    await vault.begin('r1', 'call-1', 1);
    const chunk = { segment: 0, atMs: 0, durationMs: 1, sound: new Uint8Array(3) };
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => vault.append('r1', chunk)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    await vault.end('r1');
    expect(await vault.open('r1')).toMatchObject({ isComplete: true });
  });
});

test('a recording without any sound is an empty one, not a failure', async () => {
  const { vault } = newVault();
  await vault.begin('r1', 'call-1', 1);
  await vault.end('r1');
  expect(await vault.open('r1')).toMatchObject({ seconds: 0, isComplete: true });
});
