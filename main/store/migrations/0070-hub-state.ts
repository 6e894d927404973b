/** How far the seat's journal has come at the hub: a hint, for the hub itself is asked. And what the hub set aside. */
export const hubStateMigration = {
  version: 70,
  name: 'hub-state',
  sql: `
    create table hub_state (
      id integer primary key check (id = 1),
      -- the hub that all of this is about; '' after the seat left one
      hub_id text not null,
      -- the number of the newest entry the hub has acknowledged
      acknowledged_seq integer not null check (acknowledged_seq >= 0)
    ) strict;

    -- entries the hub keeps but could not take as they are
    create table hub_set_aside (
      seq integer primary key,
      reason text not null,
      detail text not null
    ) strict;
  `,
} as const;
