import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import type { HubDatabase, HubTables } from './schema.ts';
import { kyselyLog, type QueryWatch } from './watch.ts';

/** More would only wait for the same disk; PostgreSQL allows 100 in all by default, and N hubs share them. */
const connectionsMax = 16;

/** How long a connection may take; then the caller is told that the hub can't write. */
const connectTimeoutMs = 5_000;

/** How long a statement may run, a lock be waited for, and a transaction stand idle, in milliseconds. */
const sessionSettings = {
  statement_timeout: '30000',
  lock_timeout: '10000',
  idle_in_transaction_session_timeout: '30000',
  synchronous_commit: 'on',
} as const;

/** PostgreSQL's number for bigint. Ours are positions and counts, far below 2^53. */
const bigintType = 20;

/** Opens a PostgreSQL database. Nothing is connected before the first statement; `requireDurable` is to be that one. */
export function openPostgres(url: string, watch: QueryWatch | null, onLost: (cause: Error) => void): HubDatabase {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'hookline-hub',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === bigintType ? (text: string) => wholeNumber(text) : types.getTypeParser(oid, format),
    },
  });
  // A connection that breaks while nobody uses it: the pool makes another one.
  pool.on('error', onLost);
  // One that breaks between two statements of a transaction: the next statement fails; unheard, it would end the hub.
  pool.on('connect', (client) => client.on('error', onLost));
  const tables = new Kysely<HubTables>({
    dialect: new PostgresDialect({
      pool,
      onCreateConnection: async (connection) => {
        for (const [name, value] of Object.entries(sessionSettings))
          await connection.executeQuery(CompiledQuery.raw(`set ${name} = '${value}'`));
      },
    }),
    log: kyselyLog(watch),
  });
  return {
    kind: 'postgres',
    tables,
    transaction: (work) => tables.transaction().execute(work),
    close: async () => {
      await tables.destroy();
      // Kysely ends only what it has used.
      if (!pool.ended && !pool.ending) await pool.end();
    },
  };
}

/** Throws when this PostgreSQL acknowledges what is not on disk. */
export async function requireDurable({ tables }: HubDatabase): Promise<void> {
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    const { rows } = await tables.executeQuery<Record<string, string>>(CompiledQuery.raw(`show ${name}`));
    const value = rows[0]?.[name];
    if (value !== 'on') throw new Error(`PostgreSQL has ${name} = ${value}: it would lose what it acknowledged`);
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a number of the database is larger than 2^53');
  return value;
}
