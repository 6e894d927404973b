import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordEdit, RecordFields, SharedRecord } from '../../../core/shared-record.ts';
import { ModelHub } from './model-hub.ts';
import { type SyncSeat, syncSeat } from './sync-rig.ts';

/** An edit of a seat: what its author was told before, and what he had in front of him before and after. */
interface Made {
  readonly edit: RecordEdit;
  readonly toldVersion: number;
  readonly before: SharedRecord | null;
  readonly after: SharedRecord | null;
}

const seatNames = ['seat-1', 'seat-2', 'seat-3'] as const;
const seat = fc.constantFrom(...seatNames);
const recordId = fc.constantFrom('r1', 'r2');
const names = fc.subarray(['a', 'b', 'c'], { minLength: 1 });
/** Null: a deletion. */
const fields = fc.option(names, { freq: 3 });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('edit' as const), seat, recordId, fields }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit-at-hub' as const), recordId, fields }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('push' as const), seat, count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pull' as const), seat, limit: fc.integer({ min: 1, max: 2 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Seats with their real tables around a hub by the rule. */
class Site {
  readonly hub = new ModelHub();
  readonly seats: ReadonlyMap<string, SyncSeat>;
  readonly made = new Map<string, readonly Made[]>(seatNames.map((name) => [name, []]));
  readonly #read = new Map<string, number>();
  readonly #told = new Map<string, number>();
  #values = 0;

  constructor() {
    this.seats = new Map(seatNames.map((name) => [name, syncSeat(name)]));
    for (const each of this.seats.values()) each.records.begin();
  }

  do(one: Step): void {
    switch (one.kind) {
      case 'edit':
        this.#edit(one.seat, one.recordId, this.#given(one.fields));
        return;
      case 'edit-at-hub': {
        const baseVersion = this.hub.record(`c/${one.recordId}`)?.version ?? 0;
        this.hub.take('key', { collection: 'c', recordId: one.recordId, fields: this.#given(one.fields), baseVersion });
        return;
      }
      case 'push':
        for (const { edit } of this.#madeBy(one.seat).slice(this.hub.journalSeq(one.seat)).slice(0, one.count))
          this.hub.push(one.seat, edit);
        return;
      case 'pull':
        this.pull(one.seat, one.limit);
        return;
    }
  }

  /** Takes one page; true when it was the last. */
  pull(name: string, limit: number): boolean {
    const { next, ...page } = this.hub.page(name, this.#read.get(name) ?? 0, limit);
    this.#read.set(name, next);
    for (const { recordId: id, version } of page.records) this.#told.set(`${name} ${id}`, version);
    this.#seat(name).records.takePage(page, 1);
    return page.isEnd;
  }

  shown(name: string): ReadonlyMap<string, SharedRecord | null> {
    return new Map(['r1', 'r2'].map((id) => [`c/${id}`, this.#front(name, id)]));
  }

  /** What a person at a seat has in front of him, tombstones too. */
  #front(name: string, id: string): SharedRecord | null {
    const standing = this.#seat(name).records.standing('c', id);
    if (standing === null) return null;
    const { version, fields: now, isDeleted } = standing;
    return { collection: 'c', recordId: id, version, fields: now, isDeleted };
  }

  #edit(name: string, id: string, given: RecordFields | null): void {
    const before = this.#front(name, id);
    const edit = this.#seat(name).records.draft({ collection: 'c', recordId: id, fields: given });
    this.#seat(name).edit(edit);
    const after = this.#front(name, id);
    expect(after?.isDeleted).toBe(given === null);
    expect(after?.fields).toMatchObject(given ?? {});
    const toldVersion = this.#told.get(`${name} ${id}`) ?? 0;
    this.made.set(name, [...this.#madeBy(name), { edit, toldVersion, before, after }]);
  }

  /** A value that no other edit gives. */
  #given(chosen: readonly string[] | null): RecordFields | null {
    if (chosen === null) return null;
    this.#values += 1;
    return Object.fromEntries(chosen.map((field) => [field, this.#values]));
  }

  #madeBy(name: string): readonly Made[] {
    return this.made.get(name) ?? [];
  }

  #seat(name: string): SyncSeat {
    const found = this.seats.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  }
}

/** What the hub made of every edit of a record is looked at by what its author knew. */
function checkHistory(site: Site, name: string): void {
  const edits = site.hub.history.get(name) ?? [];
  for (const [index, { by, edit, lost, after }] of edits.entries()) {
    const made = site.made.get(by)?.find((each) => each.edit === edit);
    const toldVersion = made?.toldVersion ?? index;
    const earlier = edits.slice(0, index);
    const unseen = earlier.slice(toldVersion).filter((each) => each.by !== by);
    const before = earlier.at(-1)?.after ?? null;
    // Whoever nobody came between finds his work as he left it.
    if (made !== undefined && unseen.length === 0)
      expect({ fields: after.fields, isDeleted: after.isDeleted }, `${name} ${index + 1}`).toEqual({
        fields: made.after?.fields,
        isDeleted: made.after?.isDeleted,
      });
    // A deletion is one; a record that was made stands; a change stands unless somebody deleted what it changes.
    const wasGone = made !== undefined && (made.before === null || made.before.isDeleted);
    const isDeletedUnseen = before?.isDeleted === true && unseen.some((each) => each.edit.fields === null);
    if (edit.fields === null) expect(after.isDeleted).toBe(true);
    else if (wasGone || !isDeletedUnseen) expect(after.fields).toMatchObject(edit.fields);
    else expect({ after, lost }).toMatchObject({ after: { fields: {}, isDeleted: true }, lost: edit.fields });
    // No value goes unless its end is told, or whoever ended it had it in front of him.
    for (const [field, value] of Object.entries(before?.fields ?? {})) {
      const giver = earlier.findLast((each) => each.edit.fields?.[field] === value);
      const isUnseen = giver !== undefined && unseen.includes(giver);
      const hasGone = after.fields[field] !== value;
      expect([field, lost[field]]).toEqual([field, hasGone && isUnseen ? value : undefined]);
    }
  }
}

const numRuns = Number(process.env.HOOKLINE_OVERLAY_RUNS ?? 25);

test('several seats, whoever is away however long: all end equal, and nobody’s work is gone because of what he did himself', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.shuffledSubarray([...seatNames], { minLength: 3 }),
      (steps, order) => {
        const site = new Site();
        for (const one of steps) site.do(one);
        for (const name of order) site.do({ kind: 'push', seat: name, count: 1_000 });
        for (const name of seatNames) while (!site.pull(name, 2));
        const held = site.hub.records();
        for (const name of seatNames) {
          const shown = [...site.shown(name)].filter(([, record]) => record !== null);
          expect(new Map(shown), name).toEqual(new Map([...held].toSorted(([a], [b]) => (a < b ? -1 : 1))));
        }
        for (const name of held.keys()) checkHistory(site, name);
      },
    ),
    { numRuns },
  );
}, 60_000);
