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

test('while nobody has signed in the hub is not left', async () => {
  const { room } = roomOf(noSeatHub, true);
  await expect(room.leave()).rejects.toMatchObject({ message: 'Somebody has to sign in first.' });
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
