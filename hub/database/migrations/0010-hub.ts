/** The words in which SQLite and PostgreSQL differ. */
interface Words {
  /** A whole number of 64 bits. */
  readonly whole: string;
  /** A number with a fraction, 64 bits. */
  readonly real: string;
  /** What stands after a table's closing bracket. */
  readonly strict: string;
}

/** Everything of the first floor: keys, seats, journals, calls, shared records, the audit trail. */
export const hubMigration = {
  version: 10,
  name: 'hub',
  statements: ({ whole, real, strict }: Words): readonly string[] => [
    `create table hub (
      id ${whole} primary key check (id = 1),
      hub_id text not null,
      feed_position ${whole} not null,
      audit_position ${whole} not null,
      audit_hash text not null
    )${strict}`,
    `create table access_key (
      key_id text primary key,
      role text not null,
      name text not null,
      seat text,
      secret_hash text not null,
      created_at ${real} not null,
      revoked_at ${real},
      check ((role = 'seat') = (seat is not null))
    )${strict}`,
    `create table enrolment_code (
      code_hash text primary key,
      label text not null,
      renews text,
      expires_at ${real} not null,
      used_at ${real}
    )${strict}`,
    `create table seat (
      seat text primary key,
      label text not null,
      enrolled_at ${real} not null,
      last_seq ${whole} not null,
      last_push_at ${real}
    )${strict}`,
    `create table journal_entry (
      seat text not null references seat (seat),
      seq ${whole} not null check (seq > 0),
      entry_id text not null,
      at ${real} not null,
      kind text not null,
      body text not null,
      received_at ${real} not null,
      primary key (seat, seq)
    )${strict}`,
    `create table set_aside (
      seat text not null references seat (seat),
      seq ${whole} not null check (seq > 0),
      entry_id text,
      reason text not null,
      detail text not null,
      bytes ${whole} not null,
      raw text not null,
      received_at ${real} not null,
      primary key (seat, seq)
    )${strict}`,
    `create table call_row (
      seat text not null references seat (seat),
      call_id text not null,
      offered_at ${real} not null,
      call text not null,
      primary key (seat, call_id)
    )${strict}`,
    'create index call_row_newest on call_row (offered_at, seat, call_id)',
    `create table shared_record (
      collection text not null,
      record_id text not null,
      version ${whole} not null,
      fields text not null,
      is_deleted ${whole} not null check (is_deleted in (0, 1)),
      position ${whole} not null unique,
      primary key (collection, record_id)
    )${strict}`,
    `create table record_edit (
      collection text not null,
      record_id text not null,
      version ${whole} not null,
      at ${real} not null,
      edited_by text not null,
      fields text,
      lost text not null,
      primary key (collection, record_id, version)
    )${strict}`,
    `create table audit_line (
      position ${whole} primary key check (position > 0),
      at ${real} not null,
      actor text not null,
      role text not null,
      action text not null,
      subject text not null,
      detail text not null,
      previous text not null,
      hash text not null
    )${strict}`,
  ],
  /** The audit trail only grows: the database itself refuses what is not an insert. */
  sqliteOnly: ['update', 'delete'].map(
    (what) => `create trigger audit_line_no_${what} before ${what} on audit_line
      begin select raise(abort, 'the audit trail only grows'); end`,
  ),
  postgresOnly: [
    `create function audit_line_only_grows() returns trigger language plpgsql as
      $$ begin raise exception 'the audit trail only grows' using errcode = 'restrict_violation'; end $$`,
    `create trigger audit_line_no_change before update or delete on audit_line
      for each row execute function audit_line_only_grows()`,
    `create trigger audit_line_no_truncate before truncate on audit_line
      for each statement execute function audit_line_only_grows()`,
  ],
};
