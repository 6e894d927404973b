import type { JournalEntry } from '../../core/journal.ts';
import type { Connection } from './connection.ts';
import type { Projection } from './projection.ts';

/** The stations whose message lamp is lit: a projection of the journal. */
export interface MessageLampTable extends Projection {
  /** Their numbers, in the order in which they were lit. */
  lit(): readonly string[];
  /** Takes over all of the same list of another file; what this one held is gone. Within a transaction of the caller. */
  takeAll(older: Connection): void;
}

/** What an entry does to the lamp of a station; null when it is about no lamp. A refused lamp is not lit. */
export function lampOf(entry: JournalEntry): { readonly number: string; readonly isOn: boolean } | null {
  if (entry.kind === 'message-waiting') return { number: entry.body.number, isOn: entry.body.isOn };
  if (entry.kind === 'message-waiting-refused') return { number: entry.body.number, isOn: false };
  return null;
}

/** The table `message_lamp` of an open store. All its SQL is here. */
export function messageLampTable(connection: Connection): MessageLampTable {
  const light = connection.prepare(
    'insert into message_lamp (number, position) values (?, ?) on conflict (number) do nothing',
  );
  const darken = connection.prepare('delete from message_lamp where number = ?');
  const all = connection.prepare('select number from message_lamp order by position').pluck();
  return {
    lit: () => all.all().map(String),
    takeAll: (older) => {
      connection.exec('delete from message_lamp');
      const lamps = older.prepare<[], { readonly number: string; readonly position: number }>(
        'select number, position from message_lamp',
      );
      for (const { number, position } of lamps.all()) light.run(number, position);
    },
    fold: (entry, position) => {
      const lamp = lampOf(entry);
      // A station without a number has no lamp.
      if (lamp === null || lamp.number === '') return;
      if (lamp.isOn) light.run(lamp.number, position);
      else darken.run(lamp.number);
    },
    clear: () => void connection.exec('delete from message_lamp'),
  };
}
