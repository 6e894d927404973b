import { expect, test } from 'vitest';
import type { RecordEdit, RecordFields, SharedRecord } from '../../core/shared-record.ts';
import { type EarlierEdit, takeEdit, withOwnEdits } from '../../core/take-edit.ts';

type Knowledge = Partial<Pick<RecordEdit, 'baseVersion' | 'sawRecord'>>;

const edit = (fields: RecordFields | null, knows: Knowledge = {}): RecordEdit => ({
  collection: 'customers',
  recordId: 'c1',
  baseVersion: 0,
  fields,
  ...knows,
});
const at = (version: number, fields: RecordFields): SharedRecord => ({
  collection: 'customers',
  recordId: 'c1',
  version,
  fields,
  isDeleted: false,
});
const gone = (version: number): SharedRecord => ({ ...at(version, {}), isDeleted: true });
const own = (...names: string[]): EarlierEdit => ({ names, isOwn: true });
const others = (...names: string[]): EarlierEdit => ({ names, isOwn: false });
const ownDeletion: EarlierEdit = { names: null, isOwn: true };
const deletion: EarlierEdit = { names: null, isOwn: false };
const change = { sawRecord: true };
const whole = { sawRecord: false };

type Case = readonly [
  what: string,
  before: SharedRecord | null,
  edit: RecordEdit,
  since: readonly EarlierEdit[],
  after: SharedRecord,
  lost: RecordFields,
];

test.each<Case>([
  ['the first edit makes the record', null, edit({ a: 1 }, whole), [], at(1, { a: 1 }), {}],
  ['a change of a record that is not there makes it', null, edit({ a: 1 }, change), [], at(1, { a: 1 }), {}],
  ['an edit changes its fields alone', at(1, { a: 1, b: 1 }), edit({ b: 2 }, change), [], at(2, { a: 1, b: 2 }), {}],
  [
    'an unseen change elsewhere stays',
    at(2, { a: 2, b: 1 }),
    edit({ b: 2 }, change),
    [others('a')],
    at(3, { a: 2, b: 2 }),
    {},
  ],
  ['of two values the later wins', at(2, { a: 2 }), edit({ a: 3 }, change), [others('a')], at(3, { a: 3 }), { a: 2 }],
  ['one’s own value is not lost', at(2, { a: 2 }), edit({ a: 3 }, change), [own('a')], at(3, { a: 3 }), {}],
  ['nor is an unseen one twice', at(3, { a: 2 }), edit({ a: 3 }, change), [others('a'), own('a')], at(4, { a: 3 }), {}],
  [
    'a value given over one’s own is unseen',
    at(3, { a: 2 }),
    edit({ a: 3 }, change),
    [own('a'), others('a')],
    at(4, { a: 3 }),
    { a: 2 },
  ],
])('fields: %s', (_what, before, change_, since, after, lost) => {
  expect(takeEdit(before, change_, since)).toEqual({ after, lost });
});

test.each<Case>([
  ['leaves a tombstone', at(2, { a: 2 }), edit(null, change), [], gone(3), {}],
  ['of what never was leaves one too', null, edit(null, whole), [], gone(1), {}],
  ['tells what it had not seen', at(3, { a: 2, b: 2 }), edit(null, change), [others('a'), own('b')], gone(4), { a: 2 }],
  ['of what is deleted loses nothing', gone(3), edit(null, change), [others('a'), deletion], gone(4), {}],
  [
    'takes a record that somebody else made again unseen, and tells it',
    at(4, { a: 2 }),
    edit(null, change),
    [deletion, others('a')],
    gone(5),
    { a: 2 },
  ],
])('a deletion %s', (_what, before, change_, since, after, lost) => {
  expect(takeEdit(before, change_, since)).toEqual({ after, lost });
});

test.each<Case>([
  ['wins over a change', gone(3), edit({ a: 9 }, change), [deletion], gone(4), { a: 9 }],
  ['wins over a change in a row of own ones', gone(4), edit({ a: 9 }, change), [deletion, own('a')], gone(5), { a: 9 }],
  ['that was seen does not', gone(3), edit({ a: 9 }, whole), [], at(4, { a: 9 }), {}],
  ['that was one’s own, unsent, does not', gone(3), edit({ a: 9 }, whole), [ownDeletion], at(4, { a: 9 }), {}],
  [
    'that was one’s own does not, whatever somebody else did before it',
    gone(4),
    edit({ a: 9 }, whole),
    [others('a', 'b'), ownDeletion],
    at(5, { a: 9 }),
    {},
  ],
  [
    'by somebody else of what one deleted oneself does not',
    gone(4),
    edit({ a: 9 }, whole),
    [ownDeletion, deletion],
    at(5, { a: 9 }),
    {},
  ],
  [
    'of what somebody else made meanwhile does not win over a whole record',
    gone(2),
    edit({ a: 9 }, whole),
    [others('a'), deletion],
    at(3, { a: 9 }),
    {},
  ],
  [
    'is over where others made the record again: a change is one of theirs',
    at(4, { a: 1 }),
    edit({ b: 9 }, change),
    [deletion, others('a')],
    at(5, { a: 1, b: 9 }),
    {},
  ],
  [
    'is over there for a whole record too',
    at(4, { a: 1, b: 1 }),
    edit({ b: 9 }, whole),
    [ownDeletion, others('a', 'b')],
    at(5, { a: 1, b: 9 }),
    { b: 1 },
  ],
])('a deletion %s', (_what, before, change_, since, after, lost) => {
  expect(takeEdit(before, change_, since)).toEqual({ after, lost });
});

test.each<Case>([
  ['unseen wins', gone(3), edit({ a: 9 }), [deletion], gone(4), { a: 9 }],
  [
    'unseen wins over all that stands on an edit that it won over',
    gone(4),
    edit({ a: 9 }),
    [own('b')],
    gone(5),
    { a: 9 },
  ],
  ['of its own does not', gone(3), edit({ a: 9 }), [ownDeletion], at(4, { a: 9 }), {}],
  [
    'of its own does not, with another’s beside it',
    gone(4),
    edit({ a: 9 }),
    [ownDeletion, deletion],
    at(5, { a: 9 }),
    {},
  ],
  ['that it was told of does not', gone(3), edit({ a: 9 }), [], at(4, { a: 9 }), {}],
  ['that it was told of does not when others lost on it', gone(4), edit({ a: 9 }), [others('a')], at(5, { a: 9 }), {}],
])('an edit that does not say what its author saw: a deletion %s', (_what, before, change_, since, after, lost) => {
  expect(takeEdit(before, change_, since)).toEqual({ after, lost });
});

test('two who are both away delete a record and make it again: in no order is there nothing in the end', () => {
  const did = ['one deletes', 'one makes', 'two deletes', 'two makes'] as const;
  const ends = orders(did).map((order) => {
    let record: SharedRecord = at(5, { a: 'old', b: 'old' });
    const past: { readonly who: string; readonly names: readonly string[] | null }[] = [];
    for (const what of order) {
      const who = what.startsWith('one') ? 'one' : 'two';
      const isDeletion = what.endsWith('deletes');
      const fields = isDeletion ? null : { [who === 'one' ? 'a' : 'b']: who };
      const since = past.map(({ who: by, names }) => ({ names, isOwn: by === who }));
      record = takeEdit(record, edit(fields, { baseVersion: 5, sawRecord: isDeletion }), since).after;
      past.push({ who, names: fields === null ? null : Object.keys(fields) });
    }
    return [order.map((what) => what.replace(/(\w)\w* (\w).*/, '$1$2')).join(' '), record.fields];
  });
  expect(Object.fromEntries(ends)).toEqual({
    'od om td tm': { b: 'two' },
    'od td om tm': { a: 'one', b: 'two' },
    'od td tm om': { a: 'one', b: 'two' },
    'td od om tm': { a: 'one', b: 'two' },
    'td od tm om': { a: 'one', b: 'two' },
    'td tm od om': { a: 'one' },
  });
});

test('on top of what the hub told lie own edits as the hub will take them, and one that is too much is left out', () => {
  const many = (name: string) => Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${name}${index}`, 1]));
  const shown = (told: SharedRecord | null, ...edits: readonly RecordEdit[]) => withOwnEdits(told, edits);
  const from = (baseVersion: number, sawRecord?: boolean) => ({
    baseVersion,
    ...(sawRecord === undefined ? {} : { sawRecord }),
  });
  expect([
    shown(null),
    shown(gone(3)),
    shown(null, edit({ a: 1 }, whole), edit(null, change), edit({ b: 1 }, whole)),
    // Somebody else changed it, or deleted it, after this seat had been told.
    shown(
      at(7, { a: 5, c: 5 }),
      edit(null, from(5, true)),
      edit({ b: 1 }, from(5, false)),
      edit({ a: 1 }, from(5, true)),
    ),
    shown(gone(7), edit(null, from(5, true)), edit({ b: 1 }, from(5, false))),
    shown(gone(7), edit({ b: 1 }, from(5, false))),
    shown(gone(7), edit({ b: 1 }, from(5, true)), edit({ c: 1 }, from(5, true))),
    // What it was told of between the two.
    shown(gone(7), edit({ b: 1 }, from(5, true)), edit({ c: 1 }, from(7, false))),
    shown(at(1, many('a')), edit(many('b'), from(1, true)), edit({ a0: 2 }, from(1, true)))?.fields,
    // Of a seat of before: told of version 5, and its own unsent edits counted in.
    shown(at(7, { a: 5 }), edit(null, from(5)), edit({ b: 1 }, from(6)), edit({ a: 1 }, from(7))),
    shown(gone(7), edit(null, from(5)), edit({ b: 1 }, from(6))),
    shown(gone(7), edit({ b: 1 }, from(5)), edit({ c: 1 }, from(6))),
    shown(gone(7), edit({ b: 1 }, from(7))),
  ]).toEqual([
    null,
    gone(3),
    at(3, { b: 1 }),
    at(10, { a: 1, b: 1 }),
    at(9, { b: 1 }),
    at(8, { b: 1 }),
    gone(9),
    at(9, { c: 1 }),
    { ...many('a'), a0: 2 },
    at(10, { a: 1, b: 1 }),
    at(9, { b: 1 }),
    gone(9),
    at(8, { b: 1 }),
  ]);
});

/** Every order in which the hub may take what two did, each in his own order. */
function orders(did: readonly [string, string, string, string]): readonly (readonly string[])[] {
  const [a, b, c, d] = did;
  return [
    [a, b, c, d],
    [a, c, b, d],
    [a, c, d, b],
    [c, a, b, d],
    [c, a, d, b],
    [c, d, a, b],
  ];
}
