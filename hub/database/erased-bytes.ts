import { CompiledQuery, sql } from 'kysely';
import type { HubDatabase } from './schema.ts';

/**
 * Sees to it that what was overwritten is gone from the database's own files too. SQLite: the write-ahead log is moved
 * into the file and cut to nothing, and `secure_delete` has overwritten the old bytes in the file. PostgreSQL: the dead
 * rows of `recording_key` are taken out by rewriting the table; its write-ahead log keeps them until it is recycled, and
 * an archive of it for as long as somebody keeps that. Answers false when a reader or another hub stood in the way: later
 * again.
 */
export async function tidyAfterErasing({ kind, tables }: HubDatabase): Promise<boolean> {
  if (kind === 'sqlite') {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(tables);
    return rows[0]?.busy === 0;
  }
  await tables.executeQuery(CompiledQuery.raw('vacuum (full, analyze) recording_key'));
  return true;
}
