import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../hub/audit/audit-table.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { seatWithSound, sound } from '../listening/seat-with-sound.ts';
import { tus } from '../recordings/raw-request.ts';
import { ask, keyOf, newFolder, noon, onBothDatabases, ownPostgres, startHub } from '../some-hub.ts';

const dayMs = 24 * 3_600_000;

const postgres = ownPostgres();

/** Two people who may erase, and a hub whose clock the test moves. */
async function erasable(
  newPlace: () => Promise<Parameters<typeof startHub>[0]>,
  recordings: readonly string[] = ['r1'],
) {
  const folder = newFolder();
  if (folder.kind !== 'folder') throw new Error('not a folder');
  const clock = { now: noon };
  const hub = await startHub(await newPlace(), {
    recordings: { kind: 'folder', path: folder.path },
    now: () => clock.now,
  });
  const one = await seatWithSound(hub, 'seat-1');
  for (const id of recordings) {
    await one.record(id);
    await one.send(id);
  }
  const [supervisor, administrator] = [await keyOf(hub, 'supervisor'), await keyOf(hub, 'administrator')];
  const ask1 = (key: string, method: string, path: string, body?: unknown) => ask(hub.url, method, path, key, body);
  const askFor = (what: string, id = 'r1', key = supervisor) =>
    ask1(key, 'POST', '/v1/requests', {
      wish: { what, seat: 'seat-1', recordingId: id },
      reason: 'the customer asked for it',
    });
  const confirm = (requestId: string, key = administrator) =>
    ask1(key, 'POST', `/v1/requests/${requestId}/confirmation`);
  const stored = () => readdirSync(folder.path).filter((name) => name.endsWith('.data'));
  return { hub, one, supervisor, administrator, ask: ask1, askFor, confirm, stored, clock, folder: folder.path };
}

async function trail({ parts }: RunningHub): Promise<readonly string[]> {
  const rows = await parts.database.tables.selectFrom('audit_line').selectAll().orderBy('position').execute();
  return rows
    .map(({ action, subject, role }) => `${role} ${action} ${subject}`)
    .filter((line) => !/key-created|enrol/.test(line));
}

onBothDatabases((newPlace) => {
  test('one asks, another confirms: the key is gone, the sound is gone, and the trail says who', async () => {
    const { hub, one, supervisor, administrator, askFor, confirm, stored } = await erasable(newPlace);
    const asked = await askFor('erase');
    expect(asked.status).toBe(201);
    expect((await sound(hub, supervisor, 'seat-1/r1')).status).toBe(200);
    expect((await confirm(asked.body.requestId, supervisor)).body.code).toBe('SAME_PERSON');
    expect((await confirm(asked.body.requestId)).status).toBe(200);
    expect((await sound(hub, supervisor, 'seat-1/r1')).status).toBe(410);
    expect((await ask(hub.url, 'GET', '/v1/recordings/seat-1/r1', supervisor)).status).toBe(410);
    expect(stored()).toEqual([]);
    expect((await confirm(asked.body.requestId)).body.code).toBe('UNKNOWN_REQUEST');
    const { rows } = await hub.parts.database.tables
      .selectFrom('recording_key')
      .selectAll()
      .execute()
      .then((found) => ({ rows: found.map(({ wrapped }) => wrapped) }));
    expect(rows).toEqual(['0'.repeat(126)]);
    // Its seat may send it again as often as it likes: it is not taken.
    const again = await tus('POST', `${hub.url}/v1/recordings/uploads`, {
      'Upload-Defer-Length': '1',
      'Upload-Metadata': `recordingId ${Buffer.from('r1').toString('base64')}`,
      Authorization: `Bearer ${one.key}`,
    });
    expect(again.status).toBe(410);
    expect(await trail(hub)).toEqual([
      'supervisor erase-asked seat-1/r1',
      'supervisor recording-played seat-1/r1',
      'administrator recording-erased seat-1/r1',
    ]);
    expect((await verifyAudit(hub.parts.database, null)).fault).toBe(null);
    expect((await ask(hub.url, 'GET', '/v1/requests', administrator)).body.rows).toMatchObject([
      { state: 'confirmed', reason: 'the customer asked for it', wish: { what: 'erase', recordingId: 'r1' } },
    ]);
  });

  test('its seat is told, from where it left off, and nobody else', async () => {
    const { hub, one, askFor, confirm } = await erasable(newPlace, ['r1', 'r2', 'r3']);
    for (const id of ['r2', 'r1']) await confirm((await askFor('erase', id)).body.requestId);
    const list = async (after = '') =>
      (await ask(hub.url, 'GET', `/v1/recordings/erased?limit=1${after}`, one.key)).body;
    const first = await list();
    expect(first.rows).toMatchObject([{ recordingId: 'r2', callId: 'call-of-r2', erasedAt: noon }]);
    const second = await list(`&after=${first.cursor}`);
    expect(second.rows).toMatchObject([
      { recordingId: 'r1', callId: 'call-of-r1', erasedAt: noon, cursor: second.cursor },
    ]);
    const third = await list(`&after=${second.cursor}`);
    expect(third).toEqual({ rows: [], cursor: second.cursor, isEnd: true });
    const other = await seatWithSound(hub, 'seat-2');
    expect((await ask(hub.url, 'GET', '/v1/recordings/erased', other.key)).body.rows).toEqual([]);
  });

  test('under hold nothing erases it, not two people and not its date; letting go of it takes two again', async () => {
    const { hub, supervisor, administrator, ask: asks, askFor, confirm, clock } = await erasable(newPlace);
    const early = await askFor('erase');
    const held = await asks(supervisor, 'PUT', '/v1/recordings/seat-1/r1/hold', { reason: 'court 12' });
    expect(held.status).toBe(200);
    expect((await askFor('erase')).body.code).toBe('HELD');
    // One that was asked for before the hold: refused, and still open.
    expect((await confirm(early.body.requestId)).body.code).toBe('HELD');
    await asks(administrator, 'PUT', '/v1/retention-classes/standard', {
      keepDays: null,
      isDefault: true,
      reason: 'none',
    });
    clock.now += 1_000;
    const released = await askFor('release-hold', 'r1');
    expect((await confirm(released.body.requestId, supervisor)).body.code).toBe('SAME_PERSON');
    expect((await sound(hub, supervisor, 'seat-1/r1')).status).toBe(200);
    expect((await confirm(released.body.requestId)).status).toBe(200);
    expect((await askFor('release-hold')).body.code).toBe('NOT_HELD');
    expect((await confirm(early.body.requestId)).status).toBe(200);
    expect((await trail(hub)).filter((line) => /hold|held|erased/.test(line))).toEqual([
      'supervisor recording-held seat-1/r1',
      'supervisor release-hold-asked seat-1/r1',
      'administrator hold-released seat-1/r1',
      'administrator recording-erased seat-1/r1',
    ]);
  });

  test('a request lapses after a week, can be withdrawn, and a key made after it confirms nothing', async () => {
    const { hub, supervisor, askFor, confirm, clock, ask: asks } = await erasable(newPlace);
    const asked = await askFor('erase');
    clock.now += 1_000;
    const late = await keyOf(hub, 'supervisor');
    expect((await confirm(asked.body.requestId, late)).body.code).toBe('SAME_PERSON');
    clock.now += 7 * dayMs;
    expect((await confirm(asked.body.requestId)).body.code).toBe('UNKNOWN_REQUEST');
    const list = await asks(supervisor, 'GET', '/v1/requests?state=lapsed');
    expect(list.body.rows).toHaveLength(1);
    const second = await askFor('erase');
    expect((await asks(supervisor, 'DELETE', `/v1/requests/${second.body.requestId}`)).status).toBe(200);
    expect((await confirm(second.body.requestId)).body.code).toBe('UNKNOWN_REQUEST');
    expect((await sound(hub, supervisor, 'seat-1/r1')).status).toBe(200);
  });

  test('two who confirm at once erase once; what cannot be audited is not erased', async () => {
    const { hub, supervisor, askFor, confirm } = await erasable(newPlace, ['r1', 'r2']);
    const { requestId } = (await askFor('erase')).body;
    const both = await Promise.all([confirm(requestId), confirm(requestId), confirm(requestId)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 404, 404]);
    const { tables, kind } = hub.parts.database;
    const other = (await askFor('erase', 'r2')).body.requestId;
    await sql
      .raw(
        kind === 'sqlite'
          ? `create trigger no_room before insert on audit_line begin select raise(abort, 'no room'); end`
          : 'alter table audit_line add constraint no_room check (position < 0) not valid',
      )
      .execute(tables);
    expect((await confirm(other)).status).toBe(503);
    expect((await askFor('erase', 'r2')).status).toBe(503);
    expect((await ask(hub.url, 'PUT', '/v1/recordings/seat-1/r2/hold', supervisor, { reason: 'court' })).status).toBe(
      503,
    );
    const row = await tables.selectFrom('recording').selectAll().where('recording_id', '=', 'r2').executeTakeFirst();
    expect(row).toMatchObject({ erased_at: null, held_at: null, key_state: 'held' });
  });

  test('a seat may take back what it just sent, with a line of its own; not what is held, nor of yesterday', async () => {
    const { hub, one, supervisor, clock, ask: asks } = await erasable(newPlace, ['r1', 'r2', 'r3']);
    const remove = async (id: string) => {
      const url = await one.begin(id);
      return (await tus('DELETE', url, { Authorization: `Bearer ${one.key}` })).status;
    };
    expect(await remove('r1')).toBe(204);
    await asks(supervisor, 'PUT', '/v1/recordings/seat-1/r2/hold', { reason: 'court' });
    expect(await remove('r2')).toBe(403);
    clock.now += 25 * 3_600_000;
    expect(await remove('r3')).toBe(403);
    expect((await sound(hub, supervisor, 'seat-1/r2')).status).toBe(200);
    expect((await trail(hub)).filter((line) => /taken/.test(line))).toEqual(['seat recording-taken-back seat-1/r1']);
    // And sends it anew.
    await one.send('r1');
    expect((await sound(hub, supervisor, 'seat-1/r1')).status).toBe(200);
  });
});

test('a wrapped key lies in the database and nowhere else: not beside the sound, not in what is told of an upload', async () => {
  const place = newFolder();
  if (place.kind !== 'folder') throw new Error('not a folder');
  const hub = await startHub(place);
  const one = await seatWithSound(hub, 'seat-1');
  await one.record('r1');
  const url = await one.begin('r1');
  await one.send('r1');
  const wrapped = (await one.wrapOf('r1')) ?? 'none';
  const beside = everyByteOf(join(place.path, 'recordings')).toString('latin1');
  const { headers } = await tus('HEAD', url, { Authorization: `Bearer ${one.key}` });
  const told = String(headers['upload-metadata']);
  for (const text of [wrapped, Buffer.from(wrapped).toString('base64')])
    expect([beside.includes(text), told.includes(text)]).toEqual([false, false]);
  expect(everyByteOf(place.path).includes(wrapped)).toBe(true);
});

test('on PostgreSQL the table’s own file holds no byte of a destroyed key, once it is on disk', async () => {
  const database = { kind: 'postgres', url: await postgres().newDatabase() } as const;
  const folder = newFolder();
  if (folder.kind !== 'folder') throw new Error('not a folder');
  const hub = await startHub(database, { recordings: { kind: 'folder', path: folder.path } });
  const one = await seatWithSound(hub, 'seat-1');
  for (const id of ['r1', 'r2']) {
    await one.record(id);
    await one.begin(id);
  }
  const { tables } = hub.parts.database;
  const holds = async (id: string): Promise<boolean> => {
    await sql`checkpoint`.execute(tables);
    const { rows } = await sql<{ bytes: Buffer }>`
      select pg_read_binary_file(pg_relation_filepath('recording_key')) as bytes`.execute(tables);
    return rows[0]?.bytes.includes((await one.wrapOf(id)) ?? 'none') === true;
  };
  expect([await holds('r1'), await holds('r2')]).toEqual([true, true]);
  const [supervisor, administrator] = [await keyOf(hub, 'supervisor'), await keyOf(hub, 'administrator')];
  const wish = { what: 'erase', seat: 'seat-1', recordingId: 'r1' };
  const { body } = await ask(hub.url, 'POST', '/v1/requests', supervisor, { wish, reason: 'the customer asked' });
  await ask(hub.url, 'POST', `/v1/requests/${body.requestId}/confirmation`, administrator);
  expect([await holds('r1'), await holds('r2')]).toEqual([false, true]);
});

test('after an erasure no file of the database holds a byte of the wrapped key, however many there were', async () => {
  const place = newFolder();
  if (place.kind !== 'folder') throw new Error('not a folder');
  const clock = { now: noon };
  const hub = await startHub(place, { now: () => clock.now });
  const one = await seatWithSound(hub, 'seat-1');
  const wraps = new Map<string, string>();
  await one.record('r1');
  for (let number = 0; number < 200; number += 1) {
    // Ids that are no order: rows go in between each other in every index.
    const id = `r${(number * 7919) % 1000}`;
    if (id !== 'r1') {
      copyFileSync(join(one.directory, 'r1.hkrec'), join(one.directory, `${id}.hkrec`));
    }
    const wrapped = await one.wrapOf('r1');
    if (wrapped === null) throw new Error('no wrap');
    const unique = `${wrapped.slice(0, 60)}${String(number).padStart(6, '0')}${wrapped.slice(66)}`;
    wraps.set(id, unique);
    await one.begin(id, { key: unique });
  }
  const [supervisor, administrator] = [await keyOf(hub, 'supervisor'), await keyOf(hub, 'administrator')];
  const gone = [...wraps.keys()].filter((_id, index) => index % 5 === 0);
  for (const recordingId of gone) {
    const asked = await ask(hub.url, 'POST', '/v1/requests', supervisor, {
      wish: { what: 'erase', seat: 'seat-1', recordingId },
      reason: 'the customer asked for it',
    });
    const done = await ask(hub.url, 'POST', `/v1/requests/${asked.body.requestId}/confirmation`, administrator);
    expect(done.status).toBe(200);
  }
  const found = everyByteOf(place.path);
  const left = (id: string): boolean => found.includes(wraps.get(id)?.slice(20) ?? 'none');
  expect(gone.filter(left)).toEqual([]);
  // The same look does find the ones that were not erased.
  expect([...wraps.keys()].filter((id) => !gone.includes(id)).every(left)).toBe(true);
}, 60_000);

/** All files under a folder, one after the other. */
function everyByteOf(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  return Buffer.concat(files.map((path) => readFileSync(path)));
}
