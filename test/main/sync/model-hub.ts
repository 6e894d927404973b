import { type RecordEdit, type RecordFields, recordFields, type SharedRecord } from '../../../core/shared-record.ts';
import { takeEdit } from '../../../core/take-edit.ts';
import type { FeedPage } from '../../../main/store/shared-record-table.ts';

/** An edit that the model took: whose, what it gave, what it lost, and what it made of the record. */
export interface ModelEdit {
  readonly by: string;
  readonly edit: RecordEdit;
  readonly lost: RecordFields;
  readonly after: SharedRecord;
}

/**
 * A hub by the rule of core/take-edit.ts alone, kept in memory: what seats show and what the real hub makes of edits is
 * compared with it.
 */
export class ModelHub {
  /** Every edit of each record, oldest first; its version is its place, from 1. */
  history: ReadonlyMap<string, readonly ModelEdit[]> = new Map();
  /** How many edits of each seat were handed over. */
  journalSeqs: ReadonlyMap<string, number> = new Map();
  #positions: ReadonlyMap<string, number> = new Map();
  #position = 0;

  /** Takes an edit; false when it would make the record too large, as the hub sets it aside. */
  take(by: string, edit: RecordEdit): boolean {
    const name = `${edit.collection}/${edit.recordId}`;
    const past = this.history.get(name) ?? [];
    const since = past.slice(edit.baseVersion).map((each) => ({
      names: each.edit.fields === null ? null : Object.keys(each.edit.fields),
      isOwn: each.by === by,
    }));
    const { after, lost } = takeEdit(past.at(-1)?.after ?? null, edit, since);
    if (!recordFields.safeParse(after.fields).success) return false;
    this.#position += 1;
    this.history = new Map([...this.history, [name, [...past, { by, edit, lost, after }]]]);
    this.#positions = new Map([...this.#positions, [name, this.#position]]);
    return true;
  }

  /** Takes a seat's next edit. */
  push(seat: string, edit: RecordEdit): boolean {
    this.journalSeqs = new Map([...this.journalSeqs, [seat, this.journalSeq(seat) + 1]]);
    return this.take(seat, edit);
  }

  journalSeq(seat: string): number {
    return this.journalSeqs.get(seat) ?? 0;
  }

  record(name: string): SharedRecord | null {
    return this.history.get(name)?.at(-1)?.after ?? null;
  }

  /** Every record as it is now, by name. */
  records(): ReadonlyMap<string, SharedRecord> {
    return new Map([...this.history].flatMap(([name, edits]) => edits.slice(-1).map(({ after }) => [name, after])));
  }

  /** A page of the feed for a seat; `next`: the place to go on from. */
  page(seat: string, from: number, limit: number): FeedPage & { readonly next: number } {
    const rows = [...this.#positions].filter(([, position]) => position > from).toSorted(([, a], [, b]) => a - b);
    const some = rows.slice(0, limit);
    const next = some.at(-1)?.[1] ?? from;
    const records = some.flatMap(([name]) => this.record(name) ?? []);
    return { records, cursor: String(next), isEnd: some.length < limit, journalSeq: this.journalSeq(seat), next };
  }

  /** The hub as it is now; what comes later changes only one of the two. */
  copy(): ModelHub {
    const copy = new ModelHub();
    copy.history = this.history;
    copy.journalSeqs = this.journalSeqs;
    copy.#positions = this.#positions;
    copy.#position = this.#position;
    return copy;
  }
}
