import type { Connection } from './connection.ts';
import { firstStored } from './journal-beginning.ts';
import { rulesLifted } from './journal-rules.ts';
import type { JournalTable, LooseEntry } from './journal-table.ts';
import type { Refill } from './refill.ts';
import { refoldSome } from './refold-some.ts';

/** What rewriting needs beside the journal. */
export interface RewriteOptions {
  readonly connection: Connection;
  readonly seat: string;
  readonly journal: Pick<JournalTable, 'lastSeq' | 'refold'>;
  /**
   * Called before the journal is changed: what was copied of it (the side journal) will not be true of it any more, and is
   * set aside. A cut between the two leaves the journal as it was, without a copy.
   */
  readonly onBefore: () => void;
  /** Called after it: a new copy may be begun. */
  readonly onAfter: () => void;
  /** How long a journal is folded as a whole after it; only tests say another. */
  readonly foldedWholeMax?: number;
}

/** Folding as a whole takes a second for some 30,000 entries, and a call may be up meanwhile. */
const foldedWholeMax = 30_000;

/** Puts back what the hub holds, in one transaction. */
export function rewriteJournal(options: RewriteOptions): Refill {
  const { connection, seat, journal, onBefore, onAfter } = options;
  const lost = connection.prepare<[string, number], number>(
    `select seq from journal where seat = ? and seq <= ? and kind = 'entry-lost' order by seq`,
  );
  const standing = connection.prepare<[string, number], { readonly id: string; readonly kind: string }>(
    'select id, kind from journal where seat = ? and seq = ?',
  );
  const replace = connection.prepare(
    `update journal set id = :id, at = :at, kind = :kind, body = :body
     where seat = :seat and seq = :seq and kind = 'entry-lost'`,
  );
  const after = connection.prepare<[string, number], LooseEntry>(
    'select seat, seq, id, at, kind, body from journal where seat = ? and seq > ? order by seq',
  );
  const insert = connection.prepare(
    'insert into journal (seat, seq, id, at, kind, body) values (:seat, :seq, :id, :at, :kind, :body)',
  );
  const cut = connection.prepare('delete from journal where seat = ? and seq > ?');
  const liftingRules = rulesLifted(connection);

  const isFoldedWhole = (): boolean => journal.lastSeq() <= (options.foldedWholeMax ?? foldedWholeMax);
  const change = <Result>(work: () => Result, fold: () => void = journal.refold): Result => {
    onBefore();
    const result = connection
      .transaction((): Result => {
        const done = liftingRules(work);
        fold();
        return done;
      })
      .immediate();
    onAfter();
    return result;
  };
  const first = firstStored(connection);
  return {
    isWhole: () => first(seat) === 1,
    lastSeq: () => journal.lastSeq(),
    lostUpTo: (seq) => lost.pluck().all(seat, seq),
    idAt: (seq) => {
      const found = standing.get(seat, seq);
      return found === undefined || found.kind === 'entry-lost' ? null : found.id;
    },
    putBack: (entries) => {
      const whole = entries.filter(({ kind }) => kind !== 'entry-lost');
      if (whole.length === 0) return 0;
      const back: LooseEntry[] = [];
      const fold = (): void => (isFoldedWhole() ? journal.refold() : refoldSome(connection, back));
      return change(() => {
        for (const entry of whole) if (replace.run(entry).changes > 0) back.push(entry);
        return back.length;
      }, fold);
    },
    takeTail: (common, held) =>
      change(() => {
        const own = after.all(seat, common);
        cut.run(seat, common);
        const ids = new Set(held.map(({ id }) => id));
        const behind = own.filter(({ id }) => !ids.has(id));
        const from = common + held.length;
        for (const entry of held) insert.run(entry);
        for (const [index, entry] of behind.entries()) insert.run({ ...entry, seq: from + index + 1 });
        return { taken: held.length, moved: behind.length };
      }),
  };
}
