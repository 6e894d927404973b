import type { Connection } from './connection.ts';
import { journalMigration } from './migrations/0010-journal.ts';
import { callMigration } from './migrations/0020-call.ts';
import { settingMigration } from './migrations/0030-setting.ts';
import { textMessageMigration } from './migrations/0040-text-message.ts';
import { switchRecordMigration } from './migrations/0050-switch-record.ts';
import { messageLampMigration } from './migrations/0060-message-lamp.ts';
import { hubStateMigration } from './migrations/0070-hub-state.ts';
import { sharedRecordMigration } from './migrations/0080-shared-record.ts';

/** One step of the file's shape. Frozen once merged: a mistake in it is mended by the next one. */
export interface Migration {
  /** Numbered in tens; the file's `user_version` after it. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Every migration, oldest first. */
export const migrations: readonly Migration[] = [
  journalMigration,
  callMigration,
  settingMigration,
  textMessageMigration,
  switchRecordMigration,
  messageLampMigration,
  hubStateMigration,
  sharedRecordMigration,
];

/** Marks a file as ours (`application_id`): "HOOK". */
export const applicationId = 0x484f4f4b;

/** The version a file has when every migration of a list was made. */
export function latestVersion(list: readonly Migration[]): number {
  return list.at(-1)?.version ?? 0;
}

/** The version a file has now; 0 for one that is new. */
export function versionOf(connection: Connection): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

/**
 * Brings a file to the newest shape, one transaction a step, so that a cut leaves it at one version or the next.
 * Returns the versions made. The caller has made sure that the file is not from the future and, unless it is new, has
 * backed it up.
 */
export function migrate(connection: Connection, list: readonly Migration[]): readonly number[] {
  const made: number[] = [];
  for (const migration of list) {
    if (migration.version <= versionOf(connection)) continue;
    connection
      .transaction(() => {
        connection.exec(migration.sql);
        connection.pragma(`application_id = ${applicationId}`);
        connection.pragma(`user_version = ${migration.version}`);
      })
      .immediate();
    made.push(migration.version);
  }
  return made;
}
