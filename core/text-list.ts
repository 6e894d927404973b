import type { TextRow } from './equipment-api.ts';
import type { JournalEntry } from './journal.ts';

/**
 * The projection journal -> list of texts, one entry at a time. Returns the row after the entry, or null when the entry is
 * not about a text (or about one that was never written). A report that comes late never takes one back: what was
 * delivered is not `sent` again.
 */
export function foldText(before: TextRow | null, entry: JournalEntry): TextRow | null {
  switch (entry.kind) {
    case 'text-received':
    case 'text-sent': {
      if (before) return before;
      const { textId, number, text } = entry.body;
      const isInbound = entry.kind === 'text-received';
      const [direction, state] = isInbound ? (['inbound', 'received'] as const) : (['outbound', 'sending'] as const);
      return { textId, direction, number, text, at: entry.at, state, detail: '' };
    }
    case 'text-outcome': {
      const { outcome, detail } = entry.body;
      if (before?.direction !== 'outbound' || before.state === 'delivered') return before;
      return { ...before, state: outcome, detail };
    }
    default:
      return null;
  }
}
