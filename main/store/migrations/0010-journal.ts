/**
 * The journal: append-only, numbered 1, 2, 3 ... for each seat without a gap. The rules stand in the file itself, so no
 * mistake in a program can break them: nothing is changed, nothing is taken out, no number is left out or used twice.
 */
export const journalMigration = {
  version: 10,
  name: 'journal',
  sql: `
    create table journal (
      position integer primary key,
      seat text not null check (length(seat) between 1 and 64),
      seq integer not null check (seq > 0),
      id text not null unique check (length(id) = 36),
      at real not null,
      kind text not null,
      body text not null check (json_valid(body)),
      unique (seat, seq)
    ) strict;

    create trigger journal_is_never_changed before update on journal
    begin select raise(abort, 'the journal is append-only'); end;

    create trigger journal_is_never_shortened before delete on journal
    begin select raise(abort, 'the journal is append-only'); end;

    create trigger journal_has_no_gap before insert on journal
    when new.seq <> (select coalesce(max(seq), 0) + 1 from journal where seat = new.seat)
    begin select raise(abort, 'the journal has no gap'); end;
  `,
} as const;
