import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { hubRouter } from '../../../main/hub-router.ts';
import { noSeatHub } from '../../../main/seat-hub.ts';
import { newFolder, startHub } from '../../hub/some-hub.ts';
import { codeOf, started, stateOf } from './some-seat-hub.ts';
import { syncSeat } from './sync-rig.ts';

/** The room as the desk has it; of uploads only what is asked here. */
function roomOf(hub: Parameters<typeof hubRouter>[0]['hub'], isLocked = false) {
  const asked: string[] = [];
  const uploads = { networkBack: () => asked.push('network back') } as unknown as Parameters<
    typeof hubRouter
  >[0]['uploads'];
  return {
    asked,
    room: createRouterClient(hubRouter({ hub, uploads, signIn: { isLocked: () => isLocked } }), {
      context: { page: 'desk' } as never,
    }),
  };
}

test('the desk joins, reads, edits and leaves; refusals arrive with their sentence', async () => {
  const site = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  const { hub, until } = started(seat);
  const { room, asked } = roomOf(hub);
  expect(await room.enrol({ text: 'nonsense' })).toMatchObject({ kind: 'refused', why: 'unreadable' });
  expect(await room.enrol({ text: `${site.url} ${await codeOf(site)}` })).toMatchObject({ kind: 'enrolled' });
  const place = { collection: 'customers', recordId: 'c-1' };
  const fields = { name: 'Ada Lovelace', phone: '+44 20 7946-0000' };
  expect(await room.editRecord({ ...place, fields })).toEqual({
    ...place,
    fields,
    version: 1,
    isDeleted: false,
    isUnsent: true,
  });
  await until(() => hub.record('customers', 'c-1')?.isUnsent === false);
  const found = { rows: [{ ...place, fields, version: 1, isDeleted: false, isUnsent: false }], total: 1 };
  for (const search of ['', 'LOVE', '2079460000', 'c-1'])
    expect(await room.records({ collection: 'customers', search, after: null, limit: 10 })).toEqual(found);
  expect(await room.records({ collection: 'customers', search: 'no', after: null, limit: 10 })).toMatchObject({
    total: 0,
  });
  expect(await room.records({ collection: 'tickets', search: '', after: null, limit: 10 })).toMatchObject({ total: 0 });
  expect(await room.record({ ...place, recordId: 'other' })).toBeNull();
  const long = 'x'.repeat(40_000);
  await room.editRecord({ ...place, recordId: 'long', fields: { long } });
  await expect(room.editRecord({ ...place, recordId: 'long', fields: { more: long } })).rejects.toMatchObject({
    message: 'The record would be too large.',
  });
  expect(await room.editRecord({ ...place, fields: null })).toMatchObject({ isDeleted: true, version: 2 });
  expect(await room.record(place)).toBeNull();
  await room.tryNow();
  expect(asked).toEqual(['network back']);
  expect(await room.setAside()).toEqual([]);
  await room.leave();
  expect(stateOf(hub)).toBe('none');
});

test('while nobody has signed in the hub is neither left nor changed and nothing is read', async () => {
  const [site, other] = [await startHub(newFolder()), await startHub(newFolder())];
  const seat = syncSeat('seat-1');
  const { hub } = started(seat);
  await hub.enrol(`${site.url} ${await codeOf(site)}`);
  const { room } = roomOf(hub, true);
  const sentence = { message: 'Somebody has to sign in first.' };
  const place = { collection: 'customers', recordId: 'c' };
  await expect(room.leave()).rejects.toMatchObject(sentence);
  await expect(room.records({ collection: 'customers', search: '', after: null, limit: 1 })).rejects.toMatchObject(
    sentence,
  );
  await expect(room.record(place)).rejects.toMatchObject(sentence);
  await expect(room.editRecord({ ...place, fields: {} })).rejects.toMatchObject(sentence);
  const refused = { kind: 'refused', why: 'sign-in-first' };
  expect(await room.enrol({ text: `${other.url} ${await codeOf(other)}` })).toMatchObject(refused);
  // Another hub at the same address.
  await site.stop();
  const port = Number(new URL(site.url).port);
  const there = await startHub(newFolder(), { port });
  expect(await room.enrol({ text: `${site.url} ${await codeOf(there)}` })).toMatchObject(refused);
  expect(hub.view()).toMatchObject({ kind: 'enrolled', address: site.url });
});

test('a new key of the own hub is taken while nobody has signed in', async () => {
  const site = await startHub(newFolder());
  const { hub } = started(syncSeat('seat-1'));
  await hub.enrol(`${site.url} ${await codeOf(site)}`);
  const { room } = roomOf(hub, true);
  expect(await room.enrol({ text: `${site.url} ${await codeOf(site, 'seat-1')}` })).toMatchObject({ kind: 'enrolled' });
});

test('a seat that joins no hub says so', async () => {
  const { room } = roomOf(noSeatHub);
  expect(await room.enrol({ text: 'x y' })).toMatchObject({ kind: 'refused' });
  expect(await room.records({ collection: 'customers', search: '', after: null, limit: 1 })).toEqual({
    rows: [],
    total: 0,
  });
  await expect(room.editRecord({ collection: 'customers', recordId: 'c', fields: {} })).rejects.toMatchObject({
    message: 'This seat keeps no shared records.',
  });
});
