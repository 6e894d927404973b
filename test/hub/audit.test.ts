import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { acceptBreak } from '../../hub/audit/accept-break.ts';
import { verifyAudit } from '../../hub/audit/audit-table.ts';
import type { RunningHub } from '../../hub/run-hub.ts';
import { ask, keyOf, onBothDatabases, seatKey, startHub } from './some-hub.ts';

/** Takes the guards away that keep the trail from being changed: what somebody with the file or the server can do. */
async function withoutGuards({ parts }: RunningHub): Promise<void> {
  const statements =
    parts.database.kind === 'sqlite'
      ? ['drop trigger audit_line_no_update', 'drop trigger audit_line_no_delete']
      : ['alter table audit_line disable trigger all'];
  for (const statement of statements) await sql.raw(statement).execute(parts.database.tables);
}

/** A hub with a trail of some lines. */
async function withTrail(hub: RunningHub): Promise<string> {
  const administrator = await keyOf(hub, 'administrator');
  await seatKey(hub, 'seat-1');
  for (const name of ['a', 'b', 'c'])
    await ask(hub.url, 'PUT', `/v1/records/scripts/${name}`, administrator, { baseVersion: 0, fields: { name } });
  return administrator;
}

onBothDatabases((newPlace) => {
  test('what an administrator does stands in a chain that holds, and can be read by the auditor', async () => {
    const hub = await startHub(await newPlace());
    await withTrail(hub);
    const auditor = await keyOf(hub, 'auditor');
    const { body } = await ask(hub.url, 'GET', '/v1/audit?limit=500', auditor);
    expect(body.rows.map(({ action }: { action: string }) => action)).toEqual([
      'key-created',
      'enrolment-code-created',
      'seat-enrolled',
      'record-edited',
      'record-edited',
      'record-edited',
      'key-created',
    ]);
    const head = body.rows.at(-1).hash;
    expect(await verifyAudit(hub.parts.database, null)).toEqual({ lines: 7, head, fault: null });
  });

  test('lines written from many places at once stand one after the other', async () => {
    const hub = await startHub(await newPlace());
    const administrator = await keyOf(hub, 'administrator');
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        ask(hub.url, 'POST', '/v1/keys', administrator, { name: `person ${index}`, role: 'agent' }),
      ),
    );
    expect(await verifyAudit(hub.parts.database, null)).toMatchObject({ lines: 31, fault: null });
  });

  test('the database itself refuses to change or take away a line', async () => {
    const hub = await startHub(await newPlace());
    await withTrail(hub);
    const { tables } = hub.parts.database;
    await expect(tables.updateTable('audit_line').set({ actor: 'x' }).execute()).rejects.toThrow('only grows');
    await expect(tables.deleteFrom('audit_line').where('position', '=', 6).execute()).rejects.toThrow('only grows');
  });

  test.each([
    ['one is changed', "update audit_line set actor = 'x' where position = 3", { position: 3, fault: 'changed' }],
    ['its time is changed', 'update audit_line set at = at + 1 where position = 1', { position: 1, fault: 'changed' }],
    ['one is taken away', 'delete from audit_line where position = 2', { position: 2, fault: 'missing' }],
    ['the last is taken away', 'delete from audit_line where position = 6', { position: 6, fault: 'cut-off' }],
    [
      'two change places',
      'update audit_line set position = case position when 4 then 1005 when 5 then 1004 else position end; update audit_line set position = position - 1000 where position > 1000',
      { position: 4, fault: 'changed' },
    ],
    ['all are taken away', 'delete from audit_line', { position: 1, fault: 'cut-off' }],
  ])('when %s, the check names the first line that is wrong', async (_what, change, fault) => {
    const hub = await startHub(await newPlace());
    await withTrail(hub);
    const { database } = hub.parts;
    await withoutGuards(hub);
    for (const statement of change.split(';')) await sql.raw(statement).execute(database.tables);
    expect((await verifyAudit(database, null)).fault).toEqual(fault);
  });

  test('a chain that was made anew holds, but not against a line that was written down before', async () => {
    const place = await newPlace();
    const hub = await startHub(place);
    await withTrail(hub);
    const { database } = hub.parts;
    const { head, lines } = await verifyAudit(database, null);
    await keyOf(hub, 'agent');
    expect((await verifyAudit(database, { position: lines, hash: head })).fault).toBe(null);
    await withoutGuards(hub);
    await sql.raw('delete from audit_line').execute(database.tables);
    await sql.raw(`update hub set audit_position = 0, audit_hash = ''`).execute(database.tables);
    for (let line = 0; line < lines + 1; line += 1) await keyOf(hub, 'agent');
    expect((await verifyAudit(database, null)).fault).toBe(null);
    expect((await verifyAudit(database, { position: lines, hash: head })).fault).toEqual({
      position: lines,
      fault: 'changed',
    });
  });

  test('a trail whose end was cut off takes nothing until a person accepts it, and shows the break for ever', async () => {
    const hub = await startHub(await newPlace());
    const administrator = await withTrail(hub);
    const { database } = hub.parts;
    await withoutGuards(hub);
    await sql.raw('delete from audit_line where position = 6').execute(database.tables);
    const make = () => ask(hub.url, 'POST', '/v1/keys', administrator, { name: 'Li Na', role: 'agent' });
    expect((await make()).status).toBe(503);
    const accepted = await acceptBreak(hub.parts, { id: 'command-line', role: 'administrator' }, 'a disk of 2019');
    expect(accepted).toEqual({ kind: 'accepted', fault: { position: 6, fault: 'cut-off' }, position: 7 });
    expect((await make()).status).toBe(201);
    expect((await verifyAudit(database, null)).fault).toEqual({ position: 6, fault: 'missing' });
  });

  test('a last line that was changed is not built upon; a trail that is sound has nothing to accept', async () => {
    const hub = await startHub(await newPlace());
    const administrator = await withTrail(hub);
    const { database } = hub.parts;
    const actor = { id: 'command-line', role: 'administrator' };
    expect(await acceptBreak(hub.parts, actor, 'nothing')).toEqual({ kind: 'sound' });
    await withoutGuards(hub);
    await sql.raw("update audit_line set actor = 'x' where position = 6").execute(database.tables);
    const wish = { baseVersion: 0, fields: {} };
    expect((await ask(hub.url, 'PUT', '/v1/records/scripts/new', administrator, wish)).status).toBe(503);
    await acceptBreak(hub.parts, actor, 'seen');
    expect((await ask(hub.url, 'PUT', '/v1/records/scripts/new', administrator, wish)).status).toBe(200);
    expect((await verifyAudit(database, null)).fault).toEqual({ position: 6, fault: 'changed' });
  });

  test('an action that cannot be audited is refused and not done', async () => {
    const hub = await startHub(await newPlace());
    const administrator = await withTrail(hub);
    const { tables, kind } = hub.parts.database;
    const { count } = await tables
      .selectFrom('access_key')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    await sql.raw(kind === 'sqlite' ? full.sqlite : full.postgres).execute(tables);
    const created = await ask(hub.url, 'POST', '/v1/keys', administrator, { name: 'Li Na', role: 'agent' });
    const edited = await ask(hub.url, 'PUT', '/v1/records/scripts/new', administrator, { baseVersion: 0, fields: {} });
    const code = await ask(hub.url, 'POST', '/v1/enrolment-codes', administrator, { label: 'x' });
    expect([created, edited, code].map(({ status, body }) => [status, body.code])).toEqual(
      Array(3).fill([503, 'UNAVAILABLE']),
    );
    expect(JSON.stringify([created.body, edited.body, code.body])).not.toMatch(/no room|audit_line|at .*\.ts/);
    const after = await tables
      .selectFrom('access_key')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(after.count).toEqual(count);
    expect(
      await tables.selectFrom('shared_record').select('record_id').where('record_id', '=', 'new').execute(),
    ).toEqual([]);
    expect(await tables.selectFrom('enrolment_code').select('label').where('label', '=', 'x').execute()).toEqual([]);
  });
});

/** The audit trail takes no more lines, as on a full disk. */
const full = {
  sqlite: `create trigger no_room before insert on audit_line begin select raise(abort, 'no room'); end`,
  postgres: `alter table audit_line add constraint no_room check (position < 0) not valid`,
};
