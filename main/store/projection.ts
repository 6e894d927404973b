import type { JournalEntry } from '../../core/journal.ts';

/** A list folded from the journal: it may be thrown away and folded again at any time. */
export interface Projection {
  /** Folds one entry in. Only within the transaction that writes the entry at that position. */
  fold(entry: JournalEntry, position: number): void;
  /** Empties the list; `journalTable.rebuild` folds it again. */
  clear(): void;
}
