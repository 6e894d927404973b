import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Migration, migrate, migrations } from '../../hub/database/migrate.ts';
import { hubMigration } from '../../hub/database/migrations/0010-hub.ts';
import { openDatabase } from '../../hub/database/open-database.ts';
import { openPostgres } from '../../hub/database/postgres.ts';
import type { HubDatabase } from '../../hub/database/schema.ts';
import { openSqlite } from '../../hub/database/sqlite.ts';
import { startDyingHub } from './hub-process.ts';
import { newFolder, noon, onBothDatabases } from './some-hub.ts';

const quietly = { watch: null, onLost: () => undefined };

async function hubIdOf({ tables }: HubDatabase): Promise<string> {
  return (await tables.selectFrom('hub').select('hub_id').executeTakeFirstOrThrow()).hub_id;
}

onBothDatabases((newPlace) => {
  test('a new database gets its tables once, though three hubs start at once, and one name', async () => {
    const place = await newPlace();
    const hubs = await Promise.all([1, 2, 3].map(() => startDyingHub(place, 0)));
    for (const hub of hubs) hub.kill();
    await Promise.all(hubs.map(({ ended }) => ended));
    const again = await openDatabase(place, { hubId: 'd', ...quietly });
    expect(await hubIdOf(again)).not.toBe('d');
    const { rows } = await sql`select version, name from hub_version`.execute(again.tables);
    expect(rows).toEqual(migrations.map(({ version, name }) => ({ version, name })));
    expect(await migrate(again, 'e')).toEqual({ kind: 'current', made: [] });
    await again.close();
  });

  test('a hub of the first floor gets its recordings: what it had stays, one class keeps them, nothing is erased', async () => {
    const place = await newPlace();
    const kind = place.kind === 'folder' ? 'sqlite' : 'postgres';
    const first =
      place.kind === 'folder' ? openSqlite(place.path, null) : openPostgres(place.url, null, () => undefined);
    expect(first.kind).toBe(kind);
    await migrate(first, 'a', [hubMigration]);
    const seat = { seat: 's', label: 'window 3', enrolled_at: noon, last_seq: 7, last_push_at: null };
    await first.tables.insertInto('seat').values(seat).execute();
    await first.close();
    const database = await openDatabase(place, { hubId: 'b', ...quietly });
    expect(await hubIdOf(database)).toBe('a');
    const { tables } = database;
    expect(await tables.selectFrom('seat').selectAll().execute()).toMatchObject([seat]);
    expect(await tables.selectFrom('retention_class').selectAll().execute()).toEqual([
      { name: 'standard', keep_days: null, is_default: 1 },
    ]);
    expect(await tables.selectFrom('retention_clock').selectAll().execute()).toEqual([
      { id: 1, seen_at: null, swept_at: null, stopped_at: null, jump_ms: null, is_overwrite_due: 0 },
    ]);
    // Two classes for new recordings, a recording that is held and erased: the database itself refuses.
    const second = { name: 'other', keep_days: 1, is_default: 1 };
    await expect(tables.insertInto('retention_class').values(second).execute()).rejects.toThrow();
    await database.close();
  });

  test('a step that fails leaves the database as it was; a newer database is refused and not changed', async () => {
    const place = await newPlace();
    const database = await openDatabase(place, { hubId: 'a', ...quietly });
    const next = (statements: readonly string[]): readonly Migration[] => [
      ...migrations,
      { version: 9000, name: 'next', statements: () => statements, sqliteOnly: [], postgresOnly: [] },
    ];
    await expect(migrate(database, 'a', next(['create table later (id integer)', 'no sql']))).rejects.toThrow();
    await expect(sql`select * from later`.execute(database.tables)).rejects.toThrow();
    expect(await migrate(database, 'a', next(['create table later (id integer)']))).toEqual({
      kind: 'current',
      made: [9000],
    });
    await database.close();
    await expect(openDatabase(place, { hubId: 'b', ...quietly })).rejects.toThrow(
      'written by a newer hub (version 9000)',
    );
  });

  test('numbers come back as they went in, and a wrong type is refused', async () => {
    const database = await openDatabase(await newPlace(), { hubId: 'a', ...quietly });
    const { tables } = database;
    const seat = { seat: 's', label: '话务台 ☎', enrolled_at: noon + 0.125, last_seq: 2 ** 53 - 1, last_push_at: null };
    await tables.insertInto('seat').values(seat).execute();
    expect(await tables.selectFrom('seat').selectAll().execute()).toEqual([seat]);
    await expect(sql`update seat set last_seq = ${'many'}`.execute(tables)).rejects.toThrow();
    await expect(
      tables.insertInto('call_row').values({ seat: 'nobody', call_id: 'c', offered_at: 1, call: '{}' }).execute(),
    ).rejects.toThrow();
    await database.close();
  });
});

test('SQLite syncs what it acknowledges: every setting reads back, and the file is its owner’s alone', async () => {
  const place = newFolder();
  const database = await openDatabase(place, { hubId: 'a', ...quietly });
  const read = async (name: string) => {
    const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(database.tables);
    return Object.values(rows[0] ?? {})[0];
  };
  expect({
    journal: await read('journal_mode'),
    synchronous: await read('synchronous'),
    foreignKeys: await read('foreign_keys'),
    mmap: await read('mmap_size'),
  }).toEqual({ journal: 'wal', synchronous: 2, foreignKeys: 1, mmap: 0 });
  if (place.kind !== 'folder') throw new Error('not a folder');
  expect(statSync(join(place.path, 'hub.db')).mode & 0o777).toBe(0o600);
  await database.close();
});
