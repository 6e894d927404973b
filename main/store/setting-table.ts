import type { Connection } from './connection.ts';
import { type WriteOutcome, writeDurably } from './durable-write.ts';
import type { Reserve } from './reserve.ts';

/** Small values by name that must not lie in clear on the disk. */
export interface SettingTable {
  /** The value, or null when none was put. */
  get(name: string): string | null;
  /** Keeps a value; null removes it. On disk when it returns `written`. */
  put(name: string, value: string | null): WriteOutcome<null>;
}

/** Every value by name, as a damaged file still gives them. Throws what SQLite says. */
export function allSettings(connection: Connection): ReadonlyMap<string, string> {
  const every = connection.prepare<[], { readonly name: string; readonly value: string }>(
    'select name, value from setting',
  );
  return new Map(every.all().map(({ name, value }) => [name, value]));
}

/** The table `setting` of an open store. All its SQL is here. */
export function settingTable(connection: Connection, reserve: Reserve): SettingTable {
  const read = connection.prepare('select value from setting where name = ?').pluck();
  const write = connection.prepare(
    'insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
  );
  const remove = connection.prepare('delete from setting where name = ?');
  return {
    get: (name) => {
      const value = read.get(name);
      return typeof value === 'string' ? value : null;
    },
    put: (name, value) =>
      writeDurably(reserve, () => {
        if (value === null) remove.run(name);
        else write.run(name, value);
        return null;
      }),
  };
}
