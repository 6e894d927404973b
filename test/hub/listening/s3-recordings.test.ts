import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { s3StoreRig } from '../recordings/intake-rig.ts';
import { patch } from '../recordings/raw-request.ts';
import { ask, keyOf, newFolder, startHub } from '../some-hub.ts';
import { seatWithSound, sound } from './seat-with-sound.ts';

test('from a bucket too: heard whole, heard as far as it came, erased with its object, found again', async () => {
  const rig = await s3StoreRig();
  onTestFinished(() => rig.close());
  if (rig.place.kind !== 's3') throw new Error('not a bucket');
  const recordings = { ...rig.place, region: 'us-east-1' };
  const hub = await startHub(newFolder(), { recordings });
  const seat = await seatWithSound(hub, 'seat-1');
  const content = await seat.record('r1');
  await seat.send('r1');
  await seat.record('r2');
  await seat.send('r2', content.length - 5_000);
  const [supervisor, administrator] = [await keyOf(hub, 'supervisor'), await keyOf(hub, 'administrator')];
  const whole = await sound(hub, supervisor, 'seat-1/r1');
  expect([whole.status, whole.headers.get('hookline-complete')]).toEqual([200, 'yes']);
  const soFar = await sound(hub, supervisor, 'seat-1/r2');
  expect([soFar.status, soFar.headers.get('hookline-complete')]).toEqual([200, 'no']);
  const list = (await ask(hub.url, 'GET', '/v1/recordings', supervisor)).body.rows;
  expect(list.map(({ recordingId, bytes }: Record<string, unknown>) => [recordingId, bytes]).toSorted()).toEqual([
    ['r1', content.length],
    ['r2', content.length - 5_000],
  ]);

  expect(await rig.objects()).toHaveLength(1);
  for (const recordingId of ['r1', 'r2']) {
    const wish = { what: 'erase', seat: 'seat-1', recordingId };
    const { body } = await ask(hub.url, 'POST', '/v1/requests', supervisor, { wish, reason: 'the customer asked' });
    const done = await ask(hub.url, 'POST', `/v1/requests/${body.requestId}/confirmation`, administrator);
    expect(done.status).toBe(200);
    expect((await sound(hub, supervisor, `seat-1/${recordingId}`)).status).toBe(410);
  }
  expect(await rig.objects()).toEqual([]);
  const gone = await hub.parts.database.tables.selectFrom('recording').select('is_object_gone').execute();
  expect(gone).toEqual([{ is_object_gone: 1 }, { is_object_gone: 1 }]);
}, 60_000);

test('of a recording that a bucket can give only whole the hub says when it can be heard', async () => {
  const rig = await s3StoreRig();
  onTestFinished(() => rig.close());
  if (rig.place.kind !== 's3') throw new Error('not a bucket');
  const hub = await startHub(newFolder(), { recordings: { ...rig.place, region: 'us-east-1' } });
  const seat = await seatWithSound(hub, 'seat-1');
  await seat.record('r1');
  const as = { Authorization: `Bearer ${seat.key}` };
  expect((await patch(await seat.begin('r1'), 0, randomBytes(6_000_000), as)).status).toBe(204);
  const supervisor = await keyOf(hub, 'supervisor');
  const said = { code: 'NOT_COMPLETE', message: 'This recording can be heard when its upload is complete.' };
  const refused = await sound(hub, supervisor, 'seat-1/r1');
  expect([refused.status, await refused.json()]).toEqual([409, expect.objectContaining(said)]);
  const about = await ask(hub.url, 'GET', '/v1/recordings/seat-1/r1', supervisor);
  expect([about.status, about.body]).toEqual([409, expect.objectContaining(said)]);
}, 60_000);
