import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readHubOptions } from '../../../hub/hub-options.ts';
import { keyOf, newFolder, seatKey, startHub } from '../some-hub.ts';
import { created, digestHeader, offsetAt, patch, tus } from './raw-request.ts';

test('a seat of the real hub uploads with its key; another seat and other roles see nothing of it', async () => {
  const hub = await startHub(newFolder());
  const endpoint = `${hub.url}/v1/recordings/uploads`;
  const [one, two, supervisor] = [await seatKey(hub, 'one'), await seatKey(hub, 'two'), await keyOf(hub, 'supervisor')];
  const as = (key: string) => ({ Authorization: `Bearer ${key}` });
  const content = randomBytes(700_000);
  const url = await created(endpoint, { 'Upload-Defer-Length': '1', ...as(one) });
  expect((await patch(url, 0, content.subarray(0, 400_000), as(one))).status).toBe(204);
  expect((await tus('HEAD', url, as(two))).status).toBe(404);
  expect((await tus('HEAD', url, as(supervisor))).status).toBe(403);
  expect((await tus('HEAD', url)).status).toBe(401);
  const last = { 'Upload-Length': '700000', ...as(one) };
  const { status, headers } = await patch(url, 400_000, content.subarray(400_000), last);
  expect([status, headers['repr-digest']]).toEqual([204, digestHeader(content)]);
  await expect(offsetAt(url)).rejects.toThrow();
});

test('where recordings go is read from the command line, and a secret never is', () => {
  const read = (recordings: string | null, environment: Record<string, string> = {}) => {
    const options = readHubOptions(
      ['--data', '/srv/hub', ...(recordings === null ? [] : ['--recordings', recordings])],
      environment,
    );
    return 'error' in options ? options.error : options.recordings;
  };
  const keys = { HOOKLINE_HUB_S3_KEY: 'k', HOOKLINE_HUB_S3_SECRET: 's' };
  expect(read(null)).toEqual({ kind: 'folder', path: '/srv/hub/recordings' });
  expect(read('/mnt/sound')).toEqual({ kind: 'folder', path: '/mnt/sound' });
  expect(read('s3:https://store.example/recordings', keys)).toEqual({
    kind: 's3',
    endpoint: 'https://store.example',
    bucket: 'recordings',
    region: 'us-east-1',
    accessKeyId: 'k',
    secretAccessKey: 's',
  });
  expect(read('s3:https://store.example/recordings')).toContain('HOOKLINE_HUB_S3_KEY');
  expect(read('s3:store.example', keys)).toContain('s3:https://HOST/BUCKET');
  expect(read('s3:https://key:secret@store.example/recordings', keys)).toContain('s3:https://HOST/BUCKET');
});
