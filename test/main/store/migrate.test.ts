import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../main/store/connection.ts';
import { latestVersion, type Migration, migrations } from '../../../main/store/migrate.ts';
import { openStore, type Store } from '../../../main/store/open.ts';
import { testKey } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function openWith(directory: string, list: readonly Migration[], at = 1_000): Store {
  const outcome = openStore({ path: join(directory, 'hookline.db'), key: testKey, now: () => at, migrations: list });
  if (outcome.kind === 'refused') throw new Error(`${outcome.error.code}: ${outcome.error.detail}`);
  onTestFinished(() => outcome.store.close());
  return outcome.store;
}

/** The shape of a database: every table, index and trigger as it was made. */
function shapeOf(store: Store): unknown {
  return store.connection.prepare('select type, name, sql from sqlite_schema order by name').all();
}

/** What each version holds before the next migration runs: rows that must come through. */
const rowsOf: Readonly<Record<number, readonly string[]>> = {
  10: [
    `insert into journal (seat, seq, id, at, kind, body)
     values ('s', 1, '01890000-0000-7000-8000-000000000001', 5.5, 'seat-stopped', '{}')`,
  ],
  20: [`insert into call values (1, 'c', 0, null, '', '{}')`],
  30: [`insert into setting values ('seat', 's')`],
  40: [`insert into text_message values (1, 't', 0, '', '{}')`],
  50: [`insert into switch_record values (1, 0, '')`],
  60: [`insert into message_lamp values ('1', 1)`],
  70: [`insert into hub_state values (1, 'h', 3)`],
};

describe('each migration', () => {
  test.each(migrations.slice(1).map((_, index) => index + 1))(
    'number %i works on a database of the one before',
    (index) => {
      const directory = temporaryDirectory();
      const before = openWith(directory, migrations.slice(0, index));
      const kept = migrations.slice(0, index).flatMap(({ version }) => rowsOf[version] ?? []);
      for (const sql of kept) before.connection.exec(sql);
      before.close();

      const after = openWith(directory, migrations.slice(0, index + 1));
      expect(after.connection.pragma('user_version', { simple: true })).toBe(migrations[index]?.version);
      expect(after.connection.prepare('select count(*) from journal').pluck().get()).toBe(1);
      expect(readdirSync(join(directory, 'backups'))).toHaveLength(1);
    },
  );

  test('leads to the same shape as making the newest at once', () => {
    const [stepwise, atOnce] = [temporaryDirectory(), temporaryDirectory()];
    for (let count = 1; count < migrations.length; count += 1) openWith(stepwise, migrations.slice(0, count)).close();
    expect(shapeOf(openWith(stepwise, migrations))).toEqual(shapeOf(openWith(atOnce, migrations)));
  });

  test('makes STRICT tables only', () => {
    const store = openWith(temporaryDirectory(), migrations);
    const loose = store.connection.prepare(`select name from pragma_table_list where schema = 'main' and strict = 0`);
    expect(loose.pluck().all()).toEqual(['sqlite_schema']);
  });
});

describe('the backup before a migration', () => {
  const broken: Migration = {
    version: latestVersion(migrations) + 10,
    name: 'broken',
    sql: 'create table half (a text) strict; select no_such();',
  };

  test('is encrypted, opens with the same key, and goes back a version', () => {
    const directory = temporaryDirectory();
    const old = openWith(directory, migrations.slice(0, 1));
    for (const sql of rowsOf[10] ?? []) old.connection.exec(sql);
    old.close();
    const { backupPath } = openWith(directory, migrations);
    expect(readFileSync(backupPath ?? '').includes('SQLite format')).toBe(false);
    const backup = connect(backupPath ?? '', testKey, 'read');
    onTestFinished(() => void backup.close());
    expect(backup.pragma('user_version', { simple: true })).toBe(10);
    expect(backup.prepare('select count(*) from journal').pluck().get()).toBe(1);
  });

  test('is not made for a new database, nor when there is nothing to migrate', () => {
    const directory = temporaryDirectory();
    expect(openWith(directory, migrations).backupPath).toBeNull();
  });

  test('a migration that fails leaves the version and the data of the one before', () => {
    const directory = temporaryDirectory();
    openWith(directory, migrations).close();
    const failed = openStore({
      path: join(directory, 'hookline.db'),
      key: testKey,
      now: () => 1,
      migrations: [...migrations, broken],
    });
    expect(failed.kind).toBe('refused');
    const again = openWith(directory, migrations);
    expect(again.connection.pragma('user_version', { simple: true })).toBe(latestVersion(migrations));
    expect(again.connection.prepare(`select count(*) from sqlite_schema where name = 'half'`).pluck().get()).toBe(0);
  });

  test('only the newest five are kept', () => {
    const directory = temporaryDirectory();
    const list: Migration[] = [...migrations];
    openWith(directory, list).close();
    for (let step = 1; step <= 7; step += 1) {
      const version = latestVersion(migrations) + step * 10;
      list.push({ version, name: `step ${step}`, sql: `create table step${step} (a text) strict` });
      openWith(directory, list, step * 1_000).close();
    }
    const kept = [2, 3, 4, 5, 6].map((step) => String(latestVersion(migrations) + step * 10).padStart(4, '0'));
    expect(readdirSync(join(directory, 'backups')).map((name) => name.slice(17, 21))).toEqual(kept);
  });
});
