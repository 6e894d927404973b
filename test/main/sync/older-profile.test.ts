import { join } from 'node:path';
import { v7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { type Migration, migrations } from '../../../main/store/migrate.ts';
import { openStore } from '../../../main/store/open.ts';
import { settingTable } from '../../../main/store/setting-table.ts';
import { newFolder, noon, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { noReserve, testKey } from '../store/opened.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { codeOf, started, stateOf } from './some-seat-hub.ts';
import { atHub, atSeat, syncSeat } from './sync-rig.ts';

/** The shape of a profile before there was anything of a hub in it. */
const before: readonly Migration[] = migrations.filter(({ version }) => version < 70);

test('a profile of before the hub: its whole log goes up, and edits that it held are shown until the hub has them', async () => {
  const directory = temporaryDirectory();
  const old = openStore({ path: join(directory, 'hookline.db'), key: testKey, now: () => 1, migrations: before });
  if (old.kind === 'refused') throw new Error(old.error.detail);
  const insert = old.store.connection.prepare(
    'insert into journal (seat, seq, id, at, kind, body) values (?, ?, ?, ?, ?, ?)',
  );
  const edit = { collection: 'customers', recordId: 'c', fields: { name: 'Ada' }, baseVersion: 0 };
  const facts = [...callFacts(1), { kind: 'record-edited', body: edit }];
  for (const [index, { kind, body }] of facts.entries())
    insert.run('seat-1', index + 1, v7(), noon, kind, JSON.stringify(body));
  old.store.close();

  const seat = syncSeat('seat-1', directory);
  const site = await startHub(newFolder());
  const { hub, until } = started(seat);
  expect(await hub.enrol(`${site.url} ${await codeOf(site)}`)).toMatchObject({ kind: 'enrolled' });
  expect(hub.record('customers', 'c')).toMatchObject({ fields: { name: 'Ada' } });
  await until(() => stateOf(hub) === 'in-step' && hub.record('customers', 'c')?.isUnsent === false);
  expect(await atHub(site, 'seat-1')).toEqual(atSeat(seat));
});

test('a log that was made anew (damage): with journal and secrets alone the seat finds its hub, its place and its replica', async () => {
  const site = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  const first = started(seat);
  await first.hub.enrol(`${site.url} ${await codeOf(site)}`);
  for (let number = 0; number < 3; number += 1)
    first.hub.editRecord({ collection: 'customers', recordId: `c${number}`, fields: { number } });
  await first.until(() => stateOf(first.hub) === 'in-step' && first.hub.record('customers', 'c2')?.isUnsent === false);
  await first.hub.close();
  first.hub.editRecord({ collection: 'customers', recordId: 'c1', fields: { number: 'unsent' } });

  const mended = syncSeat('seat-1');
  mended.store.journal.refill(seat.entriesAfter(0, 1_000));
  mended.store.setSecret('hub-enrolment', seat.store.secret('hub-enrolment'));
  const again = started(mended);
  // Nothing of what was written here is missing meanwhile.
  expect(again.hub.record('customers', 'c1')).toMatchObject({ fields: { number: 'unsent' }, isUnsent: true });
  await again.until(() => stateOf(again.hub) === 'in-step' && again.hub.record('customers', 'c1')?.isUnsent === false);
  expect(await atHub(site, 'seat-1')).toEqual(atSeat(mended));
  const rows = again.hub.records({ collection: 'customers', search: '', after: null, limit: 9 }).rows;
  expect(rows.map(({ recordId, version }) => [recordId, version])).toEqual([
    ['c0', 1],
    ['c1', 2],
    ['c2', 1],
  ]);
});

test('a full disk keeps what the hub tells out of the replica, and gives up nothing of the log’s reserve for it', async () => {
  const site = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  const { hub, until, said } = started(seat);
  await hub.enrol(`${site.url} ${await codeOf(site)}`);
  await until(() => stateOf(hub) === 'in-step');
  // SQLite's own limit of the file stands for a disk without room.
  const { connection } = seat;
  const pages = Number(connection.pragma('page_count', { simple: true }));
  connection.pragma(`max_page_count = ${pages}`);
  onTestFinished(() => void connection.pragma('max_page_count = 1000000'));
  const other = syncSeat('seat-2');
  const writer = started(other);
  await writer.hub.enrol(`${site.url} ${await codeOf(site)}`);
  for (let number = 0; number < 40; number += 1)
    writer.hub.editRecord({ collection: 'customers', recordId: `c${number}`, fields: { long: 'x'.repeat(4_000) } });
  await until(() => said.some((line) => line.startsWith('the replica is not kept: disk-full')));
  connection.pragma('max_page_count = 1000000');
  hub.tryNow();
  await until(() => hub.records({ collection: 'customers', search: '', after: null, limit: 1 }).total === 40);
  expect(settingTable(connection, noReserve).get('hub-enrolment')).not.toBeNull();
});
