import { CompiledQuery, type Kysely, sql } from 'kysely';
import { hubMigration } from './migrations/0010-hub.ts';
import { recordingMigration } from './migrations/0020-recording.ts';
import { personMigration } from './migrations/0030-person.ts';
import { editPositionMigration } from './migrations/0040-edit-position.ts';
import { retentionRuleMigration } from './migrations/0050-retention-rule.ts';
import type { DatabaseKind, HubDatabase, HubTables } from './schema.ts';

/** One step of the database's shape. Frozen once merged: a mistake in it is mended by the next one. */
export type Migration = typeof hubMigration;

/** Every migration, oldest first. */
export const migrations: readonly Migration[] = [
  hubMigration,
  recordingMigration,
  personMigration,
  editPositionMigration,
  retentionRuleMigration,
];

const words: Readonly<Record<DatabaseKind, Parameters<Migration['statements']>[0]>> = {
  sqlite: { whole: 'integer', real: 'real', strict: ' strict' },
  postgres: { whole: 'bigint', real: 'double precision', strict: '' },
};

/** Any two numbers that no other program on this PostgreSQL is likely to lock: "HOOK", "LINE". */
const migrationLock = [0x484f4f4b, 0x4c494e45] as const;

/** What came of bringing a database to the newest shape. */
export type MigrateOutcome =
  | { readonly kind: 'current'; readonly made: readonly number[] }
  /** It was written by a newer hub; nothing was changed. */
  | { readonly kind: 'future'; readonly version: number };

/**
 * Brings a database to the newest shape, all of it in one transaction: a cut leaves the old shape or the new. Several
 * hubs may start at once. `hubId` names a hub that is new.
 */
export function migrate(
  database: HubDatabase,
  hubId: string,
  list: readonly Migration[] = migrations,
): Promise<MigrateOutcome> {
  return database.transaction(async (transaction) => {
    const run = (text: string) => transaction.executeQuery(CompiledQuery.raw(text));
    if (database.kind === 'postgres') await run(`select pg_advisory_xact_lock(${migrationLock.join(', ')})`);
    const { whole, strict } = words[database.kind];
    await run(`create table if not exists hub_version (version ${whole} primary key, name text not null)${strict}`);
    const before = await versionOf(transaction);
    if (before > (list.at(-1)?.version ?? 0)) return { kind: 'future', version: before };
    const made: number[] = [];
    for (const migration of list) {
      if (migration.version <= before) continue;
      for (const statement of migration.statements(words[database.kind])) await run(statement);
      for (const statement of database.kind === 'sqlite' ? migration.sqliteOnly : migration.postgresOnly)
        await run(statement);
      await sql`insert into hub_version (version, name) values (${migration.version}, ${migration.name})`.execute(
        transaction,
      );
      made.push(migration.version);
    }
    await transaction
      .insertInto('hub')
      .values({ id: 1, hub_id: hubId, feed_position: 0, audit_position: 0, audit_hash: '' })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    return { kind: 'current', made };
  });
}

/** The version a database has now; 0 for one that is new. Its table of versions must be there. */
async function versionOf(tables: Kysely<HubTables>): Promise<number> {
  const { rows } = await sql<{ version: number }>`select coalesce(max(version), 0) as version from hub_version`.execute(
    tables,
  );
  return rows[0]?.version ?? 0;
}
