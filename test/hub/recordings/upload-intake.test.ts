import { randomBytes } from 'node:crypto';
import { symlink, unlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DurableFileStore } from '../../../hub/recordings/durable-file-store.ts';
import { encodeState, readState, slotLength, slotOf } from '../../../hub/recordings/upload-state.ts';
import { onBothStores } from './both-stores.ts';
import { fileStoreRig, intakeRig } from './intake-rig.ts';
import { created, digestHeader, finishesAs, halfPatch, offsetAt, patch, tus } from './raw-request.ts';

const content = randomBytes(1000);
const known = (recordingId: string) => ({
  'Upload-Metadata': `recordingId ${Buffer.from(recordingId).toString('base64')}`,
});

onBothStores('the intake', (at) => {
  test('a recording that is begun again is the same upload, and keeps what it has', async () => {
    const headers = { 'Upload-Defer-Length': '1', ...known('recording-1') };
    const url = await created(at.hub.url, headers);
    await patch(url, 0, content.subarray(0, 400));
    expect(await created(at.hub.url, headers)).toBe(url);
    expect(await offsetAt(url)).toBe(400);
    await patch(url, 400, content.subarray(400), { 'Upload-Length': '1000' });
    expect(await created(at.hub.url, headers)).toBe(url);
    await finishesAs(url, content);
  });

  test('an upload is there for its own seat alone', async () => {
    const url = await created(at.hub.url, { 'Upload-Length': '1000', ...known('recording-2') });
    const other = { Authorization: 'seat-2' };
    const notThere = await tus('HEAD', `${at.hub.url}/${'0'.repeat(32)}`, other);
    for (const method of ['HEAD', 'DELETE']) expect((await tus(method, url, other)).status).toBe(notThere.status);
    expect((await patch(url, 0, content, other)).status).toBe(404);
    const own = await tus('POST', at.hub.url, { 'Upload-Length': '1000', ...known('recording-2'), ...other });
    expect(new URL(String(own.headers.location), at.hub.url).href).not.toBe(url);
    await finishesAs(url, content);
  });

  test('no id leads out of the store', async () => {
    const before = await at.store.objects();
    const ids = [
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e/x',
      '..\\x',
      '%252e%252e',
      '%00',
      'CON',
      '.',
      '..',
      '%c0%af',
      '/etc/passwd',
      'A'.repeat(32),
      '0'.repeat(33),
      '0'.repeat(300),
      `${'0'.repeat(32)}.data`,
      `${'0'.repeat(32)}.info`,
      '__proto__',
      'uploads',
      '%E0%A4%A',
    ];
    for (const id of ids) {
      for (const method of ['HEAD', 'PATCH', 'DELETE']) {
        const said = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' };
        const { status } = await rawPath(at.hub.url, method, id, said);
        expect([id, method, [400, 404, 412].includes(status)]).toEqual([id, method, true]);
      }
    }
    expect(await at.store.objects()).toEqual(before);
  });

  test('a HEAD of a seat that lost its connection is not kept waiting by the dead one', async () => {
    const url = await created(at.hub.url, { 'Upload-Length': '1000' });
    const { socket, sent } = halfPatch(url, 0, 1000, content.subarray(0, 300));
    await sent;
    // The hub has not heard that this client is gone: the connection stands open and is silent.
    const answer = await tus('HEAD', url);
    expect(answer.status).toBe(200);
    expect(Number(answer.headers['upload-offset'])).toBeLessThanOrEqual(300);
    socket.destroy();
    await finishesAs(url, content);
  });

  test('a hub that is asked to reads anew what it stored, and tells what it found', async () => {
    const url = await created(at.hub.url, { 'Upload-Length': '1000' });
    await finishesAs(url, content);
    const want = { 'Want-Repr-Digest': 'sha-256=10' };
    expect((await tus('HEAD', url, want)).headers['repr-digest']).toBe(digestHeader(content));
    await at.store.spoil(url.slice(-32));
    expect((await tus('HEAD', url)).headers['repr-digest']).toBe(digestHeader(content));
    const found = digestHeader(await at.store.bytes(url.slice(-32)));
    expect(found).not.toBe(digestHeader(content));
    expect((await tus('HEAD', url, want)).headers['repr-digest']).toBe(found);
    // From then on whoever asks is told.
    expect((await tus('HEAD', url)).headers['repr-digest']).toBe(found);
  });

  test('a creation that brings all its bytes is complete at once', async () => {
    const said = { 'Upload-Length': '1000', 'Content-Type': 'application/offset+octet-stream' };
    const { status, headers } = await tus('POST', at.hub.url, said, content);
    expect([status, headers['upload-offset'], headers['repr-digest']]).toEqual([201, '1000', digestHeader(content)]);
  });

  test('more than one part: bytes as they were sent', async () => {
    const large = randomBytes(12 * 1024 * 1024 + 17);
    const url = await created(at.hub.url, { 'Upload-Defer-Length': '1' });
    let offset = 0;
    for (const length of [1, 3_000_000, 2_500_000, 6_000_000, large.length - 11_500_001]) {
      const last: Record<string, string> =
        offset + length === large.length ? { 'Upload-Length': String(large.length) } : {};
      expect((await patch(url, offset, large.subarray(offset, offset + length), last)).status).toBe(204);
      offset += length;
      await at.hub.restart();
      expect(await offsetAt(url)).toBe(offset);
    }
    await finishesAs(url, large);
    expect(Buffer.compare(await at.store.bytes(url.slice(-32)), large)).toBe(0);
  }, 60_000);
});

test('a torn state is told from the one before it', () => {
  const state = { sequence: 4, offset: 400, size: null, sha256: null };
  const file = Buffer.alloc(4096 + slotLength);
  encodeState(state).copy(file, slotOf(4));
  encodeState({ ...state, sequence: 5, offset: 700 }).copy(file, slotOf(5));
  expect(readState(file)?.offset).toBe(700);
  for (let cut = 0; cut < slotLength; cut += 1) {
    const torn = Buffer.from(file);
    const at = slotOf(5) + cut;
    torn.writeUInt8(torn.readUInt8(at) ^ 1, at);
    expect(readState(torn)).toEqual(state);
  }
  expect(readState(file.subarray(0, slotLength))).toEqual(state);
  expect(readState(Buffer.alloc(0))).toBeNull();
});

test('a link planted in the folder is not followed', async () => {
  const store = await fileStoreRig();
  if (store.place.kind !== 'file') throw new Error('files');
  const hub = await intakeRig(store);
  const url = await created(hub.url, { 'Upload-Length': '1000' });
  const { directory } = store.place;
  const victim = join(directory, 'victim');
  await writeFile(victim, 'untouched');
  const path = join(directory, `${url.slice(-32)}.data`);
  await unlink(path);
  await symlink(victim, path);
  expect((await patch(url, 0, content)).status).toBe(503);
  expect(await store.bytes(url.slice(-32))).toEqual(Buffer.from('untouched'));
  await hub.close();
  await store.close();
});

test('what is too old and never ended is removed; what is complete stays', async () => {
  const store = await fileStoreRig();
  if (store.place.kind !== 'file') throw new Error('files');
  const hub = await intakeRig(store);
  const whole = await created(hub.url, { 'Upload-Length': '1000' });
  await finishesAs(whole, content);
  await created(hub.url, { 'Upload-Length': '1000' });
  const now = new DurableFileStore({ directory: store.place.directory, expirationMs: 1, watch: null });
  expect(await now.deleteExpired()).toBe(1);
  expect(await store.objects()).toEqual([whole.slice(-32)]);
  await hub.close();
  await store.close();
});

/** A path exactly as it is given: no client tidies it up. Answers the status. */
function rawPath(
  endpoint: string,
  method: string,
  id: string,
  headers: Record<string, string>,
): Promise<{ status: number }> {
  const { hostname, port, pathname } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const lines = Object.entries({
      Host: hostname,
      'Tus-Resumable': '1.0.0',
      'Content-Length': '0',
      Connection: 'close',
      ...headers,
    });
    socket.once('error', reject);
    socket.once('data', (bytes: Buffer) => {
      resolve({ status: Number(bytes.toString('latin1').slice(9, 12)) });
      socket.destroy();
    });
    socket.write(
      `${method} ${pathname}/${id} HTTP/1.1\r\n${lines.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n`,
    );
  });
}
