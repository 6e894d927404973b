import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordEdit, SharedRecord } from '../../../core/shared-record.ts';
import { takeEdit, withOwnEdits } from '../../../core/take-edit.ts';
import { ModelHub } from './model-hub.ts';
import { type SyncSeat, syncSeat } from './sync-rig.ts';

/** What a seat shows: the hub's records with the edits that the hub has not taken on top. */
function expected(hub: ModelHub, unsent: readonly RecordEdit[]): ReadonlyMap<string, unknown> {
  const all = new Map<string, SharedRecord | null>(hub.records());
  for (const { recordId } of unsent) {
    const edits = unsent.filter((edit) => edit.recordId === recordId);
    all.set(`c/${recordId}`, withOwnEdits(hub.record(`c/${recordId}`), edits));
  }
  return new Map(
    [...all]
      .flatMap(([key, record]) => (record === null || record.isDeleted ? [] : [[key, record] as const]))
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

const name = 'seat-1';
const numRuns = Number(process.env.HOOKLINE_OVERLAY_RUNS ?? 30);

const recordId = fc.constantFrom('r1', 'r2', 'r3');
const fields = fc.option(
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 99 }), { minKeys: 1 }),
  {
    freq: 4,
  },
);
const editHere = fc.record({ kind: fc.constant('edit-here' as const), recordId, fields, isOfBefore: fc.boolean() });
const step = fc.oneof(
  { weight: 5, arbitrary: editHere },
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
        const before = this.seat.records.standing('c', one.recordId);
        const wish = { collection: 'c', recordId: one.recordId, fields: one.fields };
        // A seat of before counted its own unsent edits in, and did not say what its author saw.
        const edit = one.isOfBefore ? { ...wish, baseVersion: before?.version ?? 0 } : this.seat.records.draft(wish);
        this.seat.edit(edit);
        this.edits.push(edit);
        // What is written down is shown at once, and it is what the rule makes of what was shown.
        const { after } = takeEdit(before, edit, []);
        expect(this.seat.records.standing('c', one.recordId)).toEqual({ ...after, isUnsent: true });
        return;
      }
      case 'edit-there': {
        const baseVersion = this.hub.record(`c/${one.recordId}`)?.version ?? 0;
        this.hub.take('somebody', { collection: 'c', recordId: one.recordId, fields: one.fields, baseVersion });
        return;
      }
      case 'push':
        for (const edit of this.unsent().slice(0, one.count)) this.hub.push(name, edit);
        return;
      case 'pull': {
        const page = this.hub.page(name, this.read, one.limit);
        this.read = page.next;
        this.seat.records.takePage(page, 1);
        if (page.isEnd) expect(shown(this.seat)).toEqual(expected(this.hub, this.unsent()));
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

  /** What the hub does not have. */
  unsent(): readonly RecordEdit[] {
    return this.edits.slice(this.hub.journalSeq(name));
  }

  pullAll(): void {
    for (let page = 0; page < 50; page += 1) {
      const { next, ...told } = this.hub.page(name, this.read, 2);
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
      const scene = new Scene(syncSeat(name));
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
      const scene = new Scene(syncSeat(name));
      const written = new ModelHub();
      for (const one of steps) {
        scene.do(one);
        for (const edit of scene.edits.slice(written.journalSeq(name))) written.push(name, edit);
        expect(shown(scene.seat)).toEqual(expected(written, []));
      }
    }),
    { numRuns },
  );
});
