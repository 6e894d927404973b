import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  backoffMs,
  chunkBytesFirst,
  chunkBytesMax,
  chunkBytesMin,
  nextChunkBytes,
  pickNext,
  retryAfterMs,
} from '../../../main/recordings/upload-schedule.ts';

test('the newest goes first, and the oldest has its turn however many come after it', () => {
  const waiting = Array.from({ length: 100 }, (_, index) => `r${String(index).padStart(5, '0')}`);
  const sent: string[] = [];
  for (let turn = 0; turn < 80; turn += 1) {
    const queue = { newest: waiting.slice(-64).toReversed(), oldest: waiting.slice(0, 64) };
    const next = pickNext(queue, () => false, turn);
    if (next === null) throw new Error('none');
    sent.push(next);
    waiting.splice(waiting.indexOf(next), 1);
    waiting.push(`s${String(turn).padStart(5, '0')}`);
  }
  expect(sent.slice(0, 4)).toEqual(['r00099', 's00000', 's00001', 'r00000']);
  // A new call each turn, for ever: the old ones go up all the same.
  expect(sent.filter((one) => one.startsWith('r')).length).toBe(21);
});

test('what is held back is passed over, from either end', () => {
  const queue = { newest: ['c', 'b', 'a'], oldest: ['a', 'b', 'c'] };
  expect(pickNext(queue, (one) => one === 'c', 0)).toBe('b');
  expect(pickNext(queue, (one) => one === 'a', 3)).toBe('b');
  expect(pickNext(queue, () => true, 0)).toBeNull();
});

test('waits are spread over all of 1 to 60 s, never before the hub asked, never beyond ten minutes', () => {
  const input = fc.tuple(
    fc.integer({ min: 1, max: 10_000 }),
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.option(fc.nat()),
  );
  fc.assert(
    fc.property(input, ([failures, random, asked]) => {
      const ms = backoffMs(failures, random, asked);
      expect(ms).toBeGreaterThanOrEqual(Math.min(asked ?? 0, 600_000));
      expect(ms).toBeLessThanOrEqual(Math.max(60_000, Math.min(asked ?? 0, 600_000)));
    }),
  );
  expect([1, 2, 3, 7, 50].map((failures) => backoffMs(failures, 0.5, null))).toEqual([500, 1000, 2000, 30_000, 30_000]);
});

test('Retry-After in seconds, as a date, and as nonsense', () => {
  const now = Date.parse('2026-11-22T00:00:00Z');
  const said = ['7', 'Sun, 22 Nov 2026 00:00:09 GMT', 'Sat, 21 Nov 2026 00:00:00 GMT', 'soon', undefined];
  expect(said.map((header) => retryAfterMs(header, now))).toEqual([7000, 9000, 0, null, null]);
});

test('chunks grow on a good line, shrink on a bad one, and stay within their bounds', () => {
  const after = (times: readonly (number | null)[]): number => times.reduce(nextChunkBytes, chunkBytesFirst);
  expect(after([100])).toBe(4 * chunkBytesFirst);
  expect(after([1000])).toBe(2 * chunkBytesFirst);
  expect(after([3000])).toBe(chunkBytesFirst);
  expect(after([null])).toBe(chunkBytesFirst / 2);
  expect(after(Array.from({ length: 20 }, () => 10))).toBe(chunkBytesMax);
  expect(after(Array.from({ length: 20 }, () => null))).toBe(chunkBytesMin);
});
