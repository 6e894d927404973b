/** The words in which SQLite and PostgreSQL differ. */
interface Words {
  readonly whole: string;
  readonly real: string;
  readonly strict: string;
}

/**
 * Which place in the feed each edit took, so that a cursor can name the edit it stands at: a hub that was set back to a
 * copy, and has gone on since, gives the same places to other edits. Null for edits of before.
 */
export const editPositionMigration = {
  version: 40,
  name: 'edit-position',
  statements: ({ whole }: Words): readonly string[] => [
    `alter table record_edit add column position ${whole}`,
    'create unique index record_edit_position on record_edit (position)',
  ],
  sqliteOnly: [],
  postgresOnly: [],
};
