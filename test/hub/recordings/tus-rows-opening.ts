import { expect } from 'vitest';
import { created, finishesAs, offsetAt, patch, raw, tus } from './raw-request.ts';
import { begun, content, half, type Row } from './tus-row.ts';

/** Rows 1 to 17: what there is, making uploads, asking about them. */
export const openingRows: readonly Row[] = [
  [
    1,
    'OPTIONS without Tus-Resumable tells what there is',
    async (hub) => {
      const { status, headers } = await raw('OPTIONS', hub.url, {});
      expect(status).toBe(204);
      expect(headers['tus-version']).toBe('1.0.0');
      expect(String(headers['tus-extension']).split(',')).toEqual(
        expect.arrayContaining(['creation', 'creation-defer-length', 'checksum', 'expiration', 'termination']),
      );
      expect(Number(headers['tus-max-size'])).toBeGreaterThan(0);
    },
  ],
  [
    2,
    'OPTIONS names sha1 and sha256',
    async (hub) => {
      const { headers } = await raw('OPTIONS', hub.url, {});
      expect(headers['tus-checksum-algorithm']).toBe('sha1,sha256');
    },
  ],
  [
    3,
    'any other verb without Tus-Resumable: 412, nothing done',
    async (hub) => {
      const url = await begun(hub);
      const before = await hub.store.objects();
      for (const method of ['HEAD', 'PATCH', 'DELETE', 'POST']) {
        const said = {
          'Content-Type': 'application/offset+octet-stream',
          'Upload-Offset': '400',
          'Upload-Length': '1',
        };
        const { status, headers } = await raw(method, method === 'POST' ? hub.url : url, said);
        expect([method, status, headers['tus-version']]).toEqual([method, 412, '1.0.0']);
      }
      expect(await hub.store.objects()).toEqual(before);
      await finishesAs(url, content);
    },
  ],
  [
    4,
    'another Tus-Resumable: 412',
    async (hub) => {
      const { status, headers } = await tus('POST', hub.url, { 'Tus-Resumable': '0.2.2', 'Upload-Length': '1' });
      expect([status, headers['tus-version']]).toEqual([412, '1.0.0']);
    },
  ],
  [
    5,
    'POST with a length',
    async (hub) => {
      const { status, headers } = await tus('POST', hub.url, { 'Upload-Length': '7' });
      expect(status).toBe(201);
      expect(new URL(String(headers.location), hub.url).pathname).toMatch(/^\/recordings\/uploads\/[0-9a-f]{32}$/);
    },
  ],
  [
    6,
    'POST without a length: 400',
    async (hub) => {
      expect((await tus('POST', hub.url)).status).toBe(400);
    },
  ],
  [
    7,
    'POST with a length and a deferred one: 400',
    async (hub) => {
      expect((await tus('POST', hub.url, { 'Upload-Length': '7', 'Upload-Defer-Length': '1' })).status).toBe(400);
    },
  ],
  [
    8,
    'POST above the largest size: 413',
    async (hub) => {
      expect((await tus('POST', hub.url, { 'Upload-Length': String(64 * 1024 * 1024 + 1) })).status).toBe(413);
    },
  ],
  [
    9,
    'POST with bad base64 in its metadata: 400',
    async (hub) => {
      expect((await tus('POST', hub.url, { 'Upload-Length': '7', 'Upload-Metadata': 'name ***' })).status).toBe(400);
    },
  ],
  [
    10,
    'POST with a metadata key twice: 400',
    async (hub) => {
      expect((await tus('POST', hub.url, { 'Upload-Length': '7', 'Upload-Metadata': 'a YQ==,a YQ==' })).status).toBe(
        400,
      );
    },
  ],
  [
    11,
    'POST of length 0 is complete',
    async (hub) => {
      await finishesAs(await created(hub.url, { 'Upload-Length': '0' }), Buffer.alloc(0));
    },
  ],
  [
    12,
    'a deferred length, told with a short last chunk',
    async (hub) => {
      const url = await created(hub.url, { 'Upload-Defer-Length': '1' });
      expect((await tus('HEAD', url)).headers['upload-defer-length']).toBe('1');
      expect((await patch(url, 0, content.subarray(0, 990))).status).toBe(204);
      expect((await patch(url, 990, content.subarray(990), { 'Upload-Length': '1000' })).status).toBe(204);
      await finishesAs(url, content);
      expect(await hub.store.bytes(url.slice(-32))).toEqual(content);
    },
  ],
  [
    13,
    'HEAD tells offset and length, at 0, between, and at the end',
    async (hub) => {
      const url = await created(hub.url, { 'Upload-Length': '1000' });
      for (const part of [content.subarray(0, 0), half, content.subarray(400)]) {
        const offset = await offsetAt(url);
        expect((await patch(url, offset, part)).status).toBe(204);
        const { headers } = await tus('HEAD', url);
        expect([headers['upload-offset'], headers['upload-length']]).toEqual([String(offset + part.length), '1000']);
      }
    },
  ],
  [
    14,
    'HEAD may not be cached',
    async (hub) => {
      expect((await tus('HEAD', await begun(hub))).headers['cache-control']).toBe('no-store');
    },
  ],
  [
    15,
    'HEAD of what is not there: 404 without an offset',
    async (hub) => {
      const { status, headers } = await tus('HEAD', `${hub.url}/${'0'.repeat(32)}`);
      expect([status, headers['upload-offset']]).toEqual([404, undefined]);
    },
  ],
  [
    16,
    'HEAD of what is too old: 410; the same recording begins anew',
    async (hub) => {
      const metadata = {
        'Upload-Metadata': `recordingId ${Buffer.from('old').toString('base64')}`,
        'Upload-Length': '1000',
      };
      const other = await hub.withExpiration(1);
      const url = await created(other.url, metadata);
      expect((await tus('HEAD', url)).status).toBe(410);
      expect((await patch(url, 0, half)).status).toBe(410);
      await finishesAs(await created(hub.url, metadata), content);
      expect((await tus('HEAD', url)).status).toBe(200);
    },
  ],
  [
    17,
    'POST and PATCH tell when an upload ends',
    async (hub) => {
      const post = await tus('POST', hub.url, { 'Upload-Length': '1000' });
      const { headers } = await patch(new URL(String(post.headers.location), hub.url).href, 0, half);
      for (const said of [post.headers['upload-expires'], headers['upload-expires']])
        expect(new Date(String(said)).toUTCString()).toBe(said);
    },
  ],
];
