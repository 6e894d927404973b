/** Which stations have their message lamp lit: a projection of the journal. */
export const messageLampMigration = {
  version: 60,
  name: 'message-lamp',
  sql: `
    create table message_lamp (
      number text primary key check (length(number) between 1 and 10),
      -- the place of the entry that lit it: the order of the list
      position integer not null
    ) strict, without rowid;
  `,
} as const;
