import type { JournalEntry } from '../../../core/journal.ts';
import type { Version } from './seat-look.ts';

/**
 * What was promised in a run, as whoever was promised it would remember: kept apart from every disk, so that no fault of
 * the disks reaches it.
 */
export type Ledger = {
  /** A seat answered that this was kept. */
  kept(entry: KeptEntry): void;
  /** Everything a seat said it kept, by number. */
  entriesOf(seat: string): ReadonlyMap<number, KeptEntry>;
  /** A person edited a record, and this is what he knew and had in front of him then. */
  left(seat: string, seq: number, work: LeftWork): void;
  /** Null for an entry that was answered to nobody, or is no edit. */
  workOf(seat: string, seq: number): LeftWork | null;
  /** The hub answered that everything of a seat up to a number is on its disk. */
  acknowledged(seat: string, seq: number): void;
  acknowledgedSeq(seat: string): number;
  /** The hub's disk was lost: of what it acknowledged only this is there, and the seats are to give it again. */
  putBack(seat: string, seq: number): void;
  wasPutBack(): boolean;
};

/** An entry of a journal; `entry` is null for one that no program of today can read. */
export type KeptEntry = {
  readonly seat: string;
  readonly seq: number;
  readonly id: string;
  readonly entry: JournalEntry | null;
};

/** An edit as whoever made it remembers it; looked up in the seat's tables past the program. */
export type LeftWork = {
  /** The version of the record that the hub had told of. */
  readonly toldVersion: number;
  /** Whether he had a record before him, own unsent edits included. */
  readonly sawRecord: boolean;
  /** What he had in front of him when he had made it. */
  readonly shown: Version;
};

export function newLedger(seats: readonly string[]): Ledger {
  const kept = new Map<string, Map<number, KeptEntry>>(seats.map((seat) => [seat, new Map()]));
  const work = new Map<string, LeftWork>();
  const acknowledged = new Map<string, number>();
  let wasPutBack = false;
  const of = (seat: string): Map<number, KeptEntry> => {
    const entries = kept.get(seat);
    if (entries === undefined) throw new Error(`no seat ${seat} in this run`);
    return entries;
  };
  return {
    kept: (entry) => void of(entry.seat).set(entry.seq, entry),
    entriesOf: of,
    left: (seat, seq, done) => void work.set(`${seat} ${seq}`, done),
    workOf: (seat, seq) => work.get(`${seat} ${seq}`) ?? null,
    acknowledged: (seat, seq) => void acknowledged.set(seat, Math.max(seq, acknowledged.get(seat) ?? 0)),
    putBack: (seat, seq) => {
      wasPutBack = true;
      acknowledged.set(seat, seq);
    },
    wasPutBack: () => wasPutBack,
    acknowledgedSeq: (seat) => acknowledged.get(seat) ?? 0,
  };
}
