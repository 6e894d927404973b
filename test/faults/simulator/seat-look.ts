import type { Connection } from '../../../main/store/connection.ts';

/** A record as it lies at a seat: as the hub told it, and as it is shown. */
export type SeatRecord = {
  readonly name: string;
  readonly told: Version;
  readonly shown: Version;
  readonly isUnsent: boolean;
};
export type Version = {
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly isDeleted: boolean;
};

export type SeatRow = { readonly seq: number; readonly id: string };

/** Looks at a seat's tables past the program. */
export type SeatLook = {
  /** Rises with each row that is written over this connection. */
  changes(): number;
  journalAfter(seq: number): readonly SeatRow[];
  journalCount(): number;
  /** What the seat believes the hub to have. */
  acknowledgedSeq(): number;
  setAside(): readonly number[];
  records(): readonly SeatRecord[];
};

type Row = {
  readonly name: string;
  readonly version: number;
  readonly fields: string;
  readonly is_deleted: number;
  readonly shown_version: number;
  readonly shown_fields: string;
  readonly shown_is_deleted: number;
  readonly is_unsent: number;
};

export function seatLook(connection: Connection, seat: string): SeatLook {
  const changed = connection.prepare<[], number>('select total_changes()').pluck();
  const after = connection.prepare<[string, number], SeatRow>(
    'select seq, id from journal where seat = ? and seq > ? order by seq',
  );
  const counted = connection.prepare<[], number>('select count(*) from journal').pluck();
  const acknowledged = connection.prepare<[], number>('select acknowledged_seq from hub_state').pluck();
  const aside = connection.prepare<[], number>('select seq from hub_set_aside order by seq').pluck();
  const rows = connection.prepare<[], Row>(
    `select collection || '/' || record_id as name, version, fields, is_deleted, shown_version, shown_fields,
       shown_is_deleted, is_unsent from shared_record order by collection, record_id`,
  );
  return {
    changes: () => changed.get() ?? 0,
    journalAfter: (seq) => after.all(seat, seq),
    journalCount: () => counted.get() ?? 0,
    acknowledgedSeq: () => acknowledged.get() ?? 0,
    setAside: () => aside.all(),
    records: () =>
      rows.all().map((row) => ({
        name: row.name,
        told: versionOf(row.version, row.fields, row.is_deleted),
        shown: versionOf(row.shown_version, row.shown_fields, row.shown_is_deleted),
        isUnsent: row.is_unsent === 1,
      })),
  };
}

function versionOf(version: number, fields: string, isDeleted: number): Version {
  return { version, fields: JSON.parse(fields), isDeleted: isDeleted === 1 };
}
