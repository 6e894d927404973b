import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CompiledQuery, Kysely, type SqliteDatabase, SqliteDialect, SqliteDriver } from 'kysely';
import type { HubDatabase, HubTables } from './schema.ts';
import { kyselyLog, type QueryWatch } from './watch.ts';

/** How long a statement waits for another process (`hookline hub enrol-code` beside a running hub). */
const busyTimeoutMs = 5_000;

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly reads: number | string;
}

/** What durability rests on (facts/reliability.md section 1.2). Each is set and then read back. */
const settings: readonly Setting[] = [
  { name: 'journal_mode', value: 'WAL', reads: 'wal' },
  { name: 'synchronous', value: 'FULL', reads: 2 },
  { name: 'foreign_keys', value: 'ON', reads: 1 },
  { name: 'recursive_triggers', value: 'ON', reads: 1 },
  { name: 'trusted_schema', value: 'OFF', reads: 0 },
  { name: 'cell_size_check', value: 'ON', reads: 1 },
  { name: 'mmap_size', value: '0', reads: 0 },
  { name: 'busy_timeout', value: String(busyTimeoutMs), reads: busyTimeoutMs },
  // What is deleted or overwritten is overwritten in the file: an erased key leaves no copy in a free page.
  { name: 'secure_delete', value: 'ON', reads: 1 },
  { name: 'fullfsync', value: 'ON', reads: 1 },
  { name: 'checkpoint_fullfsync', value: 'ON', reads: 1 },
];

/** The first version without the WAL-reset bug: 3.51.3. */
const sqliteVersionMin = 3_051_003;

/**
 * Opens `hub.db` in a folder, which is made readable by its owner alone. Throws when SQLite is too old or does not take
 * a setting: what is promised would not hold.
 */
export function openSqlite(folder: string, watch: QueryWatch | null): HubDatabase {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'hub.db');
  const connection = new Database(path, { timeout: busyTimeoutMs });
  try {
    chmodSync(path, 0o600);
    requireVersion(String(connection.prepare('select sqlite_version()').pluck().get()));
    for (const { name, value, reads } of settings) {
      connection.pragma(`${name} = ${value}`);
      const now = connection.pragma(name, { simple: true });
      if (now !== reads) throw new Error(`SQLite keeps ${name} at ${String(now)}, wanted ${value}`);
    }
  } catch (cause) {
    connection.close();
    throw cause;
  }
  const database = withPrepared(connection);
  const dialect = new SqliteDialect({ database });
  const tables = new Kysely<HubTables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createDriver: () => immediateDriver(database),
    },
    log: kyselyLog(watch),
  });
  return {
    kind: 'sqlite',
    tables,
    transaction: (work) => tables.transaction().execute(work),
    close: async () => {
      await tables.destroy();
      // Kysely closes only what it has used.
      if (connection.open) connection.close();
    },
  };
}

/** Statements that are kept ready: a few dozen are asked all the time, and pushes of each size have one of their own. */
const preparedMax = 200;

/** SQLite reads a statement's text once, and not each time that it is run. */
function withPrepared(connection: Database.Database): SqliteDatabase {
  const prepared = new Map<string, Database.Statement>();
  return {
    prepare: (text) => {
      const statement = prepared.get(text) ?? connection.prepare(text);
      // The one used last goes to the end, so the first is the one that was not used for longest.
      prepared.delete(text);
      prepared.set(text, statement);
      if (prepared.size > preparedMax) prepared.delete(prepared.keys().next().value ?? '');
      return statement;
    },
    close: () => void connection.close(),
  };
}

/** A transaction that reads and then writes fails at once if another process wrote between; so it takes its lock first. */
function immediateDriver(database: SqliteDatabase): SqliteDriver {
  const driver = new SqliteDriver({ database });
  driver.beginTransaction = async (connection) => {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  };
  return driver;
}

function requireVersion(version: string): void {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major * 1_000_000 + minor * 1_000 + patch < sqliteVersionMin)
    throw new Error(`SQLite ${version} may damage a database in WAL mode; 3.51.3 or later is needed`);
}
