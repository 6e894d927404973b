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
