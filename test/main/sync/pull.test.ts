import { CompiledQuery } from 'kysely';
import { expect, test } from 'vitest';
import type { RunningHub } from '../../../hub/run-hub.ts';
import type { SeatHub } from '../../../main/seat-hub.ts';
import { ask, keyOf, newFolder, onBothDatabases, startHub } from '../../hub/some-hub.ts';
import { type BadProxy, type Fate, startBadProxy } from './bad-proxy.ts';
import { codeOf, type StartedSeatHub, started, stateOf } from './some-seat-hub.ts';
import { type SyncSeat, syncSeat } from './sync-rig.ts';

/** A seat that reaches its hub through something that can be told to fail. */
interface Member extends StartedSeatHub {
  readonly seat: SyncSeat;
  readonly proxy: BadProxy;
  fate: Fate;
}

async function member(name: string, site: RunningHub): Promise<Member> {
  const seat = syncSeat(name);
  const state = { fate: 'through' as Fate };
  const proxy = await startBadProxy(site.url, () => state.fate);
  const made = Object.assign(state, started(seat), { seat, proxy });
  expect(await made.hub.enrol(`${proxy.url} ${await codeOf(site)}`)).toMatchObject({ kind: 'enrolled' });
  return made;
}

function all(hub: SeatHub) {
  return hub.records({ collection: 'customers', search: '', after: null, limit: 200 }).rows;
}

/** What a person reads of the records. */
function fieldsOf(hub: SeatHub) {
  return Object.fromEntries(all(hub).map(({ recordId, fields }) => [recordId, fields]));
}

const set = (hub: SeatHub, recordId: string, fields: Record<string, string | number> | null) =>
  hub.editRecord({ collection: 'customers', recordId, fields });

async function inStep(...members: readonly Member[]): Promise<void> {
  await Promise.all(
    members.map(({ hub, until }) => until(() => stateOf(hub) === 'in-step' && all(hub).every((r) => !r.isUnsent))),
  );
}

/** Waits until every seat shows the same as the hub has. */
async function equal(site: RunningHub, ...members: readonly Member[]): Promise<void> {
  await inStep(...members);
  const rows = await site.parts.database.tables
    .selectFrom('shared_record')
    .selectAll()
    .where('is_deleted', '=', 0)
    .orderBy('record_id')
    .execute();
  const atHub = Object.fromEntries(rows.map(({ record_id, fields }) => [record_id, JSON.parse(fields)]));
  await Promise.all(
    members.map(({ hub, until }) => until(() => JSON.stringify(fieldsOf(hub)) === JSON.stringify(atHub))),
  );
  for (const { hub } of members) expect(fieldsOf(hub)).toEqual(atHub);
}

onBothDatabases((newPlace) => {
  test('two seats that edit the same records while they are away from the hub end equal, and equal to the hub', async () => {
    const site = await startHub(await newPlace());
    const [one, two] = [await member('one', site), await member('two', site)];
    set(one.hub, 'a', { name: 'Ada', phone: '1' });
    set(one.hub, 'b', { name: 'Bob' });
    await equal(site, one, two);
    for (const away of [one, two]) away.fate = 'lost';
    set(one.hub, 'a', { name: 'Ada L.' });
    set(two.hub, 'a', { name: 'A. Lovelace', note: 'calls back' });
    set(two.hub, 'b', null);
    set(one.hub, 'b', { phone: '2' });
    set(one.hub, 'c', { name: 'Cy' });
    set(one.hub, 'c', null);
    set(one.hub, 'c', { name: 'Cy again' });
    // Each sees its own at once.
    expect(fieldsOf(one.hub)).toEqual({
      a: { name: 'Ada L.', phone: '1' },
      b: { name: 'Bob', phone: '2' },
      c: { name: 'Cy again' },
    });
    expect(fieldsOf(two.hub)).toEqual({ a: { name: 'A. Lovelace', phone: '1', note: 'calls back' } });
    // The second one comes back first.
    two.fate = 'through';
    two.hub.networkBack();
    await inStep(two);
    one.fate = 'through';
    one.hub.networkBack();
    await equal(site, one, two);
    expect(fieldsOf(one.hub)).toEqual({
      a: { name: 'Ada L.', phone: '1', note: 'calls back' },
      c: { name: 'Cy again' },
    });
  });

  test('whoever deletes a record and makes it again while he is away has it all the time, and then everybody has', async () => {
    const site = await startHub(await newPlace());
    const [one, two] = [await member('one', site), await member('two', site)];
    for (const recordId of ['edited', 'deleted', 'both']) set(one.hub, recordId, { name: 'old', phone: '1' });
    await equal(site, one, two);
    one.fate = 'lost';
    for (const recordId of ['edited', 'deleted', 'both']) {
      set(one.hub, recordId, null);
      set(one.hub, recordId, { name: 'made again' });
    }
    set(one.hub, 'both', { note: 'and changed' });
    set(two.hub, 'edited', { phone: '2' });
    set(two.hub, 'deleted', null);
    set(two.hub, 'both', null);
    set(two.hub, 'both', { name: 'by two', phone: '3' });
    await inStep(two);
    const shown: unknown[] = [];
    one.look(() => shown.push(one.hub.record('customers', 'edited')?.fields));
    one.fate = 'through';
    one.hub.networkBack();
    await equal(site, one, two);
    expect(fieldsOf(two.hub)).toEqual({
      edited: { name: 'made again' },
      deleted: { name: 'made again' },
      both: { name: 'made again', note: 'and changed' },
    });
    expect(shown).toEqual(shown.map(() => ({ name: 'made again' })));
  });

  test('while answers are lost an edit never shows its old value again', async () => {
    const site = await startHub(await newPlace());
    const one = await member('one', site);
    set(one.hub, 'a', { n: 0 });
    await equal(site, one);
    let asked = 0;
    const shown: number[] = [];
    one.look(() => shown.push(Number(one.hub.record('customers', 'a')?.fields.n)));
    for (let n = 1; n <= 10; n += 1) {
      asked += 1;
      one.fate = asked % 2 === 0 ? 'answer-lost' : 'through';
      set(one.hub, 'a', { n });
      shown.push(n);
      await one.until(() => shown.length > n * 2);
    }
    one.fate = 'through';
    one.hub.networkBack();
    await equal(site, one);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  });

  test('somebody at the hub deletes, makes anew and changes: the seats follow, tombstones too', async () => {
    const site = await startHub(await newPlace());
    const one = await member('one', site);
    const administrator = await keyOf(site, 'administrator');
    const put = (recordId: string, baseVersion: number, fields: object) =>
      ask(site.url, 'PUT', `/v1/records/customers/${recordId}`, administrator, { baseVersion, fields });
    for (let number = 0; number < 250; number += 1) await put(`r${String(number).padStart(3, '0')}`, 0, { number });
    await one.until(
      () => one.hub.records({ collection: 'customers', search: '', after: null, limit: 1 }).total === 250,
    );
    await ask(site.url, 'DELETE', '/v1/records/customers/r007?baseVersion=1', administrator);
    await put('r009', 1, { number: 'nine' });
    await one.until(() => one.hub.record('customers', 'r009')?.fields.number === 'nine');
    expect(one.hub.record('customers', 'r007')).toBeNull();
    expect(one.hub.records({ collection: 'customers', search: 'NINE', after: null, limit: 5 })).toMatchObject({
      total: 1,
      rows: [{ recordId: 'r009' }],
    });
    expect(one.hub.records({ collection: 'customers', search: '', after: 'r247', limit: 5 }).rows).toMatchObject([
      { recordId: 'r248' },
      { recordId: 'r249' },
    ]);
  }, 60_000);
});

test('a hub that was put back from a copy, and has gone on since: what seats had told it comes back, and all end equal', async () => {
  const place = newFolder();
  const copy = newFolder();
  if (place.kind !== 'folder' || copy.kind !== 'folder') throw new Error('not a folder');
  const site = await startHub(place);
  const [one, two, three] = [await member('one', site), await member('two', site), await member('three', site)];
  set(one.hub, 'a', { by: 'one' });
  set(two.hub, 'b', { by: 'two' });
  await equal(site, one, two, three);
  await site.parts.database.tables.executeQuery(CompiledQuery.raw(`vacuum into '${copy.path}/hub.db'`));
  set(one.hub, 'a', { after: 'the copy' });
  set(one.hub, 'c', { by: 'one, after the copy' });
  set(two.hub, 'b', null);
  await equal(site, one, two, three);
  await site.stop();

  const back = await startHub(copy);
  const administrator = await keyOf(back, 'administrator');
  // It gets further than it was before any seat comes back: the old places of the feed mean other things now.
  for (let number = 0; number < 10; number += 1)
    await ask(back.url, 'PUT', `/v1/records/customers/new${number}`, administrator, {
      baseVersion: 0,
      fields: { number },
    });
  const emptied: string[] = [];
  for (const { hub, look } of [one, two, three])
    look(() => {
      if (all(hub).length === 0) emptied.push('nothing was shown');
      if (hub === one.hub && hub.record('customers', 'c') === null) emptied.push('an own edit was not shown');
    });
  for (const { proxy, hub } of [three, two, one]) {
    proxy.turnTo(back.url);
    hub.networkBack();
  }
  await one.until(() => one.hub.record('customers', 'new9') !== null);
  await two.until(() => two.hub.record('customers', 'c') !== null);
  await equal(back, one, two, three);
  expect(fieldsOf(three.hub)).toMatchObject({
    a: { by: 'one', after: 'the copy' },
    c: { by: 'one, after the copy' },
    new9: {},
  });
  expect(three.hub.record('customers', 'b')).toBeNull();
  expect(emptied).toEqual([]);
}, 60_000);
