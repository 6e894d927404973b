import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RecordEdit, type SharedRecord, takeEdit } from '../../../core/shared-record.ts';
import type { FeedPage } from '../../../main/store/shared-record-table.ts';
import { type SyncSeat, syncSeat } from './sync-rig.ts';

/**
 * A hub by the rules of core/shared-record.ts alone, kept in memory: what a seat shows is compared with it. `at` of each
 * record is its place in the feed.
 */
class ModelHub {
  records = new Map<string, { record: SharedRecord; position: number }>();
  position = 0;
  journalSeq = 0;

  take(edit: RecordEdit): void {
    const key = `${edit.collection}/${edit.recordId}`;
    const { after } = takeEdit(this.records.get(key)?.record ?? null, edit, new Set());
    this.position += 1;
    this.records.set(key, { record: after, position: this.position });
  }

  page(after: number, limit: number): FeedPage & { readonly next: number } {
    const rows = [...this.records.values()].filter(({ position }) => position > after);
    const some = rows.toSorted((a, b) => a.position - b.position).slice(0, limit);
    const next = some.at(-1)?.position ?? after;
    const records = some.map(({ record }) => record);
    return { records, cursor: String(next), isEnd: some.length < limit, journalSeq: this.journalSeq, next };
  }

  copy(): ModelHub {
    const copy = new ModelHub();
    Object.assign(copy, { position: this.position, journalSeq: this.journalSeq, records: new Map(this.records) });
    return copy;
  }
}

/** What a seat shows: the hub's records with the edits that the hub has not taken on top. */
function expected(hub: ModelHub, unsent: readonly RecordEdit[]): ReadonlyMap<string, unknown> {
  const all = new Map([...hub.records].map(([key, { record }]) => [key, record]));
  for (const edit of unsent) {
    const key = `${edit.collection}/${edit.recordId}`;
    all.set(key, takeEdit(all.get(key) ?? null, edit, new Set()).after);
  }
  return new Map(
    [...all]
      .filter(([, { isDeleted }]) => !isDeleted)
      .map(([key, { fields, version }]) => [key, { fields, version }] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function shown({ records }: SyncSeat): ReadonlyMap<string, unknown> {
  const { rows } = records.list({ collection: 'c', search: '', after: null, limit: 200 });
  return new Map(
    rows.map(({ collection, recordId, fields, version }) => [`${collection}/${recordId}`, { fields, version }]),
  );
}

const numRuns = Number(process.env.HOOKLINE_OVERLAY_RUNS ?? 30);

const recordId = fc.constantFrom('r1', 'r2', 'r3');
const fields = fc.option(
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 99 }), { minKeys: 1 }),
  {
    freq: 4,
  },
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('edit-here' as const), recordId, fields }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit-there' as const), recordId, fields }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pull' as const), limit: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('back-up' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set-back' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A seat and its hub, with what was read and what was copied. */
class Scene {
  readonly seat: SyncSeat;
  hub = new ModelHub();
  backUp = new ModelHub();
  /** Every edit of the seat, by number from 1. */
  edits: RecordEdit[] = [];
  read = 0;

  constructor(seat: SyncSeat) {
    this.seat = seat;
    seat.records.begin();
  }

  do(one: Step): void {
    switch (one.kind) {
      case 'edit-here': {
        const baseVersion = this.seat.records.standing('c', one.recordId)?.version ?? 0;
        const edit = { collection: 'c', recordId: one.recordId, fields: one.fields, baseVersion };
        const before = this.seat.records.standing('c', one.recordId);
        this.seat.edit(edit);
        this.edits.push(edit);
        // What is written down is shown at once, and it is what the rules make of what was shown.
        const { after } = takeEdit(before?.version === 0 ? null : before, edit, new Set());
        expect(this.seat.records.standing('c', one.recordId)).toEqual({ ...after, isUnsent: true });
        return;
      }
      case 'edit-there': {
        const baseVersion = this.hub.records.get(`c/${one.recordId}`)?.record.version ?? 0;
        this.hub.take({ collection: 'c', recordId: one.recordId, fields: one.fields, baseVersion });
        return;
      }
      case 'push':
        for (const edit of this.edits.slice(this.hub.journalSeq, this.hub.journalSeq + one.count)) {
          this.hub.take(edit);
          this.hub.journalSeq += 1;
        }
        return;
      case 'pull': {
        const page = this.hub.page(this.read, one.limit);
        this.read = page.next;
        this.seat.records.takePage(page, 1);
        if (page.isEnd) expect(shown(this.seat)).toEqual(expected(this.hub, this.edits.slice(this.hub.journalSeq)));
        return;
      }
      case 'back-up':
        this.backUp = this.hub.copy();
        return;
      case 'set-back':
        // Noticed by whoever pulls: the feed is begun anew.
        this.hub = this.backUp.copy();
        this.read = 0;
        this.seat.records.restart();
        return;
      case 'rebuild':
        this.seat.store.journal.rebuild();
        return;
    }
  }

  pullAll(): void {
    for (let page = 0; page < 50; page += 1) {
      const { next, ...told } = this.hub.page(this.read, 2);
      this.read = next;
      this.seat.records.takePage(told, 1);
      if (told.isEnd) return;
    }
    throw new Error('the feed has no end');
  }
}

test('whatever happens in whatever order: at the end of the feed a seat shows what the rules make of hub and own edits', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const scene = new Scene(syncSeat('seat-1'));
      for (const one of steps) scene.do(one);
      scene.do({ kind: 'push', count: 1_000 });
      scene.pullAll();
      expect(shown(scene.seat)).toEqual(expected(scene.hub, []));
      expect(scene.seat.records.firstOwnSeq()).toBeNull();
    }),
    { numRuns },
  );
});

test('where nobody else writes, what is shown is always what was written last: nothing flickers back', () => {
  const alone = step.filter(({ kind }) => !['edit-there', 'set-back', 'rebuild'].includes(kind));
  fc.assert(
    fc.property(fc.array(alone, { maxLength: 60 }), (steps) => {
      const scene = new Scene(syncSeat('seat-1'));
      const written = new ModelHub();
      for (const one of steps) {
        scene.do(one);
        for (const edit of scene.edits.slice(written.journalSeq)) {
          written.take(edit);
          written.journalSeq += 1;
        }
        expect(shown(scene.seat)).toEqual(expected(written, []));
      }
    }),
    { numRuns },
  );
});
