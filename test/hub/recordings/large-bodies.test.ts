import { createHash } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DurableS3Store } from '../../../hub/recordings/durable-s3-store.ts';
import { partBytesMin } from '../../../hub/recordings/s3-body.ts';
import { s3Client } from '../../../hub/recordings/s3-client.ts';
import { onBothStores } from './both-stores.ts';
import { type IntakeRig, intakeRig, type StoreRig, s3StoreRig } from './intake-rig.ts';
import { checksum, created, finishesAs, halfPatch, offsetAt, patch } from './raw-request.ts';

const mb = 1024 * 1024;
/** Bodies of which each is a part of S3 by itself, and more than is put at once. */
const chunkBytes = 6 * mb;
const content = createHash('shake256', { outputLength: 3 * chunkBytes + 17 })
  .update('large bodies')
  .digest();
const chunkAt = (offset: number) => content.subarray(offset, offset + chunkBytes);
const deferred = { 'Upload-Defer-Length': '1' };
const length = { 'Upload-Length': String(content.length) };

/** The first chunk is there, told with its SHA-256. */
async function begun(hub: IntakeRig): Promise<string> {
  const url = await created(hub.url, deferred);
  expect((await patch(url, 0, chunkAt(0), checksum('sha256', chunkAt(0)))).status).toBe(204);
  return url;
}

onBothStores('bodies that are parts by themselves,', (at) => {
  test('one that is not what its checksum says: 460, and nothing of it is kept', async () => {
    const url = await begun(at.hub);
    for (const algorithm of ['sha256', 'sha1']) {
      const said = checksum(algorithm, chunkAt(1));
      expect((await patch(url, chunkBytes, chunkAt(chunkBytes), said)).status).toBe(460);
      expect(await offsetAt(url)).toBe(chunkBytes);
    }
    await finishesAs(url, content, { ...length, ...checksum('sha256', content.subarray(chunkBytes)) });
    expect((await at.store.bytes(url.slice(-32))).equals(content)).toBe(true);
  }, 60_000);

  test('one that is cut anywhere: nothing of it with a checksum, no more than came without', async () => {
    const url = await begun(at.hub);
    const body = chunkAt(chunkBytes);
    for (const bytes of [0, 3 * mb, chunkBytes - 1]) {
      const half = halfPatch(url, chunkBytes, chunkBytes, body.subarray(0, bytes), checksum('sha256', body));
      await half.sent;
      half.socket.destroy();
      expect([bytes, await offsetAt(url)]).toEqual([bytes, chunkBytes]);
    }
    const { socket, sent } = halfPatch(url, chunkBytes, chunkBytes, body.subarray(0, 5_500_000));
    await sent;
    socket.destroy();
    const offset = await offsetAt(url);
    expect(offset).toBeGreaterThanOrEqual(chunkBytes);
    expect(offset).toBeLessThanOrEqual(chunkBytes + 5_500_000);
    await finishesAs(url, content, length);
    expect((await at.store.bytes(url.slice(-32))).equals(content)).toBe(true);
  }, 60_000);

  test('kill -9 at each step of one, and of the last: all of it or nothing, and one object', async () => {
    for (const [isLast, steps] of [
      [false, [1]],
      [true, [1, 2, 3]],
    ] as const) {
      for (const step of steps) {
        const url = await begun(at.hub);
        await at.hub.dieAtStep(step);
        const body = isLast ? content.subarray(chunkBytes) : chunkAt(chunkBytes);
        const said = { ...checksum('sha256', body), ...(isLast ? length : {}) };
        const answer = await patch(url, chunkBytes, body, said).catch(() => null);
        await at.hub.restart();
        const offset = await offsetAt(url);
        const end = chunkBytes + body.length;
        expect(answer?.status === 204 ? [end] : [chunkBytes, end]).toContain(offset);
        const rest = content.subarray(offset);
        await finishesAs(url, content, rest.length > 0 ? { ...checksum('sha256', rest), ...length } : {});
        expect((await at.store.bytes(url.slice(-32))).equals(content)).toBe(true);
      }
    }
  }, 120_000);
});

describe('an upload to S3 that grows in small bites', () => {
  let rig: StoreRig;
  beforeAll(async () => {
    rig = await s3StoreRig();
  });
  afterAll(() => rig.close());

  test('can be read as far as it came, beyond the first part; what is beside it is gone when it is whole', async () => {
    if (rig.place.kind !== 's3') throw new Error('not a bucket');
    const hub = await intakeRig(rig);
    const url = await created(hub.url, deferred);
    const id = url.slice(-32);
    const store = new DurableS3Store({ ...rig.place, region: 'us-east-1', expirationMs: 0, watch: null });
    const bite = 900_000;
    for (let offset = 0; offset < 7 * mb; offset += bite) {
      const body = content.subarray(offset, offset + bite);
      expect((await patch(url, offset, body, checksum('sha256', body))).status).toBe(204);
    }
    const offset = await offsetAt(url);
    expect(offset).toBeGreaterThan(7 * mb);
    expect((await store.readSoFar(id, 0, offset))?.equals(content.subarray(0, offset))).toBe(true);
    const across = [partBytesMin - 1_000_000, partBytesMin + 2_000_000] as const;
    expect((await store.readSoFar(id, ...across))?.equals(content.subarray(...across))).toBe(true);
    expect((await store.readSoFar(id, offset - 10, offset + 10))?.equals(content.subarray(offset - 10, offset))).toBe(
      true,
    );
    // A bite as large as a part does not lie there once more.
    const large = content.subarray(offset, offset + 6 * mb);
    expect((await patch(url, offset, large)).status).toBe(204);
    expect(await store.readSoFar(id, 0, 10)).toBeNull();
    await finishesAs(url, content, length);
    expect((await store.readSoFar(id, 5_000_000, 7_000_000))?.equals(content.subarray(5_000_000, 7_000_000))).toBe(
      true,
    );
    expect(await rig.names()).toEqual([id, `${id}.info`, `${id}.state`]);
    await hub.close();
  }, 60_000);

  test('one that has no part yet is put at once, and has never had a multipart upload', async () => {
    const hub = await intakeRig(rig);
    const url = await created(hub.url, deferred);
    for (const [from, until] of [
      [0, 300_000],
      [300_000, 4_000_000],
    ] as const)
      expect((await patch(url, from, content.subarray(from, until))).status).toBe(204);
    await finishesAs(url, content.subarray(0, 15_000_000), { 'Upload-Length': '15000000' });
    expect((await rig.bytes(url.slice(-32))).equals(content.subarray(0, 15_000_000))).toBe(true);
    const id = url.slice(-32);
    expect((await rig.names()).filter((name) => name.startsWith(id))).toEqual([id, `${id}.info`, `${id}.state`]);
    await hub.close();
  }, 60_000);

  test('one that an older hub began, with its multipart upload named beside it, goes on and is finished', async () => {
    if (rig.place.kind !== 's3') throw new Error('not a bucket');
    const { bucket, endpoint, accessKeyId, secretAccessKey } = rig.place;
    const client = new S3(s3Client({ bucket, endpoint, region: 'us-east-1', accessKeyId, secretAccessKey }));
    const id = 'a'.repeat(32);
    const { UploadId } = await client.createMultipartUpload({ Bucket: bucket, Key: id });
    const Body = chunkAt(0);
    const part = { Bucket: bucket, Key: id, UploadId, PartNumber: 1, Body };
    const { ETag } = await client.uploadPart(part);
    const put = (Key: string, value: unknown, Metadata = {}) =>
      client.putObject({ Bucket: bucket, Key, Body: JSON.stringify(value), Metadata });
    const info = { id, metadata: { owner: 'seat-1' }, offset: 0, creation_date: new Date().toISOString() };
    await put(`${id}.info`, info, { 'upload-id': UploadId, 'tus-version': '1.0.0' });
    const parts = [{ number: 1, tag: ETag, length: chunkBytes }];
    await put(`${id}.state`, { size: null, parts, pieces: [], next: 0, sha256: null });
    client.destroy();
    const hub = await intakeRig(rig);
    const url = `${hub.url}/${id}`;
    expect(await offsetAt(url)).toBe(chunkBytes);
    await finishesAs(url, content, length);
    expect((await rig.bytes(id)).equals(content)).toBe(true);
    await hub.close();
  }, 60_000);
});
