import { type CallRow, callRow, foldCall } from '../../core/call-list.ts';
import type { WorkCode } from '../../core/work-code.ts';
import type { Connection } from './connection.ts';
import type { Projection, TakesOver } from './projection.ts';
import { bare, folded, searchCondition, searchLines, searchTerms } from './search-text.ts';

/** One page of the call list, newest first, and how many rows the search finds in all. */
export interface CallPage {
  readonly rows: readonly CallRow[];
  readonly total: number;
}

/** Which rows are wanted. */
export interface CallQuery {
  /** Found in number, name, note and work code, whatever the case; a number also without its spaces and dashes. */
  readonly search: string;
  /** The callId of the last row seen; null for the first page. */
  readonly before: string | null;
  readonly limit: number;
  /** When given, a search also finds the codes whose names hold it: 投诉 finds `complaint`. */
  readonly workCodes?: readonly WorkCode[];
}

/** The call list: a projection of the journal, kept by `journalTable` in the same transaction as each entry. */
export interface CallTable extends Projection, TakesOver {
  list(query: CallQuery): CallPage;
  get(callId: string): CallRow | null;
  /** Takes a row out, to be folded anew. Within a transaction of the caller. */
  forget(callId: string): void;
  /** Calls that have no end yet, oldest first. */
  open(): readonly CallRow[];
  /** Calls whose recording was begun and not ended, oldest first. */
  recordingOpen(): readonly CallRow[];
  /** Calls offered at or after a time, newest first: what a day's figures are made of. */
  since(at: number): readonly CallRow[];
}

/** The table `call` of an open store. All its SQL is here. */
export function callTable(connection: Connection): CallTable {
  const one = connection.prepare('select row from call where call_id = ?').pluck();
  const write = connection.prepare(
    `insert into call (call_id, position, is_open, work_code, search, row) values (?, ?, ?, ?, ?, ?)
     on conflict (call_id) do update set is_open = excluded.is_open, work_code = excluded.work_code,
       search = excluded.search, row = excluded.row`,
  );
  const remove = connection.prepare('delete from call where call_id = ?');
  const replace = connection.prepare(
    `insert into call (call_id, position, is_open, work_code, search, row)
     values (:call_id, :position, :is_open, :work_code, :search, :row)
     on conflict (call_id) do update set position = excluded.position, is_open = excluded.is_open,
       work_code = excluded.work_code, search = excluded.search, row = excluded.row`,
  );
  const found = `(${searchCondition} or work_code in (select value from json_each(:codes)))`;
  const page = connection
    .prepare(
      `select row from call where ${found}
       and (:before is null or position < (select position from call where call_id = :before))
       order by position desc limit :limit`,
    )
    .pluck();
  const counted = connection.prepare(`select count(*) from call where ${found}`).pluck();
  const countAll = connection.prepare('select count(*) from call').pluck();
  const opened = connection.prepare('select row from call where is_open = 1 order by position').pluck();
  const newest = connection.prepare('select row from call order by position desc').pluck();

  const get = (callId: string): CallRow | null => {
    const text = one.get(callId);
    return text === undefined ? null : toRow(text);
  };
  const put = (row: CallRow, position: number): void => {
    const isOpen = row.endedAt === null || isRecordingOpen(row) ? 1 : 0;
    write.run(row.callId, position, isOpen, row.workCode, searchText(row), JSON.stringify(row));
  };
  const unfinished = (): readonly CallRow[] => opened.all().map(toRow);
  return {
    get,
    list: ({ search, before, limit, workCodes }) => {
      const terms = { ...searchTerms(search), codes: JSON.stringify(codesNamed(search, workCodes ?? [])) };
      const total = Number(terms.needle === '' ? countAll.get() : counted.get(terms));
      return { rows: page.all({ ...terms, before, limit }).map(toRow), total };
    },
    open: () => unfinished().filter((row) => row.endedAt === null),
    recordingOpen: () => unfinished().filter(isRecordingOpen),
    since: (at) => {
      const rows: CallRow[] = [];
      for (const text of newest.iterate()) {
        const row = toRow(text);
        if (row.offeredAt < at) break;
        rows.push(row);
      }
      return rows;
    },
    fold: (entry, position) => {
      const callId = 'callId' in entry.body ? entry.body.callId : null;
      if (callId === null) return;
      const before = get(callId);
      const after = foldCall(before, entry);
      if (after !== null && after !== before) put(after, position);
    },
    forget: (callId) => void remove.run(callId),
    takeOver: (older) => {
      const between = older.prepare<[number, number], StoredCall>('select * from call where position between ? and ?');
      return (first, last) => {
        const rows = between.all(first, last);
        for (const row of rows) replace.run(row);
        return rows.map(({ call_id: callId }) => callId);
      };
    },
    inBulk: (rowsMax = rowsInMemoryMax) => {
      const rows = new Map<string, { row: CallRow | null; position: number }>();
      const done = (): void => {
        for (const { row, position } of rows.values()) if (row !== null) put(row, position);
        rows.clear();
      };
      return {
        fold: (entry, position) => {
          if (!('callId' in entry.body)) return;
          const { callId } = entry.body;
          const found = rows.get(callId) ?? { row: get(callId), position };
          const row = foldCall(found.row, entry);
          if (row !== null) rows.set(callId, { row, position: found.position });
          if (rows.size >= rowsMax) done();
        },
        done,
      };
    },
    clear: () => void connection.exec('delete from call'),
  };
}

interface StoredCall {
  readonly call_id: string;
}

/** How many rows a folding in bulk keeps in memory: some 20 MB. */
const rowsInMemoryMax = 20_000;

function isRecordingOpen({ recordingId, recordingEnd }: CallRow): boolean {
  return recordingId !== null && recordingEnd === null;
}

/** Every row as it lies there, oldest first; `row` is null for one that can't be read. For `verify`. */
export function* allCalls(connection: Connection): Iterable<{ readonly key: string; readonly row: CallRow | null }> {
  const every = connection.prepare<[], { readonly call_id: string; readonly row: string }>(
    'select call_id, row from call order by position',
  );
  for (const { call_id: key, row } of every.iterate()) {
    const parsed = callRow.safeParse(JSON.parse(row));
    yield { key, row: parsed.success ? parsed.data : null };
  }
}

function toRow(text: unknown): CallRow {
  return callRow.parse(JSON.parse(String(text)));
}

function searchText(row: CallRow): string {
  const { number, displayName } = row.remote;
  return searchLines([number, bare(number), displayName, row.note, row.workCode ?? '']);
}

function codesNamed(search: string, workCodes: readonly WorkCode[]): readonly string[] {
  const needle = folded(search);
  if (needle === '') return [];
  return workCodes
    .filter(({ name }) => Object.values(name).some((word) => folded(word).includes(needle)))
    .map(({ code }) => code);
}
