/** The replica of the records that a site shares, and the seat's own edits that lie on top of it. */
export const sharedRecordMigration = {
  version: 80,
  name: 'shared-record',
  sql: `
    create table shared_record (
      place integer primary key,
      collection text not null,
      record_id text not null,
      -- as the hub has it; version 0: the hub has told of no such record
      version integer not null check (version >= 0),
      fields text not null check (json_valid(fields)),
      is_deleted integer not null check (is_deleted in (0, 1)),
      -- as it is shown: the seat's own edits, which the hub does not have yet, on top
      shown_version integer not null check (shown_version >= 0),
      shown_fields text not null check (json_valid(shown_fields)),
      shown_is_deleted integer not null check (shown_is_deleted in (0, 1)),
      is_unsent integer not null check (is_unsent in (0, 1)),
      -- the values of what is shown, folded to one case
      search text not null,
      -- which reading of the hub's feed from its beginning told of it last
      filling integer not null,
      unique (collection, record_id)
    ) strict;

    -- a projection of the journal: edits the replica does not include yet
    create table own_edit (
      -- the place of the entry in the journal
      position integer primary key,
      seq integer not null,
      collection text not null,
      record_id text not null,
      edit text not null check (json_valid(edit))
    ) strict;

    create index own_edit_record on own_edit (collection, record_id, seq);

    create table replica (
      id integer primary key check (id = 1),
      -- where the feed is gone on with; null: from its beginning
      cursor text,
      -- the hub has told that it has the seat's own edits up to and with this entry
      confirmed_seq integer not null check (confirmed_seq >= 0),
      filling integer not null,
      -- when the end of the feed was last reached, wall-clock milliseconds
      reached_at real
    ) strict;
  `,
} as const;
