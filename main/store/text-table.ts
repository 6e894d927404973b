import { type TextRow, textRow } from '../../core/equipment-api.ts';
import { foldText } from '../../core/text-list.ts';
import type { ListQuery } from '../seat-ports.ts';
import type { Connection } from './connection.ts';
import type { Projection, TakesOver } from './projection.ts';
import { bare, searchCondition, searchLines, searchTerms } from './search-text.ts';

/** A text with its place in the list. */
export type ListedText = TextRow & { readonly seq: number };

/** The texts of a seat: a projection of the journal. */
export interface TextTable extends Projection, TakesOver {
  list(query: ListQuery): { readonly rows: readonly ListedText[]; readonly total: number };
  get(textId: string): TextRow | null;
  /** Takes a row out, to be folded anew. Within a transaction of the caller. */
  forget(textId: string): void;
  /** Texts that are on their way, oldest first. */
  open(): readonly TextRow[];
}

/** The table `text_message` of an open store. All its SQL is here. */
export function textTable(connection: Connection): TextTable {
  const one = connection.prepare('select row from text_message where text_id = ?').pluck();
  const write = connection.prepare(
    `insert into text_message (text_id, position, is_open, search, row) values (?, ?, ?, ?, ?)
     on conflict (text_id) do update set is_open = excluded.is_open, row = excluded.row`,
  );
  const remove = connection.prepare('delete from text_message where text_id = ?');
  const replace = connection.prepare(
    `insert into text_message (text_id, position, is_open, search, row)
     values (:text_id, :position, :is_open, :search, :row)
     on conflict (text_id) do update set position = excluded.position, is_open = excluded.is_open,
       search = excluded.search, row = excluded.row`,
  );
  const page = connection.prepare<[object], { readonly position: number; readonly row: string }>(
    `select position, row from text_message where ${searchCondition} and (:before is null or position < :before)
     order by position desc limit :limit`,
  );
  const counted = connection.prepare(`select count(*) from text_message where ${searchCondition}`).pluck();
  const opened = connection.prepare('select row from text_message where is_open = 1 order by position').pluck();

  const get = (textId: string): TextRow | null => {
    const text = one.get(textId);
    return text === undefined ? null : toRow(text);
  };
  return {
    get,
    list: ({ search, before, limit }) => {
      const terms = searchTerms(search);
      const rows = page.all({ ...terms, before, limit }).map(({ position, row }) => ({ ...toRow(row), seq: position }));
      return { rows, total: Number(counted.get(terms)) };
    },
    open: () => opened.all().map(toRow),
    fold: (entry, position) => {
      if (!('textId' in entry.body)) return;
      const before = get(entry.body.textId);
      const after = foldText(before, entry);
      if (after === null || after === before) return;
      const search = searchLines([after.number, bare(after.number), after.text]);
      write.run(after.textId, position, after.state === 'sending' ? 1 : 0, search, JSON.stringify(after));
    },
    forget: (textId) => void remove.run(textId),
    takeOver: (older) => {
      const between = older.prepare<[number, number], { readonly text_id: string }>(
        'select * from text_message where position between ? and ?',
      );
      return (first, last) => {
        const rows = between.all(first, last);
        for (const row of rows) replace.run(row);
        return rows.map(({ text_id: textId }) => textId);
      };
    },
    clear: () => void connection.exec('delete from text_message'),
  };
}

/** Every row as it lies there, oldest first; `row` is null for one that can't be read. For `verify`. */
export function* allTexts(connection: Connection): Iterable<{ readonly key: string; readonly row: TextRow | null }> {
  const every = connection.prepare<[], { readonly text_id: string; readonly row: string }>(
    'select text_id, row from text_message order by position',
  );
  for (const { text_id: key, row } of every.iterate()) {
    const parsed = textRow.safeParse(JSON.parse(row));
    yield { key, row: parsed.success ? parsed.data : null };
  }
}

function toRow(text: unknown): TextRow {
  return textRow.parse(JSON.parse(String(text)));
}
