import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A row of the hub's journal, set aside or not. */
export type HubEntry = { readonly seat: string; readonly seq: number; readonly id: string | null };
export type HubEdit = {
  readonly collection: string;
  readonly recordId: string;
  readonly version: number;
  readonly by: string;
  readonly fields: Readonly<Record<string, unknown>> | null;
  readonly lost: Readonly<Record<string, unknown>>;
};
export type HubRecord = {
  readonly name: string;
  readonly version: number;
  readonly fields: string;
  readonly isDeleted: boolean;
};

/** Looks at the hub's file past the hub, so that a mistake of it in reading hides nothing. */
export type HubLook = {
  hubId(): string;
  /** A number that changes whenever something was committed. */
  dataVersion(): number;
  entriesAfter(seat: string, seq: number): readonly (HubEntry & { readonly kind: string; readonly body: string })[];
  asideAfter(seat: string, seq: number): readonly HubEntry[];
  /** How many entries of a seat lie in both tables. */
  count(seat: string): number;
  lastSeq(seat: string): number;
  calls(seat: string, ids: readonly string[]): ReadonlyMap<string, string>;
  allCalls(): readonly { readonly seat: string; readonly callId: string; readonly call: string }[];
  edits(): readonly HubEdit[];
  records(): readonly HubRecord[];
  /** Writes a copy of the hub's database, as of now, to a file. */
  copyTo(path: string): void;
  /** Looks at the file that lies there now: another one was put in its place. */
  reopen(): void;
  close(): void;
};

export function hubLook(folder: string): HubLook {
  let now = lookAt(folder);
  const reopen = (): void => {
    now.close();
    now = lookAt(folder);
  };
  return {
    hubId: () => now.hubId(),
    dataVersion: () => now.dataVersion(),
    entriesAfter: (...place) => now.entriesAfter(...place),
    asideAfter: (...place) => now.asideAfter(...place),
    count: (seat) => now.count(seat),
    lastSeq: (seat) => now.lastSeq(seat),
    calls: (...place) => now.calls(...place),
    allCalls: () => now.allCalls(),
    edits: () => now.edits(),
    records: () => now.records(),
    copyTo: (path) => now.copyTo(path),
    reopen,
    close: () => now.close(),
  };
}

function lookAt(folder: string): Omit<HubLook, 'reopen'> {
  const file = new Database(join(folder, 'hub.db'), { readonly: true });
  const entries = file.prepare<[string, number], HubEntry & { readonly kind: string; readonly body: string }>(
    'select seat, seq, entry_id as id, kind, body from journal_entry where seat = ? and seq > ? order by seq',
  );
  const aside = file.prepare<[string, number], HubEntry>(
    'select seat, seq, entry_id as id from set_aside where seat = ? and seq > ? order by seq',
  );
  const version = file.prepare<[], number>('pragma data_version').pluck();
  const counted = file
    .prepare<[string, string], number>(
      'select (select count(*) from journal_entry where seat = ?) + (select count(*) from set_aside where seat = ?)',
    )
    .pluck();
  const last = file.prepare<[string], number>('select last_seq from seat where seat = ?').pluck();
  const call = file
    .prepare<[string, string], string>('select call from call_row where seat = ? and call_id = ?')
    .pluck();
  const everyCall = file.prepare<[], { readonly seat: string; readonly callId: string; readonly call: string }>(
    'select seat, call_id as callId, call from call_row order by seat, call_id',
  );
  const everyEdit = file.prepare<
    [],
    {
      readonly collection: string;
      readonly recordId: string;
      readonly version: number;
      readonly by: string;
      readonly fields: string | null;
      readonly lost: string;
    }
  >(
    `select collection, record_id as recordId, version, edited_by as "by", fields, lost from record_edit
     order by collection, record_id, version`,
  );
  const everyRecord = file.prepare<[], { name: string; version: number; fields: string; deleted: number }>(
    `select collection || '/' || record_id as name, version, fields, is_deleted as deleted from shared_record
     order by collection, record_id`,
  );
  const id = file.prepare<[], string>('select hub_id from hub').pluck();
  return {
    hubId: () => id.get() ?? '',
    dataVersion: () => version.get() ?? 0,
    entriesAfter: (seat, seq) => entries.all(seat, seq),
    asideAfter: (seat, seq) => aside.all(seat, seq),
    count: (seat) => counted.get(seat, seat) ?? 0,
    lastSeq: (seat) => last.get(seat) ?? 0,
    calls: (seat, ids) =>
      new Map(
        ids.flatMap((id) => [call.get(seat, id)].flatMap((row) => (row === undefined ? [] : [[id, row] as const]))),
      ),
    allCalls: () => everyCall.all(),
    edits: () =>
      everyEdit.all().map((row) => ({
        ...row,
        fields: row.fields === null ? null : JSON.parse(row.fields),
        lost: JSON.parse(row.lost),
      })),
    records: () => everyRecord.all().map(({ deleted, ...row }) => ({ ...row, isDeleted: deleted === 1 })),
    copyTo: (path) => void file.prepare('vacuum into ?').run(path),
    close: () => void file.close(),
  };
}
