/** The call list: a projection of the journal, which may be thrown away and folded again at any time. */
export const callMigration = {
  version: 20,
  name: 'call',
  sql: `
    create table call (
      -- the place of the entry that began the call: the order of the list
      position integer primary key,
      call_id text not null unique,
      -- the call or its recording has no end yet
      is_open integer not null check (is_open in (0, 1)),
      work_code text,
      -- number, name, note and work code, folded to one case
      search text not null,
      row text not null check (json_valid(row))
    ) strict;

    create index call_open on call (position) where is_open = 1;
  `,
} as const;
