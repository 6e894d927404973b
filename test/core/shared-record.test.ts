import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RecordFields, recordEdit, type SharedRecord, takeEdit } from '../../core/shared-record.ts';

const edit = (baseVersion: number, fields: RecordFields | null) => ({
  collection: 'customers',
  recordId: 'c1',
  baseVersion,
  fields,
});
const at = (version: number, fields: RecordFields, isDeleted = false): SharedRecord => ({
  collection: 'customers',
  recordId: 'c1',
  version,
  fields,
  isDeleted,
});

test.each<[string, SharedRecord | null, ReturnType<typeof edit>, string[], SharedRecord, RecordFields]>([
  ['the first edit makes the record', null, edit(0, { a: 1 }), [], at(1, { a: 1 }), {}],
  ['an edit changes its fields alone', at(1, { a: 1, b: 1 }), edit(1, { b: 2 }), [], at(2, { a: 1, b: 2 }), {}],
  ['an unseen change elsewhere stays', at(2, { a: 2, b: 1 }), edit(1, { b: 2 }), ['a'], at(3, { a: 2, b: 2 }), {}],
  ['of two values the later wins', at(2, { a: 2 }), edit(1, { a: 3 }), ['a'], at(3, { a: 3 }), { a: 2 }],
  ['a deletion leaves a tombstone', at(2, { a: 2 }), edit(2, null), [], at(3, {}, true), {}],
  ['a deletion tells what it had not seen', at(2, { a: 2 }), edit(1, null), ['a'], at(3, {}, true), { a: 2 }],
  ['a deletion wins over who had not seen it', at(3, {}, true), edit(2, { a: 9 }), [], at(4, {}, true), { a: 9 }],
  ['who saw the tombstone makes it anew', at(3, {}, true), edit(3, { a: 9 }), [], at(4, { a: 9 }), {}],
])('%s', (_what, before, change, changed, after, lost) => {
  expect(takeEdit(before, change, new Set(changed))).toEqual({ after, lost });
});

test('any edits in any order: each raises the version by one, and no value goes unless its edit or its loss says so', () => {
  const value = fc.integer({ min: 0, max: 9 });
  const fields = fc.option(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1 }));
  fc.assert(
    fc.property(fc.array(fc.record({ back: fc.nat(3), fields }), { maxLength: 12 }), (edits) => {
      const history: { readonly fields: RecordFields | null }[] = [];
      let record: SharedRecord | null = null;
      for (const { back, fields: changes } of edits) {
        const baseVersion = Math.max(0, history.length - back);
        const changed = new Set(history.slice(baseVersion).flatMap((one) => Object.keys(one.fields ?? {})));
        const before: SharedRecord | null = record;
        const { after, lost } = takeEdit(before, edit(baseVersion, changes), changed);
        expect(after.version).toBe(history.length + 1);
        for (const [name, old] of Object.entries(before?.fields ?? {})) {
          const isKept = after.fields[name] === old || lost[name] === old;
          const wasSeen = !changed.has(name);
          expect(isKept || wasSeen).toBe(true);
        }
        history.push({ fields: changes });
        record = after;
      }
    }),
  );
});

test('names and sizes that a record may not have are refused', () => {
  const bad = [
    { ...edit(0, {}), collection: '../x' },
    { ...edit(0, {}), recordId: 'a/b' },
    edit(-1, {}),
    edit(0, { '': 1 }),
    edit(0, { text: 'x'.repeat(70_000) }),
    edit(0, Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, 1]))),
  ];
  expect(bad.map((one) => recordEdit.safeParse(one).success)).toEqual(bad.map(() => false));
});
