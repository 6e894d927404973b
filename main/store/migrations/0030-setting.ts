/** Small values by name that must not lie in clear on the disk: the SIP password, the seat's name. */
export const settingMigration = {
  version: 30,
  name: 'setting',
  sql: `
    create table setting (
      name text primary key check (length(name) between 1 and 100),
      value text not null
    ) strict, without rowid;
  `,
} as const;
