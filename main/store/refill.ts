import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { HeldEntry } from '../../core/hub-api.ts';
import type { LooseEntry } from './journal-table.ts';
import { isFact } from './recover-salvage.ts';

/**
 * How a seat's journal takes back what its hub holds: after damage (numbers whose entries were lost), and after it was
 * set back (an old copy of the profile was put back, so the hub is further than the seat).
 */
export interface Refill {
  /** False while older entries are still to be put back (restore-older.ts): until then nothing else of it is rewritten. */
  isWhole(): boolean;
  lastSeq(): number;
  /** Numbers up to and with one whose entries were lost here, oldest first. */
  lostUpTo(seq: number): readonly number[];
  /** Null: nothing stands there, or what stood there was lost. */
  idAt(seq: number): string | null;
  /** Puts entries where lost ones stood, numbers as they were; what is not lost stays. Returns how many came back. */
  putBack(entries: readonly LooseEntry[]): number;
  /**
   * After the number `after`, which hub and seat have in common, stand the hub's entries with their numbers, and behind
   * them the seat's own with the next ones: nothing is dropped, and no number means two things.
   */
  takeTail(after: number, held: readonly LooseEntry[]): { readonly taken: number; readonly moved: number };
}

const loose = z.object({
  seat: z.string(),
  seq: z.number().int().positive(),
  id: z.uuid(),
  at: z.number(),
  kind: z.string(),
  body: z.unknown(),
});
const identity = z.object({ id: z.uuid() });

/**
 * What the hub holds under a number, as this seat can keep it. What is no entry to this seat keeps its place and its id,
 * and says that it was lost; the hub goes on holding what it is.
 */
export function heldAsEntry({ seq, entry }: HeldEntry, seat: string): LooseEntry {
  const read = loose.safeParse(entry);
  if (read.success && read.data.seat === seat && read.data.seq === seq) {
    const found = { ...read.data, body: JSON.stringify(read.data.body) };
    if (isFact(found)) return found;
  }
  const named = identity.safeParse(entry);
  const id = named.success ? named.data.id : randomUUID();
  return { seat, seq, id, at: 0, kind: 'entry-lost', body: '{}' };
}
