/** The words in which SQLite and PostgreSQL differ. */
interface Words {
  readonly whole: string;
  readonly real: string;
  readonly strict: string;
}

/** People who sign in at seats, their failed attempts, and how long a seat believes without the hub. */
export const personMigration = {
  version: 30,
  name: 'person',
  statements: ({ whole, real, strict }: Words): readonly string[] => [
    `create table person (
      person_id text primary key,
      login text not null,
      name text not null,
      role text not null check (role <> 'seat'),
      secret_hash text not null,
      secret_version ${whole} not null check (secret_version > 0),
      created_at ${real} not null,
      ended_at ${real}
    )${strict}`,
    // A login may be given again when its person has ended; the id never is.
    'create unique index person_login on person (login) where ended_at is null',
    `create table sign_in_attempt (
      subject text primary key,
      failures ${whole} not null,
      last_at ${real} not null,
      blocked_until ${real} not null
    )${strict}`,
    'create index sign_in_attempt_age on sign_in_attempt (last_at)',
    `create table sign_in_policy (
      id ${whole} primary key check (id = 1),
      offline_hours ${whole} not null check (offline_hours >= 0)
    )${strict}`,
    'insert into sign_in_policy (id, offline_hours) values (1, 72)',
  ],
  sqliteOnly: [],
  postgresOnly: [],
};
