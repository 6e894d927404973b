import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Upload, type UploadOptions } from 'tus-js-client';
import { expect, test } from 'vitest';
import { onBothStores } from './both-stores.ts';
import { digestHeader, finishesAs, tus } from './raw-request.ts';

/** tus-js-client as its makers ship it, and curl: judges that are not ours. */
const content = randomBytes(300_000);

onBothStores('other clients', (at) => {
  test('tus-js-client goes on after the hub was killed, and after the store forgot a chunk', async () => {
    let chunks = 0;
    const url = await uploaded(content, {
      endpoint: at.hub.url,
      chunkSize: 50_000,
      onChunkComplete: () => {
        chunks += 1;
      },
      onBeforeRequest: async (request) => {
        if (request.getMethod() !== 'PATCH') return;
        if (chunks === 2) await at.hub.restart();
        if (chunks === 3) await at.store.forgetLast(new URL(request.getURL()).pathname.slice(-32), 50_000);
        if (chunks === 2 || chunks === 3) chunks += 1;
      },
    });
    await finishesAs(url, content);
    expect(await at.store.bytes(url.slice(-32))).toEqual(content);
  }, 60_000);

  test('tus-js-client sends a stream whose length nobody knows', async () => {
    const stream = Readable.from([content.subarray(0, 70_001), content.subarray(70_001)], { objectMode: false });
    const url = await uploaded(stream, { endpoint: at.hub.url, uploadLengthDeferred: true, chunkSize: 64_000 });
    await finishesAs(url, content);
  }, 60_000);

  test('curl begins, is cut off, asks and goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hookline-curl-'));
    const rest = join(folder, 'rest');
    const whole = join(folder, 'whole');
    await writeFile(whole, content);
    const version = ['-H', 'Tus-Resumable: 1.0.0'];
    const patching = ['-X', 'PATCH', '-H', 'Content-Type: application/offset+octet-stream'];
    const made = await curl(['-i', '-X', 'POST', ...version, '-H', 'Upload-Length: 300000', at.hub.url]);
    const url = new URL(/^location: (\S+)/im.exec(made)?.[1] ?? '', at.hub.url).href;
    await curl(
      [...patching, ...version, '-H', 'Upload-Offset: 0', '--limit-rate', '100k', '-m', '1', '-T', whole, url],
      28,
    );
    const offset = Number(/^upload-offset: (\d+)/im.exec(await curl(['-I', ...version, url]))?.[1]);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(300_000);
    await writeFile(rest, content.subarray(offset));
    await curl([...patching, ...version, '-H', `Upload-Offset: ${offset}`, '-T', rest, '-f', url]);
    expect((await tus('HEAD', url)).headers['repr-digest']).toBe(digestHeader(content));
    expect(await at.store.bytes(url.slice(-32))).toEqual(content);
    await rm(folder, { recursive: true });
  }, 60_000);
});

function uploaded(source: Buffer | Readable, options: UploadOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(source as Buffer, {
      ...options,
      retryDelays: [0, 100, 500, 2000],
      onError: reject,
      onSuccess: () => resolve(upload.url ?? ''),
    });
    upload.start();
  });
}

/** What curl printed; it must end as expected (28: its own time limit cut it off). */
function curl(args: readonly string[], ends = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('curl', ['-sS', ...args], (error, output) => {
      const code = error === null ? 0 : error.code;
      if (code === ends) resolve(output);
      else reject(error ?? new Error(`curl ended with 0, not ${ends}`));
    });
  });
}
