/** Where the lines of the switch's own log stand in the journal, and what a search looks in: a projection of it. */
export const switchRecordMigration = {
  version: 50,
  name: 'switch-record',
  sql: `
    create table switch_record (
      -- the place of the entry, which holds the record itself
      position integer primary key,
      -- the line fitted no layout
      is_unread integer not null check (is_unread in (0, 1)),
      -- the lines as they came, and numbers without what stands between their digits, folded to one case
      search text not null
    ) strict;

    create index switch_record_kind on switch_record (is_unread);
  `,
} as const;
