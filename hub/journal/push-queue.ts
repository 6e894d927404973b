import { setImmediate } from 'node:timers/promises';
import { type JournalPush, type PushAnswer, setAsideReason } from '../../core/hub-api.ts';
import type { DatabaseKind } from '../database/schema.ts';
import type { HubParts } from '../hub-parts.ts';
import { type RangeOutcome, type SeatRange, takeRanges } from './intake.ts';
import { readPush } from './read-entry.ts';

export type PushOutcome =
  | { readonly kind: 'taken'; readonly answer: PushAnswer; readonly fresh: number; readonly setAside: number }
  | { readonly kind: 'wrong-seat'; readonly seq: number }
  /** Too many pushes wait; nothing was done with this one. */
  | { readonly kind: 'too-many' }
  | Exclude<RangeOutcome, { readonly kind: 'taken' }>;

/** Takes pushes. See `takeRanges` for what is promised. */
export interface PushQueue {
  readonly take: (seat: string, push: JournalPush) => Promise<PushOutcome>;
}

/** How many pushes may wait, twice over what a site of 200 seats sends at once when its network comes back. */
const waitingMax = 1_000;

/** What one transaction takes. SQLite allows 32,766 values in a statement, and an entry has seven. */
const pushesPerGroup = 200;
const entriesPerGroup = 2_000;

/** Groups under way at once. SQLite has one writer; PostgreSQL syncs for several at a time. */
const groupsAtOnce: Readonly<Record<DatabaseKind, number>> = { sqlite: 1, postgres: 3 };

interface Waiting {
  readonly range: SeatRange;
  readonly resolve: (outcome: RangeOutcome) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * While one transaction is being synced, pushes that come wait and go together in the next: a disk that syncs a hundred
 * times a second would otherwise take a hundred pushes a second. Nobody is made to wait for company beyond one turn.
 */
export function pushQueue(parts: HubParts): PushQueue {
  const waiting: Waiting[] = [];
  let underWay = 0;

  const runGroup = async (): Promise<void> => {
    const group = nextGroup(waiting);
    try {
      const outcomes = await takeRanges(
        parts,
        group.map(({ range }) => range),
      );
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error('a push was taken without an outcome'));
        else resolve(outcome);
      }
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
  };
  const work = async (): Promise<void> => {
    underWay += 1;
    while (waiting.length > 0) {
      // SQLite's driver never gives the turn away by itself: without this, what has arrived on other sockets would only
      // be read after this push is synced, and each would go alone.
      await setImmediate();
      if (waiting.length > 0) await runGroup();
    }
    underWay -= 1;
  };

  return {
    take: async (seat, push) => {
      const read = readPush(seat, push.firstSeq, push.entries);
      if (read.kind !== 'read') return read;
      if (waiting.length >= waitingMax) return { kind: 'too-many' };
      const outcome = await new Promise<RangeOutcome>((resolve, reject) => {
        waiting.push({ range: { seat, entries: read.entries }, resolve, reject });
        // Never rejects: each push of a group is told by its own promise.
        if (underWay < groupsAtOnce[parts.database.kind]) void work();
      });
      if (outcome.kind !== 'taken') return outcome;
      const acknowledgedSeq = push.firstSeq + push.entries.length - 1;
      const isAllFresh = outcome.fresh === push.entries.length;
      const setAside = isAllFresh
        ? outcome.poisons.map(({ seq, poison: { reason, detail } }) => ({ seq, reason, detail }))
        : await setAsideBetween(parts, seat, push.firstSeq, acknowledgedSeq);
      const answer = { acknowledgedSeq, setAside };
      return { kind: 'taken', answer, fresh: outcome.fresh, setAside: outcome.poisons.length };
    },
  };
}

/**
 * The next pushes in their order, as many as go together, one at least. Of each seat only one: the next of it is compared
 * with what this one wrote.
 */
function nextGroup(waiting: Waiting[]): readonly Waiting[] {
  const group: Waiting[] = [];
  const seats = new Set<string>();
  let entries = 0;
  for (const one of waiting) {
    const { seat } = one.range;
    if (seats.has(seat)) continue;
    entries += one.range.entries.length;
    if (group.length > 0 && (entries > entriesPerGroup || group.length >= pushesPerGroup)) break;
    group.push(one);
    seats.add(seat);
  }
  const chosen = new Set(group);
  waiting.splice(0, waiting.length, ...waiting.filter((one) => !chosen.has(one)));
  return group;
}

async function setAsideBetween({ database }: HubParts, seat: string, from: number, to: number) {
  const rows = await database.tables
    .selectFrom('set_aside')
    .select(['seq', 'reason', 'detail'])
    .where('seat', '=', seat)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({ seq: row.seq, reason: setAsideReason.parse(row.reason), detail: row.detail }));
}
