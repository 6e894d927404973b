/** Texts that came and went by a modem: a projection of the journal, as the call list is. */
export const textMessageMigration = {
  version: 40,
  name: 'text-message',
  sql: `
    create table text_message (
      -- the place of the entry that began the text: the order of the list
      position integer primary key,
      text_id text not null unique,
      -- on its way: neither sent nor failed
      is_open integer not null check (is_open in (0, 1)),
      -- number and text, folded to one case
      search text not null,
      row text not null check (json_valid(row))
    ) strict;

    create index text_message_open on text_message (position) where is_open = 1;
  `,
} as const;
