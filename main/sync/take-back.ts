import type { HeldEntry } from '../../core/hub-api.ts';
import { pageRowsMax } from '../../core/hub-route.ts';
import type { LooseEntry } from '../store/journal-table.ts';
import { heldAsEntry, type Refill } from '../store/refill.ts';
import type { HubLink } from './hub-link.ts';

/** What came back from the hub. `missing`: entries that were lost here and that the hub does not have either. */
export interface TakenBack {
  readonly back: number;
  /** Own entries that stand behind those of the hub now, under new numbers. */
  readonly moved: number;
  readonly missing: number;
}

export type TakeBackOutcome =
  | { readonly kind: 'taken'; readonly taken: TakenBack }
  /** Hub and journal have nothing that the other contradicts. */
  | { readonly kind: 'nothing' }
  /** The journal is just getting its older entries back from a damaged file: it is to be looked at after that. */
  | { readonly kind: 'later' }
  | { readonly kind: 'refused'; readonly detail: string };

/** How many entries are taken back at once: half a year of a busy seat, in memory for a moment. */
export const takenBackMax = 100_000;

export interface TakeBackOptions {
  readonly link: Pick<HubLink, 'client' | 'seat'>;
  readonly refill: Refill;
  /** The number of the newest entry the hub holds. */
  readonly heldSeq: number;
  /** The hub said that it holds another entry under a number of ours. */
  readonly isForked: boolean;
  /** The hub took entries of this journal since the seat started: then nobody put an old copy back meanwhile. */
  readonly hasPushed: boolean;
  readonly signal: AbortSignal;
}

/**
 * Before anything is pushed: entries that were lost here are put back from the hub under their numbers; and where the hub
 * is further than this journal, or holds others under its numbers, an old copy of the profile was put back, so the hub's
 * entries are taken, and what was written down here since goes behind them. Nothing is overwritten on either side. A seat
 * that is contradicted in the middle of its life is refused: then two seats use one name, and a person has to look.
 * Rejects with what the link or the disk says; nothing is changed then.
 */
export async function takeBack(options: TakeBackOptions): Promise<TakeBackOutcome> {
  const { refill, heldSeq, isForked, hasPushed } = options;
  if (!refill.isWhole()) return { kind: 'later' };
  const { back, missing } = await putBackLost(options);
  const isBehind = heldSeq > refill.lastSeq();
  if (!isBehind && !isForked) {
    return back === 0 ? { kind: 'nothing' } : { kind: 'taken', taken: { back, moved: 0, missing } };
  }
  if (hasPushed) return { kind: 'refused', detail: 'two seats write under this name' };
  const common = await lastInCommon(options);
  if (heldSeq - common > takenBackMax)
    return { kind: 'refused', detail: `the hub has ${heldSeq - common} more entries` };
  const held: LooseEntry[] = [];
  while (common + held.length < heldSeq) {
    const rows = await page(options, common + held.length);
    if (rows.length === 0) return { kind: 'refused', detail: 'the hub does not give back what it holds' };
    for (const row of rows) if (row.seq <= heldSeq) held.push(heldAsEntry(row, options.link.seat));
  }
  if (held.length === 0) return { kind: 'nothing' };
  const { taken, moved } = refill.takeTail(common, held);
  return { kind: 'taken', taken: { back: back + taken, moved, missing } };
}

/** Entries of ours that were lost and that the hub has, page by page; put back together at the end. */
async function putBackLost(options: TakeBackOptions): Promise<{ readonly back: number; readonly missing: number }> {
  const { refill, heldSeq, link } = options;
  const lost = refill.lostUpTo(Math.min(heldSeq, refill.lastSeq())).slice(0, takenBackMax);
  const found: LooseEntry[] = [];
  for (let index = 0; index < lost.length; ) {
    const rows = await page(options, (lost[index] ?? 1) - 1);
    const last = rows.at(-1)?.seq;
    if (last === undefined) break;
    const bySeq = new Map(rows.map((row) => [row.seq, row]));
    for (; index < lost.length && (lost[index] ?? 0) <= last; index += 1) {
      const row = bySeq.get(lost[index] ?? 0);
      if (row !== undefined) found.push(heldAsEntry(row, link.seat));
    }
  }
  const back = refill.putBack(found);
  return { back, missing: lost.length - back };
}

/** The newest number under which both have the same entry; 0 when there is none. */
async function lastInCommon(options: TakeBackOptions): Promise<number> {
  const { refill, heldSeq } = options;
  let upTo = Math.min(heldSeq, refill.lastSeq());
  while (upTo > 0) {
    const from = Math.max(0, upTo - pageRowsMax);
    const rows = new Map<number, HeldEntry>();
    for (let at = from; at < upTo; ) {
      const some = await page(options, at);
      if (some.length === 0) break;
      for (const row of some) rows.set(row.seq, row);
      at = some.at(-1)?.seq ?? upTo;
    }
    for (let seq = upTo; seq > from; seq -= 1) {
      const row = rows.get(seq);
      const id = refill.idAt(seq);
      if (row !== undefined && id !== null && heldAsEntry(row, options.link.seat).id === id) return seq;
    }
    upTo = from;
  }
  return 0;
}

async function page({ link, signal }: TakeBackOptions, after: number): Promise<readonly HeldEntry[]> {
  const { rows } = await link.client.journal.entries({ after, limit: pageRowsMax }, { signal });
  return rows;
}
