/** The words in which SQLite and PostgreSQL differ. */
interface Words {
  readonly whole: string;
  readonly real: string;
  readonly strict: string;
}

/**
 * What the hub knows of recordings, its keys for them, how long they stay, and requests that wait for a second person.
 * A wrapped key stands in a table of its own whose rows are written once, in order, and overwritten in place when they
 * are destroyed: so no copy of one is left behind where a database moves rows about.
 */
export const recordingMigration = {
  version: 20,
  name: 'recording',
  statements: ({ whole, real, strict }: Words): readonly string[] => [
    `create table site_identity (
      id ${whole} primary key check (id = 1),
      public_key text not null,
      private_key text not null
    )${strict}`,
    `create table recording_key_pair (
      generation ${whole} primary key check (generation > 0),
      key_id text not null unique,
      public_key text not null,
      private_key text not null,
      signature text not null,
      made_at ${real} not null
    )${strict}`,
    `create table retention_class (
      name text primary key,
      keep_days ${whole} check (keep_days > 0),
      is_default ${whole} not null check (is_default in (0, 1))
    )${strict}`,
    'create unique index retention_class_default on retention_class (is_default) where is_default = 1',
    `insert into retention_class (name, keep_days, is_default) values ('standard', null, 1)`,
    `create table recording (
      seat text not null references seat (seat),
      recording_id text not null,
      upload_id text not null unique,
      call_id text,
      at ${real} not null,
      received_at ${real} not null,
      bytes ${whole} not null,
      sha256 text,
      finished_at ${real},
      key_state text not null check (key_state in ('held', 'no-key', 'unreadable', 'destroyed')),
      retention_class text not null references retention_class (name),
      held_at ${real},
      erased_at ${real},
      erased_position ${whole},
      is_object_gone ${whole} not null check (is_object_gone in (0, 1)),
      primary key (seat, recording_id),
      check ((erased_at is null) = (erased_position is null)),
      check (erased_at is null or held_at is null)
    )${strict}`,
    'create index recording_newest on recording (at, seat, recording_id)',
    'create index recording_call on recording (call_id)',
    'create unique index recording_erased on recording (erased_position)',
    'create index recording_due on recording (retention_class, at)',
    `create table recording_key (
      seat text not null,
      recording_id text not null,
      wrapped text not null,
      primary key (seat, recording_id),
      foreign key (seat, recording_id) references recording (seat, recording_id)
    )${strict}`,
    `create table request (
      request_id text primary key,
      wish text not null,
      reason text not null,
      asked_by text not null,
      asked_at ${real} not null,
      lapses_at ${real} not null,
      state text not null check (state in ('open', 'confirmed', 'withdrawn', 'lapsed')),
      settled_by text,
      settled_at ${real}
    )${strict}`,
    'create index request_newest on request (asked_at, request_id)',
    `create table retention_clock (
      id ${whole} primary key check (id = 1),
      seen_at ${real},
      swept_at ${real},
      stopped_at ${real},
      jump_ms ${real},
      is_overwrite_due ${whole} not null check (is_overwrite_due in (0, 1))
    )${strict}`,
    'insert into retention_clock (id, is_overwrite_due) values (1, 0)',
  ],
  sqliteOnly: [],
  postgresOnly: [],
};
