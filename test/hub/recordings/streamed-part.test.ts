import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ERRORS } from '@tus/utils';
import { expect, test } from 'vitest';
import { bodyHash } from '../../../hub/recordings/body-hash.ts';
import type { S3Objects } from '../../../hub/recordings/s3-objects.ts';
import { streamPart } from '../../../hub/recordings/s3-streamed-part.ts';
import { inRequest } from '../../../hub/recordings/upload-request.ts';

type Put = S3Objects['putPartStream'];

const content = Buffer.alloc(200_000, 'sound');
const said = createHash('sha256').update(content).digest();

/** Sends pieces as a part of which its client said that it is `content`, to a store that does as it is told. */
function send(pieces: () => AsyncGenerator<Buffer>, putPartStream: Put): Promise<string> {
  return inRequest({ owner: 'seat-1', checksum: { algorithm: 'sha256', digest: said } }, () => {
    const part = { key: 'k', multipart: 'm', number: 3, sha256: said.toString('hex'), length: content.length };
    const body = { pieces: pieces(), offset: 0, size: null, length: content.length };
    return streamPart({ putPartStream }, part, body, { chunk: bodyHash(), whole: null });
  });
}

async function* whole(bytes: Buffer = content): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 70_000) yield bytes.subarray(at, at + 70_000);
}

/** A store that refuses a part that is not what the request was signed for, as S3 does. */
const strict: Put = async ({ sha256 }, body) => {
  if (
    createHash('sha256')
      .update(await buffer(body))
      .digest('hex') !== sha256
  )
    throw new Error('BadDigest');
  return 'tag';
};

test('a part that is what it was said to be gets its tag, from a store that checks', async () => {
  expect(await send(() => whole(), strict)).toBe('tag');
});

test('a part that is not: 460, whether the store checks or not', async () => {
  const other = Buffer.concat([content.subarray(1), Buffer.from('x')]);
  const blind: Put = async (_part, body) => `tag of ${(await buffer(body)).length} bytes`;
  for (const store of [strict, blind])
    await expect(send(() => whole(other), store)).rejects.toMatchObject({ status_code: 460 });
});

test('a body that is cut, or goes on too long: its own reason, and the store is let go', async () => {
  const waiting: Put = (_part, body, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      body.resume();
    });
  const cut = async function* (): AsyncGenerator<Buffer> {
    yield content.subarray(0, 70_000);
    throw new Error('the body was cut off');
  };
  await expect(send(cut, waiting)).rejects.toThrow('the body was cut off');
  await expect(send(() => whole(Buffer.concat([content, content])), waiting)).rejects.toBe(ERRORS.ERR_SIZE_EXCEEDED);
});

test('a store that fails before the last byte: its fault, and the body is asked for nothing more', async () => {
  let given = 0;
  const endless = async function* (): AsyncGenerator<Buffer> {
    for (const bytes of [content.subarray(0, 1), content.subarray(1, 2), content.subarray(2)]) {
      given += 1;
      yield bytes;
    }
  };
  const failing: Put = async () => {
    throw new Error('SlowDown');
  };
  await expect(send(endless, failing)).rejects.toThrow('SlowDown');
  expect(given).toBe(0);
  const early: Put = async () => 'tag';
  await expect(send(endless, early)).rejects.toThrow('before its last byte');
});
