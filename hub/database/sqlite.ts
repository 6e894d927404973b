import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CompiledQuery, Kysely, type SqliteDatabase, SqliteDialect, SqliteDriver } from 'kysely';
import {
  busyTimeoutMs,
  durableSettings,
  isAtLeast,
  refusedSetting,
  sqliteVersionMin,
} from '../../core/durable-sqlite.ts';
import type { HubDatabase, HubTables } from './schema.ts';
import { kyselyLog, type QueryWatch } from './watch.ts';

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
    const refused = refusedSetting(durableSettings, (text) => connection.pragma(text, { simple: true }));
    if (refused !== null) throw new Error(`SQLite does not take a setting: ${refused}`);
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
  if (isAtLeast(version, sqliteVersionMin)) return;
  throw new Error(`SQLite ${version} may damage a database in WAL mode; ${sqliteVersionMin} or later is needed`);
}
