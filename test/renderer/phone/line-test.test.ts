import { expect, test } from 'vitest';
import { hasTone } from '../../../renderer/phone/line-test.ts';

const hzPerBin = 48_000 / 4_096;
/** A spectrum in decibels: a floor, and peaks at some frequencies. */
function spectrum(floor: number, peaks: Readonly<Record<number, number>>): Float32Array {
  const bins = new Float32Array(2_048).fill(floor);
  for (const [hz, level] of Object.entries(peaks)) bins[Math.round(Number(hz) / hzPerBin)] = level;
  return bins;
}

test.each([
  ['the tone over a quiet line', spectrum(-100, { 1004: -20 }), true],
  ['the tone a little off, as a codec leaves it', spectrum(-100, { 1020: -30 }), true],
  ['the tone hardly over the noise', spectrum(-50, { 1004: -40 }), false],
  ['another tone that is louder', spectrum(-100, { 1004: -40, 450: -10 }), false],
  ['noise', spectrum(-40, {}), false],
  ['digital silence', spectrum(Number.NEGATIVE_INFINITY, {}), false],
  ['nothing', new Float32Array(0), false],
])('%s', (_, bins, isHeard) => {
  expect(hasTone(bins, hzPerBin, 1_004)).toBe(isHeard);
});
