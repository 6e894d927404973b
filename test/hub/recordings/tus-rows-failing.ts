import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'vitest';
import { checksum, created, digestHeader, finishesAs, halfPatch, offsetAt, patch, raw, tus } from './raw-request.ts';
import { begun, content, half, type Row, refuses } from './tus-row.ts';

/** Rows 30 to 36: checksums, ends, other ways in. */
export const checkingRows: readonly Row[] = [
  [
    30,
    'a right checksum',
    async (hub) => {
      for (const algorithm of ['sha1', 'sha256']) {
        const url = await created(hub.url, { 'Upload-Length': '1000' });
        expect((await patch(url, 0, half, checksum(algorithm, half))).status).toBe(204);
        await finishesAs(url, content, checksum(algorithm, content.subarray(400)));
      }
    },
  ],
  [
    31,
    'a wrong checksum: 460, and nothing of the chunk is kept',
    async (hub) => {
      for (const algorithm of ['sha1', 'sha256']) {
        const url = await begun(hub);
        await refuses(url, patch(url, 400, randomBytes(600), checksum(algorithm, content.subarray(400))), 460);
      }
      const last = await begun(hub);
      await refuses(last, patch(last, 400, randomBytes(100), checksum('sha1', half)), 460);
    },
  ],
  [
    32,
    'a checksum nobody knows: 400',
    async (hub) => {
      for (const said of [
        'md5 rL0Y20zC+Fzt72VPzMSk2A==',
        'sha1',
        'sha1 ',
        'sha1 ****',
        'sha256 AAAA',
        'crc32 AAAAAA==',
      ]) {
        const url = await begun(hub);
        await refuses(url, patch(url, 400, half, { 'Upload-Checksum': said }), 400);
      }
    },
  ],
  [
    33,
    'DELETE',
    async (hub) => {
      expect((await tus('DELETE', await begun(hub))).status).toBe(204);
    },
  ],
  [
    34,
    'HEAD and PATCH after DELETE',
    async (hub) => {
      for (const isWhole of [false, true]) {
        const url = await begun(hub);
        if (isWhole) await finishesAs(url, content);
        await tus('DELETE', url);
        expect([404, 410]).toContain((await tus('HEAD', url)).status);
        expect([404, 410]).toContain((await patch(url, 400, half)).status);
        expect(await hub.store.objects()).not.toContain(url.slice(-32));
      }
    },
  ],
  [
    35,
    'X-HTTP-Method-Override acts as that verb',
    async (hub) => {
      const url = await begun(hub);
      const said = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '400' };
      const answer = await tus('POST', url, { ...said, 'X-HTTP-Method-Override': 'PATCH' }, content.subarray(400));
      expect([answer.status, answer.headers['upload-offset']]).toEqual([204, '1000']);
      await finishesAs(url, content);
      expect((await tus('POST', url, { 'X-HTTP-Method-Override': 'DELETE' })).status).toBe(204);
      expect((await tus('HEAD', url)).status).toBe(404);
    },
  ],
  [
    36,
    'a page of another origin may speak tus',
    async (hub) => {
      const asked = { Origin: 'https://desk.example', 'Access-Control-Request-Method': 'PATCH' };
      const preflight = (await raw('OPTIONS', hub.url, asked)).headers;
      const listed = (header: unknown): string[] => String(header).toLowerCase().split(/, ?/);
      expect(preflight['access-control-allow-origin']).toBe('*');
      expect(listed(preflight['access-control-allow-methods'])).toEqual(
        expect.arrayContaining(['post', 'head', 'patch', 'delete']),
      );
      expect(listed(preflight['access-control-allow-headers'])).toEqual(
        expect.arrayContaining([
          'tus-resumable',
          'upload-offset',
          'upload-length',
          'upload-metadata',
          'upload-checksum',
          'upload-defer-length',
          'content-type',
          'authorization',
          'x-http-method-override',
        ]),
      );
      const answer = (await tus('POST', hub.url, { 'Upload-Length': '1', Origin: 'https://desk.example' })).headers;
      expect(listed(answer['access-control-expose-headers'])).toEqual(
        expect.arrayContaining([
          'location',
          'upload-offset',
          'upload-length',
          'tus-version',
          'upload-expires',
          'repr-digest',
        ]),
      );
      const refused = await tus('POST', hub.url, { 'Tus-Resumable': '9', Origin: 'https://desk.example' });
      expect(refused.headers['access-control-allow-origin']).toBe('*');
    },
  ],
];

/** Rows 37 to 40 of the table, and 42, which is ours: what fails. */
export const failingRows: readonly Row[] = [
  [
    37,
    'the hub is restarted between any two steps',
    async (hub) => {
      await hub.restart();
      const url = await created(hub.url, { 'Upload-Defer-Length': '1' });
      await hub.restart();
      expect((await patch(url, 0, half)).status).toBe(204);
      await hub.restart();
      expect(await offsetAt(url)).toBe(400);
      expect((await patch(url, 400, content.subarray(400, 700))).status).toBe(204);
      await hub.restart();
      expect((await patch(url, 700, content.subarray(700), { 'Upload-Length': '1000' })).status).toBe(204);
      await hub.restart();
      await finishesAs(url, content);
    },
  ],
  [
    38,
    'kill -9 at each step of a chunk, and of the last one',
    async (hub) => {
      for (const isLast of [false, true]) {
        for (let step = 1; step <= 5; step += 1) {
          const url = await begun(hub);
          await hub.dieAtStep(step);
          const end = isLast ? 1000 : 700;
          const answer = await patch(url, 400, content.subarray(400, end)).catch(() => null);
          await hub.restart();
          const offset = await offsetAt(url);
          if (answer?.status === 204) expect(offset).toBe(end);
          expect([400, end]).toContain(offset);
          await finishesAs(url, content);
          expect(await hub.store.bytes(url.slice(-32))).toEqual(content);
        }
      }
    },
  ],
  [
    39,
    'the answer to the last chunk is lost: complete, and one object',
    async (hub) => {
      const before = (await hub.store.objects()).length;
      for (const isAnswered of [true, false]) {
        const url = await begun(hub);
        const { socket, sent } = halfPatch(url, 400, 600, content.subarray(400));
        if (isAnswered) await once(socket, 'readable');
        else await sent;
        socket.destroy();
        if (isAnswered) {
          const { headers } = await tus('HEAD', url);
          expect([headers['upload-offset'], headers['repr-digest']]).toEqual(['1000', digestHeader(content)]);
        }
        await finishesAs(url, content);
      }
      expect((await hub.store.objects()).length).toBe(before + 2);
    },
  ],
  [
    40,
    'the store forgets a chunk: the lower offset is told, and the upload goes on there',
    async (hub) => {
      const url = await begun(hub);
      expect((await patch(url, 400, content.subarray(400, 700))).status).toBe(204);
      await hub.store.forgetLast(url.slice(-32), 300);
      expect((await patch(url, 700, content.subarray(700))).status).toBe(409);
      expect(await offsetAt(url)).toBe(400);
      await finishesAs(url, content);
    },
  ],
  [
    42,
    'the last chunk is cut after its length was heard: the same length again is fine, another is refused',
    async (hub) => {
      const url = await created(hub.url, { 'Upload-Defer-Length': '1' });
      expect((await patch(url, 0, half)).status).toBe(204);
      const said = { 'Upload-Length': '1000' };
      expect((await patch(url, 400, content.subarray(400, 500), said)).status).toBe(204);
      const offset = await offsetAt(url);
      for (const other of ['999', '1001', '500', '0', '-1', '1e3', '1000x', '']) {
        const { status } = await patch(url, offset, content.subarray(offset), { 'Upload-Length': other });
        expect([other, status]).toEqual([other, 400]);
      }
      expect(await offsetAt(url)).toBe(offset);
      const middle = content.subarray(offset, offset + 100);
      expect((await patch(url, offset, middle, { ...said, ...checksum('sha256', middle) })).status).toBe(204);
      await finishesAs(url, content, said);
      expect(await hub.store.bytes(url.slice(-32))).toEqual(content);
      // Really cut, at any moment: whether the length was heard or not, it is told again.
      for (const k of [0, 300, 599]) {
        const torn = await created(hub.url, { 'Upload-Defer-Length': '1' });
        expect((await patch(torn, 0, half)).status).toBe(204);
        const { socket, sent } = halfPatch(torn, 400, 600, content.subarray(400, 400 + k), said);
        await sent;
        socket.destroy();
        await finishesAs(torn, content, said);
      }
    },
  ],
];
