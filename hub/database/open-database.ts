import { migrate } from './migrate.ts';
import { openPostgres, requireDurable } from './postgres.ts';
import type { HubDatabase } from './schema.ts';
import { openSqlite } from './sqlite.ts';
import type { QueryWatch } from './watch.ts';

/** Where a hub keeps everything: a folder with a SQLite file, or a PostgreSQL database. */
export type DatabasePlace =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

export interface OpenDatabaseOptions {
  /** A name for the hub if it is new: a UUID. */
  readonly hubId: string;
  readonly watch: QueryWatch | null;
  /** A connection that nobody used was lost; the next statement makes another. */
  readonly onLost: (cause: Error) => void;
}

/** Why a database cannot be used, in a sentence for the administrator. */
export class DatabaseProblem extends Error {
  override readonly name = 'DatabaseProblem';
}

/** Opens a database, makes sure that it keeps what it acknowledges, and brings it to the newest shape. */
export async function openDatabase(place: DatabasePlace, options: OpenDatabaseOptions): Promise<HubDatabase> {
  const { hubId, watch, onLost } = options;
  const database = place.kind === 'folder' ? openSqlite(place.path, watch) : openPostgres(place.url, watch, onLost);
  try {
    if (database.kind === 'postgres') await requireDurable(database);
    const outcome = await migrate(database, hubId);
    if (outcome.kind === 'future')
      throw new DatabaseProblem(
        `This database was written by a newer hub (version ${outcome.version}). Start that one; nothing was changed.`,
      );
    return database;
  } catch (cause) {
    await database.close();
    throw cause;
  }
}
