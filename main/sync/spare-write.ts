import { writeDurably } from '../store/durable-write.ts';
import type { Reserve } from '../store/reserve.ts';

/** What the hub told can be asked again, so for it the space kept back for the log is never given up. */
const nothingKeptBack: Reserve = { isSpent: () => true, spend: () => false, restore: () => Promise.resolve(false) };

/** Performs one transaction with what the hub told. Null: it is on disk; else why not, and nothing of it is there. */
export function writeIfRoom(transaction: () => void): string | null {
  const outcome = writeDurably(nothingKeptBack, transaction);
  return outcome.kind === 'written' ? null : `${outcome.kind}: ${outcome.detail}`;
}
