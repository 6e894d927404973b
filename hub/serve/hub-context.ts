import type { Actor } from '../hub-parts.ts';
import type { Caller } from '../keys/key-table.ts';
import { makeCursor } from '../records/cursor.ts';

/** What a handler knows of a request beside its input. */
export interface HubContext {
  /** Null on routes that anyone may use. */
  readonly caller: Caller | null;
  /** Fires when nobody waits for the answer any more, or the hub stops. */
  readonly signal: AbortSignal;
  /** A code that was not valid was shown. */
  readonly onBadCode: () => void;
  readonly onEntries: (fresh: number, setAside: number) => void;
}

/** Who does it, for the audit trail. The role table lets nobody without a key come here. */
export function actorOf({ caller }: HubContext): Actor {
  if (caller === null) throw new Error('a route that is audited let somebody in without a key');
  return { id: caller.keyId, role: caller.role };
}

/** The seat whose key is shown; on routes of seats alone. */
export function seatOf({ caller }: HubContext): string {
  if (caller?.seat === null || caller?.seat === undefined) throw new Error("a seat's route let another role in");
  return caller.seat;
}

/** The cursor of the page after these rows; null when they were the last. */
export function nextPage<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => readonly (string | number)[],
): string | null {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : makeCursor(placeOf(last));
}
