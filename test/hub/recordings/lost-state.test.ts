import { randomBytes } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, seatKey, startHub } from '../some-hub.ts';
import { created, digestHeader, patch, tus } from './raw-request.ts';

/** A hub with one upload that was begun: where it answers, and where its state lies. */
async function begun() {
  const place = newFolder();
  if (place.kind !== 'folder') throw new Error(place.kind);
  const hub = await startHub(place);
  const as = { Authorization: `Bearer ${await seatKey(hub, 'one')}` };
  const url = await created(`${hub.url}/v1/recordings/uploads`, { 'Upload-Defer-Length': '1', ...as });
  const file = (kind: string) => join(place.path, 'recordings', `${url.slice(-32)}.${kind}`);
  return { as, url, file };
}

const content = randomBytes(90_000);

test('a power cut in the first chunk, its bytes on the disk and its state not: it begins anew', async () => {
  const { as, url, file } = await begun();
  writeFileSync(file('data'), content.subarray(0, 60_000));
  truncateSync(file('state'), 0);
  const head = await tus('HEAD', url, as);
  expect([head.status, head.headers['upload-offset']]).toEqual([200, '0']);
  const last = await patch(url, 0, content, { 'Upload-Length': '90000', ...as });
  expect([last.status, last.headers['repr-digest']]).toEqual([204, digestHeader(content)]);
});

test('a state that was acknowledged and is damaged in both places is not taken for a new upload', async () => {
  const { as, url, file } = await begun();
  expect((await patch(url, 0, content.subarray(0, 60_000), as)).status).toBe(204);
  writeFileSync(file('state'), Buffer.alloc(4096 + 512));
  expect((await tus('HEAD', url, as)).status).toBe(503);
});
