import type { ReplicaRecord } from '../../core/hub-console-api.ts';
import { type RecordEdit, recordEdit, recordFields, type SharedRecord } from '../../core/shared-record.ts';
import { withOwnEdits } from '../../core/take-edit.ts';
import type { Connection } from './connection.ts';
import type { Projection } from './projection.ts';
import { bare, searchCondition, searchLines, searchTerms } from './search-text.ts';

/** A page of the hub's feed. */
export interface FeedPage {
  readonly records: readonly SharedRecord[];
  readonly cursor: string;
  readonly isEnd: boolean;
  /** The seat's own edits up to and with this entry are in what was read, once the end is reached. */
  readonly journalSeq: number;
}

/** What somebody at the seat wants of a record; null: to delete it. */
export type EditWish = Pick<RecordEdit, 'collection' | 'recordId' | 'fields'>;

/** A page of a list, in the order of names; `after` is the last name seen. */
export interface RecordQuery {
  readonly collection: string;
  readonly search: string;
  readonly after: string | null;
  readonly limit: number;
}

/**
 * The replica of the records that a site shares. What it shows is what the hub told with the seat's own edits on top, for
 * as long as what the hub told does not include them; so it never goes back behind an edit made here.
 */
export interface SharedRecordTable extends Projection {
  /** Null: there is none, or it was deleted. */
  get(collection: string, recordId: string): ReplicaRecord | null;
  /** The same with tombstones: what an edit made now would stand on. */
  standing(collection: string, recordId: string): SharedRecord | null;
  /** An edit as it is to be written down now: with what the hub has told and what is shown. */
  draft(wish: EditWish): RecordEdit;
  list(query: RecordQuery): { readonly rows: readonly ReplicaRecord[]; readonly total: number };
  /** Where the feed is gone on with; null: from its beginning. */
  cursor(): string | null;
  /** When the end of the feed was last reached; null: never. */
  reachedAt(): number | null;
  /** The hub has told that it has own edits up to and with this entry. */
  confirmedSeq(): number;
  /** The number of the oldest own edit that lies on top; null when none does. */
  firstOwnSeq(): number | null;
  /** Takes a page in, in one transaction. `at`: wall-clock milliseconds. */
  takePage(page: FeedPage, at: number): void;
  /** Reads the feed anew from its beginning; what is there stays shown until the end of it is reached. */
  restart(): void;
  /** Another hub: nothing of the old one stays, and every edit ever made here lies on top until this hub has it. */
  begin(): void;
  /** No hub: nothing stays, own edits neither. The journal has them. */
  leave(): void;
}

interface Row {
  readonly version: number;
  readonly fields: string;
  readonly is_deleted: number;
  readonly filling: number;
}
interface ShownRow {
  readonly record_id: string;
  readonly shown_version: number;
  readonly shown_fields: string;
  readonly shown_is_deleted: number;
  readonly is_unsent: number;
}
interface Place {
  readonly collection: string;
  readonly record_id: string;
}
interface ReplicaState {
  readonly cursor: string | null;
  readonly confirmed_seq: number;
  readonly filling: number;
  readonly reached_at: number | null;
}

const nothingYet: ReplicaState = { cursor: null, confirmed_seq: 0, filling: 1, reached_at: null };

/** The tables `shared_record`, `own_edit` and `replica` of an open store. All their SQL is here. */
export function sharedRecordTable(connection: Connection): SharedRecordTable {
  const base = connection.prepare<[string, string], Row>(
    'select version, fields, is_deleted, filling from shared_record where collection = ? and record_id = ?',
  );
  const editsOf = connection
    .prepare<[string, string], string>('select edit from own_edit where collection = ? and record_id = ? order by seq')
    .pluck();
  const write = connection.prepare(
    `insert into shared_record (collection, record_id, version, fields, is_deleted, shown_version, shown_fields,
       shown_is_deleted, is_unsent, search, filling)
     values (:collection, :recordId, :version, :fields, :isDeleted, :shownVersion, :shownFields, :shownIsDeleted,
       :isUnsent, :search, :filling)
     on conflict (collection, record_id) do update set version = excluded.version, fields = excluded.fields,
       is_deleted = excluded.is_deleted, shown_version = excluded.shown_version, shown_fields = excluded.shown_fields,
       shown_is_deleted = excluded.shown_is_deleted, is_unsent = excluded.is_unsent, search = excluded.search,
       filling = excluded.filling`,
  );
  const remove = connection.prepare('delete from shared_record where collection = ? and record_id = ?');
  const addEdit = connection.prepare(
    'insert or ignore into own_edit (position, seq, collection, record_id, edit) values (?, ?, ?, ?, ?)',
  );
  const state = connection.prepare<[], ReplicaState>('select cursor, confirmed_seq, filling, reached_at from replica');
  const writeState = connection.prepare(
    `insert into replica (id, cursor, confirmed_seq, filling, reached_at)
     values (1, :cursor, :confirmed_seq, :filling, :reached_at)
     on conflict (id) do update set cursor = excluded.cursor, confirmed_seq = excluded.confirmed_seq,
       filling = excluded.filling, reached_at = excluded.reached_at`,
  );
  const stateNow = (): ReplicaState => state.get() ?? nothingYet;

  /** Writes a record as the hub has it (null: it has none) and what is shown of it. */
  const show = (collection: string, recordId: string, of: Row | null): void => {
    const edits = editsOf.all(collection, recordId);
    if (of === null && edits.length === 0) {
      remove.run(collection, recordId);
      return;
    }
    const told = of === null ? null : asRecord(collection, recordId, of);
    const shown = withOwnEdits(
      told,
      edits.map((edit) => recordEdit.parse(JSON.parse(edit))),
    );
    write.run({
      collection,
      recordId,
      version: of?.version ?? 0,
      fields: of?.fields ?? '{}',
      isDeleted: of?.is_deleted ?? 0,
      shownVersion: shown?.version ?? 0,
      shownFields: JSON.stringify(shown?.fields ?? {}),
      shownIsDeleted: shown?.isDeleted === true ? 1 : 0,
      isUnsent: edits.length > 0 ? 1 : 0,
      search: searchOf(recordId, shown),
      filling: of?.filling ?? stateNow().filling,
    });
  };
  const told = (collection: string, recordId: string): Row | null => {
    const row = base.get(collection, recordId);
    return row === undefined || row.version === 0 ? null : row;
  };
  const showAgain = ({ collection, record_id }: Place): void =>
    show(collection, record_id, told(collection, record_id));

  const editedPlaces = connection.prepare<[number], Place>(
    'select distinct collection, record_id from own_edit where seq <= ?',
  );
  const dropEdits = connection.prepare('delete from own_edit where seq <= ?');
  const dropEditsOf = connection.prepare('delete from own_edit where collection = ? and record_id = ? and seq <= ?');
  /** The hub has these edits: what it tells counts. */
  const dropUpTo = (seq: number): void => {
    const places = editedPlaces.all(seq);
    dropEdits.run(seq);
    for (const place of places) showAgain(place);
  };
  const editsOfJournal = connection.prepare(
    `insert or ignore into own_edit (position, seq, collection, record_id, edit)
     select position, seq, body ->> '$.collection', body ->> '$.recordId', body from journal
     where kind = 'record-edited' and seq > ?`,
  );
  /** The hub does not have these edits (any more): they lie on top again. */
  const putBackAfter = (seq: number): void => {
    editsOfJournal.run(seq);
    for (const place of editedPlaces.all(Number.MAX_SAFE_INTEGER)) showAgain(place);
  };

  const leftOver = connection.prepare<[number], Place>(
    'select collection, record_id from shared_record where filling <> ?',
  );
  const takePage = connection.transaction((page: FeedPage, at: number): void => {
    const now = stateNow();
    const { filling } = now;
    if (page.journalSeq < now.confirmed_seq) putBackAfter(page.journalSeq);
    for (const { collection, recordId, version, fields, isDeleted } of page.records) {
      // The hub read this record after it had looked how far the journal is.
      dropEditsOf.run(collection, recordId, page.journalSeq);
      show(collection, recordId, { version, fields: JSON.stringify(fields), is_deleted: isDeleted ? 1 : 0, filling });
    }
    if (page.isEnd) {
      for (const { collection, record_id } of leftOver.all(filling)) show(collection, record_id, null);
      dropUpTo(page.journalSeq);
    }
    const reached_at = page.isEnd ? at : now.reached_at;
    writeState.run({ cursor: page.cursor, confirmed_seq: page.journalSeq, filling, reached_at });
  });
  const restart = connection.transaction((): void => {
    const now = stateNow();
    writeState.run({ ...now, cursor: null, filling: now.filling + 1 });
  });
  const empty = (): void => void connection.exec('delete from own_edit; delete from shared_record');
  const lastOfJournal = connection.prepare('select coalesce(max(seq), 0) from journal').pluck();
  const begin = connection.transaction((): void => {
    empty();
    writeState.run(nothingYet);
    putBackAfter(0);
  });
  const leave = connection.transaction((): void => {
    empty();
    writeState.run({ ...nothingYet, confirmed_seq: Number(lastOfJournal.get()) });
  });

  const shownOne = connection.prepare<[string, string], ShownRow>(
    'select * from shared_record where collection = ? and record_id = ?',
  );
  const condition = `collection = :collection and shown_is_deleted = 0 and ${searchCondition}`;
  const page = connection.prepare<[object], ShownRow>(
    `select * from shared_record where ${condition} and (:after is null or record_id > :after)
     order by record_id limit :limit`,
  );
  const counted = connection.prepare(`select count(*) from shared_record where ${condition}`).pluck();
  const firstOwn = connection.prepare<[], number | null>('select min(seq) from own_edit').pluck();
  const clear = connection.transaction((): void => {
    const places = editedPlaces.all(Number.MAX_SAFE_INTEGER);
    connection.exec('delete from own_edit');
    for (const place of places) showAgain(place);
  });

  return {
    get: (collection, recordId) => {
      const row = shownOne.get(collection, recordId);
      return row === undefined || row.shown_is_deleted === 1 ? null : asShown(collection, row);
    },
    standing: (collection, recordId) => {
      const row = shownOne.get(collection, recordId);
      return row === undefined ? null : asShown(collection, row);
    },
    draft: ({ collection, recordId, fields }) => {
      const row = shownOne.get(collection, recordId);
      const sawRecord = row !== undefined && row.shown_version > 0 && row.shown_is_deleted === 0;
      return { collection, recordId, fields, baseVersion: told(collection, recordId)?.version ?? 0, sawRecord };
    },
    list: ({ collection, search, after, limit }) => {
      const terms = { collection, ...searchTerms(search) };
      const rows = page.all({ ...terms, after, limit }).map((row) => asShown(collection, row));
      return { rows, total: Number(counted.get(terms)) };
    },
    cursor: () => stateNow().cursor,
    reachedAt: () => stateNow().reached_at,
    confirmedSeq: () => stateNow().confirmed_seq,
    firstOwnSeq: () => firstOwn.get() ?? null,
    takePage: (next, at) => takePage.immediate(next, at),
    restart: () => restart.immediate(),
    begin: () => begin.immediate(),
    leave: () => leave.immediate(),
    fold: (entry, position) => {
      if (entry.kind !== 'record-edited') return;
      if (entry.seq <= stateNow().confirmed_seq) return;
      const { collection, recordId } = entry.body;
      addEdit.run(position, entry.seq, collection, recordId, JSON.stringify(entry.body));
      showAgain({ collection, record_id: recordId });
    },
    clear: () => clear(),
  };
}

function asRecord(collection: string, recordId: string, row: Row): SharedRecord {
  return {
    collection,
    recordId,
    version: row.version,
    fields: recordFields.parse(JSON.parse(row.fields)),
    isDeleted: row.is_deleted === 1,
  };
}

function asShown(collection: string, row: ShownRow): ReplicaRecord {
  return {
    collection,
    recordId: row.record_id,
    version: row.shown_version,
    fields: recordFields.parse(JSON.parse(row.shown_fields)),
    isDeleted: row.shown_is_deleted === 1,
    isUnsent: row.is_unsent === 1,
  };
}

/** A value's text is found, its punctuation as JSON is not; a number also without what stands between its digits. */
function searchOf(recordId: string, record: SharedRecord | null): string {
  if (record === null || record.isDeleted) return '';
  const texts = Object.values(record.fields).map((value) =>
    typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value),
  );
  return searchLines([recordId, ...texts.flatMap((text) => (/\d/.test(text) ? [text, bare(text)] : [text]))]);
}
