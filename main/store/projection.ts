import type { JournalEntry } from '../../core/journal.ts';
import type { Connection } from './connection.ts';

/** A list folded from the journal: it may be thrown away and folded again at any time. */
export interface Projection {
  /** Folds one entry in. Only within the transaction that writes the entry at that position. */
  fold(entry: JournalEntry, position: number): void;
  /**
   * The same for very many entries at once, kept in memory until `done`; within one transaction, and nothing else is
   * asked of the list meanwhile. A list without it folds them one by one.
   */
  readonly inBulk?: (rowsMax?: number) => Folding;
  /** Empties the list; `journalTable.rebuild` folds it again. */
  clear(): void;
}

/** A list whose rows belong to a place in the journal. */
export interface TakesOver {
  /**
   * Takes over from the same list of another file, folded from the same journal and more of it, the rows that began
   * between two places (both included). A row that is there is replaced. Gives their keys: callIds, textIds.
   */
  takeOver(older: Connection): (first: number, last: number) => readonly string[];
}

/** Entries on their way into a list. */
export interface Folding {
  fold(entry: JournalEntry, position: number): void;
  done(): void;
}

/** Folds very many entries into several lists, each in the way it does that best, at most `rowsMax` rows in memory. */
export function foldInBulk(lists: readonly Projection[], rowsMax?: number): Folding {
  const foldings = lists.map((list): Folding => list.inBulk?.(rowsMax) ?? { fold: list.fold, done: () => undefined });
  return {
    fold: (entry, position) => {
      for (const folding of foldings) folding.fold(entry, position);
    },
    done: () => {
      for (const folding of foldings) folding.done();
    },
  };
}
