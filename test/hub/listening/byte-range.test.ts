import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readByteRange } from '../../../hub/listening/byte-range.ts';

test.each([
  ['bytes=0-0', { kind: 'part', start: 0, end: 1 }],
  ['bytes=0-', { kind: 'part', start: 0, end: 100 }],
  ['bytes=99-', { kind: 'part', start: 99, end: 100 }],
  ['bytes=10-19', { kind: 'part', start: 10, end: 20 }],
  ['bytes=90-1000', { kind: 'part', start: 90, end: 100 }],
  ['bytes=-1', { kind: 'part', start: 99, end: 100 }],
  ['bytes=-1000', { kind: 'part', start: 0, end: 100 }],
  ['BYTES= 5-6', { kind: 'part', start: 5, end: 7 }],
  ['bytes=100-', { kind: 'unsatisfiable' }],
  ['bytes=100-200', { kind: 'unsatisfiable' }],
  ['bytes=-0', { kind: 'unsatisfiable' }],
  // What is no range of ours is answered with the whole.
  [undefined, { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
  ['bytes=20-10', { kind: 'whole' }],
  ['bytes=0-1,5-6', { kind: 'whole' }],
  ['seconds=0-1', { kind: 'whole' }],
  ['bytes=a-b', { kind: 'whole' }],
  ['bytes=0x1-2', { kind: 'whole' }],
  ['bytes=1e2-', { kind: 'whole' }],
  ['bytes=9999999999999999-', { kind: 'whole' }],
  ['', { kind: 'whole' }],
])('%s of 100 bytes', (header, expected) => {
  expect(readByteRange(header, 100)).toEqual(expected);
});

test('whatever is asked, a part lies within and is not empty', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,4}-\d{0,4}$/)),
      fc.nat(2_000),
      (header, length) => {
        const range = readByteRange(header, length);
        if (range.kind !== 'part') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(length);
      },
    ),
  );
});
