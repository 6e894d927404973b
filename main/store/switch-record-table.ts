import type { SwitchRecordRow } from '../../core/equipment-api.ts';
import { type JournalEntry, journalFact } from '../../core/journal.ts';
import type { ListQuery } from '../seat-ports.ts';
import type { Connection } from './connection.ts';
import type { Projection, TakesOver } from './projection.ts';
import { bare, searchCondition, searchLines, searchTerms } from './search-text.ts';

/**
 * A search looks in so many of the newest lines, and no further: it runs in the process that answers calls, and a switch
 * may have written millions. Some 50 ms on one slow core.
 */
export const searchedMax = 100_000;

/** The switch's own log: where its lines stand in the journal. */
export interface SwitchRecordTable extends Projection, TakesOver {
  /** `total`: how many lines the search finds; `unread`: how many lines fitted no layout, in all. */
  list(query: ListQuery): {
    readonly rows: readonly SwitchRecordRow[];
    readonly total: number;
    readonly unread: number;
  };
}

/** The table `switch_record` of an open store. All its SQL is here. */
export function switchRecordTable(connection: Connection): SwitchRecordTable {
  const insert = connection.prepare('insert into switch_record (position, is_unread, search) values (?, ?, ?)');
  const replace = connection.prepare(
    'insert or replace into switch_record (position, is_unread, search) values (:position, :is_unread, :search)',
  );
  const listed = `select j.position, j.at, j.kind, j.body from journal j join switch_record s on s.position = j.position`;
  const newest = connection.prepare<[object], StoredLine>(
    `${listed} where (:before is null or s.position < :before) order by s.position desc limit :limit`,
  );
  const found = connection.prepare<[object], StoredLine>(
    `${listed} where ${searchCondition} and s.position > :oldest and (:before is null or s.position < :before)
     order by s.position desc limit :limit`,
  );
  const counted = connection
    .prepare(`select count(*) from switch_record where ${searchCondition} and position > :oldest`)
    .pluck();
  const oldest = connection
    .prepare(`select position from switch_record order by position desc limit 1 offset ${searchedMax}`)
    .pluck();
  const countAll = connection.prepare('select count(*) from switch_record').pluck();
  const countUnread = connection.prepare('select count(*) from switch_record where is_unread = 1').pluck();

  return {
    list: ({ search, before, limit }) => {
      const unread = Number(countUnread.get());
      const terms = { ...searchTerms(search), oldest: Number(oldest.get() ?? 0) };
      if (terms.needle === '') {
        return { rows: newest.all({ before, limit }).map(toRow), total: Number(countAll.get()), unread };
      }
      return { rows: found.all({ ...terms, before, limit }).map(toRow), total: Number(counted.get(terms)), unread };
    },
    fold: (entry, position) => {
      if (!isOfSwitch(entry)) return;
      insert.run(position, entry.kind === 'switch-record-unread' ? 1 : 0, searchIn(entry));
    },
    takeOver: (older) => {
      const between = older.prepare<[number, number], { readonly position: number }>(
        'select * from switch_record where position between ? and ?',
      );
      return (first, last) => {
        for (const row of between.all(first, last)) replace.run(row);
        return [];
      };
    },
    clear: () => void connection.exec('delete from switch_record'),
  };
}

/** Every line as it lies there, oldest first. For `verify`. */
export function* allSwitchRecords(
  connection: Connection,
): Iterable<{ readonly key: string; readonly row: { readonly isUnread: boolean } }> {
  const every = connection.prepare<[], { readonly position: number; readonly is_unread: number }>(
    'select position, is_unread from switch_record order by position',
  );
  for (const { position, is_unread: isUnread } of every.iterate()) {
    yield { key: String(position), row: { isUnread: isUnread === 1 } };
  }
}

/** Whether an entry is a line of the switch's own log. */
export function isOfSwitch(
  entry: JournalEntry,
): entry is Extract<JournalEntry, { kind: 'switch-record' | 'switch-record-unread' }> {
  return entry.kind === 'switch-record' || entry.kind === 'switch-record-unread';
}

interface StoredLine {
  readonly position: number;
  readonly at: number;
  readonly kind: string;
  readonly body: string;
}

function toRow({ position, at, kind, body }: StoredLine): SwitchRecordRow {
  const fact = journalFact.parse({ kind, body: JSON.parse(body) });
  if (fact.kind === 'switch-record') {
    const { equipmentId, record } = fact.body;
    return { seq: position, at, equipmentId, entry: { kind: 'record', record } };
  }
  if (fact.kind === 'switch-record-unread') {
    const { equipmentId, unread } = fact.body;
    return { seq: position, at, equipmentId, entry: { kind: 'unread', unread } };
  }
  throw new Error(`entry ${position} is ${kind}, not a line of the switch`);
}

function searchIn(entry: Extract<JournalEntry, { kind: 'switch-record' | 'switch-record-unread' }>): string {
  if (entry.kind === 'switch-record-unread') return searchLines([entry.body.unread.text]);
  const { record } = entry.body;
  const lines = record.legs.length === 0 ? [record.text] : record.legs.map((leg) => leg.text);
  return searchLines([...lines, bare(record.number ?? ''), record.name ?? '']);
}
