import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sweepRecordings } from '../../../hub/retention/retention-sweep.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { seatWithSound } from '../listening/seat-with-sound.ts';
import { ask, keyOf, newFolder, noon, onBothDatabases, startHub } from '../some-hub.ts';

const dayMs = 24 * 3_600_000;
const reason = 'as the law says';

onBothDatabases((newPlace) => {
  async function sweepable(recordings: readonly string[]) {
    const folder = newFolder();
    if (folder.kind !== 'folder') throw new Error('not a folder');
    const clock = { now: noon };
    const hub = await startHub(await newPlace(), {
      recordings: { kind: 'folder', path: folder.path },
      now: () => clock.now,
    });
    const one = await seatWithSound(hub, 'seat-1');
    for (const id of recordings) await one.begin(id);
    const keys = { supervisor: await keyOf(hub, 'supervisor'), administrator: await keyOf(hub, 'administrator') };
    const putClass = (name: string, keepDays: number | null, isDefault = false) =>
      ask(hub.url, 'PUT', `/v1/retention-classes/${name}`, keys.administrator, { keepDays, isDefault, reason });
    const classify = (id: string, retentionClass: string) =>
      ask(hub.url, 'PUT', `/v1/recordings/seat-1/${id}/retention-class`, keys.supervisor, { retentionClass, reason });
    const confirm = (requestId: string, key = keys.supervisor) =>
      ask(hub.url, 'POST', `/v1/requests/${requestId}/confirmation`, key);
    /** Goes on by days with a sweep each hour of the last, as a hub that runs does. */
    const live = async (days: number) => {
      for (let day = 0; day < days; day += 1) {
        clock.now += dayMs;
        await sweepRecordings(hub.parts, null, () => undefined);
      }
    };
    return { hub, one, clock, ...keys, putClass, classify, confirm, live };
  }

  async function standing(hub: RunningHub) {
    const rows = await hub.parts.database.tables.selectFrom('recording').selectAll().orderBy('recording_id').execute();
    return rows.map(({ recording_id, erased_at }) => `${recording_id} ${erased_at === null ? 'kept' : 'erased'}`);
  }

  test('nothing is erased by date until somebody says how long; what is shorter takes two people', async () => {
    const { hub, putClass, confirm, live, administrator } = await sweepable(['r1']);
    await live(400);
    expect(await standing(hub)).toEqual(['r1 kept']);
    const shorter = await putClass('standard', 90, true);
    expect(shorter.body).toMatchObject({ kind: 'asked' });
    expect((await ask(hub.url, 'GET', '/v1/retention-classes', administrator)).body).toEqual([
      { name: 'standard', keepDays: null, isDefault: true },
    ]);
    await live(1);
    expect(await standing(hub)).toEqual(['r1 kept']);
    expect((await confirm(shorter.body.requestId, administrator)).body.code).toBe('SAME_PERSON');
    expect((await confirm(shorter.body.requestId)).status).toBe(200);
    await live(1);
    expect(await standing(hub)).toEqual(['r1 erased']);
    // Longer, and a class that is empty, need nobody else.
    expect((await putClass('standard', 120, true)).body).toEqual({ kind: 'done' });
    expect((await putClass('short', 30)).body).toEqual({ kind: 'done' });
    expect((await putClass('standard', 120, false)).body.code).toBe('LAST_DEFAULT');
  });

  test('each recording goes on its own day; held ones stay; each has its line in the trail', async () => {
    const { hub, supervisor, putClass, classify, confirm, live } = await sweepable(['r1', 'r2', 'r3', 'r4']);
    await putClass('short', 10);
    await putClass('long', 20);
    for (const [id, name] of [
      ['r1', 'short'],
      ['r2', 'long'],
      ['r3', 'short'],
    ] as const) {
      const asked = await classify(id, name);
      expect(asked.body).toMatchObject({ kind: 'asked' });
      const administrator = await keyOf(hub, 'administrator');
      expect((await confirm(asked.body.requestId, administrator)).status).toBe(200);
    }
    await ask(hub.url, 'PUT', '/v1/recordings/seat-1/r3/hold', supervisor, { reason });
    const list = (await ask(hub.url, 'GET', '/v1/recordings?seat=seat-1', supervisor)).body.rows;
    expect(list.map(({ recordingId, eraseAt }: Record<string, number>) => [recordingId, eraseAt])).toEqual([
      ['r4', null],
      ['r3', null],
      ['r2', noon - 1_000 + 20 * dayMs],
      ['r1', noon - 1_000 + 10 * dayMs],
    ]);
    await live(9);
    expect(await standing(hub)).toEqual(['r1 kept', 'r2 kept', 'r3 kept', 'r4 kept']);
    await live(2);
    expect(await standing(hub)).toEqual(['r1 erased', 'r2 kept', 'r3 kept', 'r4 kept']);
    await live(10);
    expect(await standing(hub)).toEqual(['r1 erased', 'r2 erased', 'r3 kept', 'r4 kept']);
    const lines = await hub.parts.database.tables
      .selectFrom('audit_line')
      .select(['actor', 'role', 'subject', 'detail'])
      .where('action', '=', 'recording-erased')
      .orderBy('position')
      .execute();
    expect(lines.map(({ detail, ...line }) => ({ ...line, days: JSON.parse(detail).keepDays }))).toEqual([
      { actor: 'retention', role: 'hub', subject: 'seat-1/r1', days: 10 },
      { actor: 'retention', role: 'hub', subject: 'seat-1/r2', days: 20 },
    ]);
    expect((await ask(hub.url, 'GET', '/v1/retention', supervisor)).body).toMatchObject({ stopped: null, held: 1 });
  });

  test.each([
    ['two days ahead', 2 * dayMs],
    ['two days back', -2 * dayMs],
    ['to 1970', -noon],
    ['to 2038', Date.UTC(2038, 0, 19, 3, 14, 8) - noon],
  ])('a clock that jumps %s stops erasing until a person says that it is right', async (_where, jumpMs) => {
    const { hub, clock, putClass, confirm, live, administrator, supervisor } = await sweepable(['r1']);
    await live(1);
    await confirm((await putClass('standard', 1, true)).body.requestId);
    // It is due now, and the clock jumps before the next look.
    clock.now += jumpMs;
    const sweep = () => sweepRecordings(hub.parts, null, () => undefined);
    expect(await sweep()).toEqual({ kind: 'stopped' });
    expect(await sweep()).toEqual({ kind: 'stopped' });
    expect(await standing(hub)).toEqual(['r1 kept']);
    expect((await ask(hub.url, 'GET', '/v1/retention', administrator)).body.stopped).toMatchObject({ jumpMs });
    expect((await ask(hub.url, 'POST', '/v1/retention/clock', supervisor, { reason })).status).toBe(403);
    clock.now = noon + 3 * dayMs;
    expect((await ask(hub.url, 'POST', '/v1/retention/clock', administrator, { reason })).body).toEqual({
      now: clock.now,
    });
    expect((await ask(hub.url, 'POST', '/v1/retention/clock', administrator, { reason })).body.code).toBe(
      'NOT_STOPPED',
    );
    expect(await sweep()).toEqual({ kind: 'swept', erased: 1 });
    const actions = await hub.parts.database.tables.selectFrom('audit_line').select('action').execute();
    expect(actions.filter(({ action }) => action === 'retention-stopped')).toHaveLength(1);
  });

  test('a seat whose clock is wrong makes nothing older than a week, nor of tomorrow', async () => {
    const { hub, one } = await sweepable([]);
    await one.begin('r1', { startedAt: '0' });
    await one.begin('r2', { startedAt: String(noon + 40 * dayMs) });
    await one.begin('r3', { startedAt: 'nonsense' });
    await one.begin('r4', { startedAt: String(noon - 3 * dayMs) });
    const rows = await hub.parts.database.tables.selectFrom('recording').selectAll().orderBy('recording_id').execute();
    expect(rows.map(({ at }) => at)).toEqual([noon, noon, noon, noon - 3 * dayMs]);
  });

  test('a sweep that cannot write its line erases nothing, and the next one does', async () => {
    const { hub, putClass, confirm, live, clock } = await sweepable(['r1', 'r2']);
    await live(1);
    await confirm((await putClass('standard', 1, true)).body.requestId);
    clock.now += dayMs;

    const { tables, kind } = hub.parts.database;
    await sql
      .raw(
        kind === 'sqlite'
          ? `create trigger no_room before insert on audit_line begin select raise(abort, 'no room'); end`
          : 'alter table audit_line add constraint no_room check (position < 0) not valid',
      )
      .execute(tables);
    await expect(sweepRecordings(hub.parts, null, () => undefined)).rejects.toThrow();
    expect(await standing(hub)).toEqual(['r1 kept', 'r2 kept']);
    await sql
      .raw(kind === 'sqlite' ? 'drop trigger no_room' : 'alter table audit_line drop constraint no_room')
      .execute(tables);
    expect(await sweepRecordings(hub.parts, null, () => undefined)).toEqual({ kind: 'swept', erased: 2 });
  });
});
