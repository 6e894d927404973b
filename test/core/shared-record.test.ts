import { expect, test } from 'vitest';
import { type RecordFields, recordEdit } from '../../core/shared-record.ts';

const edit = (baseVersion: number, fields: RecordFields | null) => ({
  collection: 'customers',
  recordId: 'c1',
  baseVersion,
  fields,
});

test('an edit of an older seat, which says nothing of what its author saw, is read as one of a seat of now', () => {
  const old = edit(3, { a: 1 });
  expect([recordEdit.parse(old), recordEdit.parse({ ...old, sawRecord: true })]).toEqual([
    old,
    { ...old, sawRecord: true },
  ]);
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
