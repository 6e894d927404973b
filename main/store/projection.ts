import type { JournalEntry } from '../../core/journal.ts';

/** A list folded from the journal: it may be thrown away and folded again at any time. */
export interface Projection {
  /** Folds one entry in. Only within the transaction that writes the entry at that position. */
  fold(entry: JournalEntry, position: number): void;
  /**
   * The same for very many entries at once, kept in memory until `done`; within one transaction, and nothing else is
   * asked of the list meanwhile. A list without it folds them one by one.
   */
  readonly inBulk?: () => Folding;
  /** Empties the list; `journalTable.rebuild` folds it again. */
  clear(): void;
}

/** Entries on their way into a list. */
export interface Folding {
  fold(entry: JournalEntry, position: number): void;
  done(): void;
}

/** Folds very many entries into several lists, each in the way it does that best. */
export function foldInBulk(lists: readonly Projection[]): Folding {
  const foldings = lists.map((list): Folding => list.inBulk?.() ?? { fold: list.fold, done: () => undefined });
  return {
    fold: (entry, position) => {
      for (const folding of foldings) folding.fold(entry, position);
    },
    done: () => {
      for (const folding of foldings) folding.done();
    },
  };
}
