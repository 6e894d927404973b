import { expect, test } from 'vitest';
import { newFolder, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { codeOf, started, stateOf } from './some-seat-hub.ts';
import { atHub, atSeat, syncSeat } from './sync-rig.ts';

test('a seat joins a hub, hands everything over, edits, leaves, and joins again', async () => {
  const site = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  seat.store.appendAll(callFacts(1).map((fact) => ({ fact, at: 5 })));
  const { hub, links, until } = started(seat);
  expect(hub.view()).toEqual({ kind: 'none' });
  const address = site.url;
  expect(await hub.enrol(`${address} ${await codeOf(site)}`)).toEqual({ kind: 'enrolled', address });
  await until(() => stateOf(hub) === 'in-step');
  expect(hub.view()).toMatchObject({ kind: 'enrolled', address, waiting: 0, setAside: 0, detail: '' });
  expect(await atHub(site, 'seat-1')).toEqual(atSeat(seat));

  const shown = hub.editRecord({ collection: 'customers', recordId: 'c-1', fields: { name: 'Ada' } });
  expect(shown).toMatchObject({ version: 1, fields: { name: 'Ada' }, isUnsent: true });
  expect(hub.record('customers', 'c-1')).toEqual(shown);
  await until(() => hub.record('customers', 'c-1')?.isUnsent === false);
  expect(hub.record('customers', 'c-1')).toEqual({ ...shown, isUnsent: false });

  await hub.leave();
  expect([hub.view(), hub.record('customers', 'c-1')]).toEqual([{ kind: 'none' }, null]);
  expect(await hub.enrol(`${address} ${await codeOf(site)}`)).toMatchObject({
    kind: 'refused',
    why: 'already-enrolled',
  });
  expect(await hub.enrol(`${address} ${await codeOf(site, 'seat-1')}`)).toMatchObject({ kind: 'enrolled' });
  await until(() => hub.record('customers', 'c-1')?.isUnsent === false);
  expect(hub.record('customers', 'c-1')?.fields).toEqual({ name: 'Ada' });
  expect(await atHub(site, 'seat-1')).toEqual(atSeat(seat));
  expect(links).toEqual([address, null, address]);
});

test('a seat that goes to another hub brings its whole log; what the old hub shared stays behind, but for its own edits', async () => {
  const [first, second] = [await startHub(newFolder()), await startHub(newFolder())];
  const other = started(syncSeat('seat-2'));
  await other.hub.enrol(`${first.url} ${await codeOf(first)}`);
  other.hub.editRecord({ collection: 'customers', recordId: 'theirs', fields: { by: 'seat-2' } });
  const seat = syncSeat('seat-1');
  const { hub, links, until } = started(seat);
  await hub.enrol(`${first.url} ${await codeOf(first)}`);
  hub.editRecord({ collection: 'customers', recordId: 'mine', fields: { by: 'seat-1' } });
  await until(() => hub.record('customers', 'theirs') !== null && hub.record('customers', 'mine')?.isUnsent === false);

  expect(await hub.enrol(`${second.url} ${await codeOf(second)}`)).toMatchObject({ kind: 'enrolled' });
  expect(hub.record('customers', 'theirs')).toBeNull();
  expect(hub.record('customers', 'mine')).toMatchObject({ fields: { by: 'seat-1' } });
  await until(() => stateOf(hub) === 'in-step' && hub.record('customers', 'mine')?.isUnsent === false);
  expect(await atHub(second, 'seat-1')).toEqual(atSeat(seat));
  expect(hub.records({ collection: 'customers', search: '', after: null, limit: 9 }).total).toBe(1);
  expect(links).toEqual([first.url, null, second.url]);
});

test('a key that ended is told; a new one for the same seat goes on where it was', async () => {
  const site = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  const { hub, until } = started(seat);
  await hub.enrol(`${site.url} ${await codeOf(site)}`);
  seat.store.appendAll(callFacts(1).map((fact) => ({ fact, at: 5 })));
  await until(() => stateOf(hub) === 'in-step');
  const { tables } = site.parts.database;
  await tables.updateTable('access_key').set({ revoked_at: 1 }).execute();
  seat.store.appendAll(callFacts(2).map((fact) => ({ fact, at: 5 })));
  await until(() => stateOf(hub) === 'refused');
  expect(hub.view()).toMatchObject({ waiting: 6, detail: 'HTTP 401 UNAUTHORIZED' });
  expect(await hub.enrol(`${site.url} ${await codeOf(site, 'seat-1')}`)).toMatchObject({ kind: 'enrolled' });
  await until(() => stateOf(hub) === 'in-step');
  expect(await atHub(site, 'seat-1')).toEqual(atSeat(seat));
});
