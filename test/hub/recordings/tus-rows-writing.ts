import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect } from 'vitest';
import { checksum, created, finishesAs, halfPatch, offsetAt, patch, tus } from './raw-request.ts';
import { begun, content, half, type Row, refuses } from './tus-row.ts';

/** Rows 18 to 29: writing. */
export const writingRows: readonly Row[] = [
  [
    18,
    'PATCH tells the new offset',
    async (hub) => {
      const url = await created(hub.url, { 'Upload-Length': '1000' });
      const { status, headers } = await patch(url, 0, half);
      expect([status, headers['upload-offset']]).toEqual([204, '400']);
    },
  ],
  [
    19,
    'PATCH of another content type: 415',
    async (hub) => {
      for (const type of ['application/octet-stream', 'text/plain', 'application/json']) {
        const url = await begun(hub);
        await refuses(url, patch(url, 400, half, { 'Content-Type': type }), 415);
      }
    },
  ],
  [
    20,
    'PATCH at another offset: 409',
    async (hub) => {
      for (const offset of [0, 399, 401, 999]) {
        const url = await begun(hub);
        await refuses(url, patch(url, offset, half), 409);
      }
    },
  ],
  [
    21,
    'PATCH at a negative offset',
    async (hub) => {
      const url = await begun(hub);
      await refuses(url, patch(url, -1, half), 'any 4xx');
    },
  ],
  [
    22,
    'PATCH at NaN, at nothing, at 4e2, at 0x190, without an offset',
    async (hub) => {
      for (const offset of ['NaN', '', '4e2', '0x190', '400.0', ' 400 x']) {
        const url = await begun(hub);
        await refuses(url, patch(url, offset, half), 'any 4xx');
      }
      const url = await begun(hub);
      await refuses(url, tus('PATCH', url, { 'Content-Type': 'application/offset+octet-stream' }, half), 400);
    },
  ],
  [
    23,
    'PATCH at 2^53',
    async (hub) => {
      const url = await begun(hub);
      await refuses(url, patch(url, '9007199254740992', half), 'any 4xx');
    },
  ],
  [
    24,
    'PATCH longer than what is left: never a byte beyond the length',
    async (hub) => {
      const url = await begun(hub);
      await refuses(url, patch(url, 400, randomBytes(601)), 413);
      const streamed = await begun(hub);
      expect(await chunked(streamed, [content.subarray(400), randomBytes(500)])).toBe(413);
      expect(await offsetAt(streamed)).toBeLessThanOrEqual(1000);
      await finishesAs(streamed, content);
    },
  ],
  [
    25,
    'a body cut at every k-th byte: no more than was sent, and goes on',
    async (hub) => {
      for (const k of [0, 1, 99, 300, 599]) {
        for (const headers of [{}, checksum('sha256', content.subarray(400))]) {
          const url = await begun(hub);
          const { socket, sent } = halfPatch(url, 400, 600, content.subarray(400, 400 + k), headers);
          await sent;
          socket.destroy();
          const offset = await offsetAt(url);
          expect(offset).toBeGreaterThanOrEqual(400);
          expect(offset).toBeLessThanOrEqual('Upload-Checksum' in headers ? 400 : 400 + k);
          await finishesAs(url, content);
        }
      }
    },
  ],
  [
    26,
    'two PATCHes at once: one is taken, the other is told 423',
    async (hub) => {
      const url = await begun(hub);
      const both = [1, 2].map(() => halfPatch(url, 400, 600, content.subarray(400, 500)));
      const answers = both.map(async ({ socket }, which) => {
        const [bytes]: Buffer[] = await once(socket, 'data');
        return { which, status: String(bytes).slice(9, 12) };
      });
      const refused = await Promise.race(answers);
      expect(refused.status).toBe('423');
      both[1 - refused.which]?.socket.write(content.subarray(500));
      expect((await Promise.all(answers)).map(({ status }) => status).toSorted()).toEqual(['204', '423']);
      for (const { socket } of both) socket.destroy();
      await finishesAs(url, content);
    },
  ],
  [
    27,
    'PATCH of nothing: the same offset',
    async (hub) => {
      const url = await begun(hub);
      const { status, headers } = await patch(url, 400, Buffer.alloc(0));
      expect([status, headers['upload-offset']]).toEqual([204, '400']);
      await finishesAs(url, content);
    },
  ],
  [
    28,
    'PATCH after the end is refused',
    async (hub) => {
      const url = await begun(hub);
      await finishesAs(url, content);
      for (const [offset, body] of [
        [1000, half],
        [1000, Buffer.alloc(0)],
        [0, content],
        [400, half],
      ] as const)
        expect(Math.floor((await patch(url, offset, body)).status / 100)).toBe(4);
      expect(await hub.store.bytes(url.slice(-32))).toEqual(content);
    },
  ],
  [
    29,
    'PATCH of what is not there: 404',
    async (hub) => {
      expect((await patch(`${hub.url}/${'0'.repeat(32)}`, 0, half)).status).toBe(404);
    },
  ],
];

/** A PATCH that does not say beforehand how long it is. */
async function chunked(url: string, pieces: readonly Buffer[]): Promise<number> {
  const headers = {
    'Tus-Resumable': '1.0.0',
    'Content-Type': 'application/offset+octet-stream',
    'Upload-Offset': '400',
  };
  const one = request(url, { method: 'PATCH', headers });
  const answered = once(one, 'response');
  for (const piece of pieces) one.write(piece);
  const [answer]: IncomingMessage[] = await answered;
  one.destroy();
  return answer?.statusCode ?? 0;
}
