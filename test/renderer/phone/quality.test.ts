import { expect, test } from 'vitest';
import { type MediaCounters, qualityBetween } from '../../../renderer/phone/quality.ts';

const before: MediaCounters = {
  codec: 'opus',
  packetsReceived: 100,
  packetsLost: 2,
  packetsDiscarded: 0,
  jitterMs: 3,
  jitterBufferDelayMs: 4_000,
  jitterBufferEmittedCount: 100,
  roundTripMs: null,
};

test('loss counts only what happened in between, late packets included', () => {
  const after = { ...before, packetsReceived: 190, packetsLost: 10, packetsDiscarded: 2, roundTripMs: 40 };
  const report = qualityBetween(before, after);
  expect(report).toMatchObject({ codec: 'opus', jitterMs: 3, roundTripMs: 40 });
  expect(report?.lossPercent).toBeCloseTo((10 / 98) * 100, 6);
});

test('a late packet that came after all is no negative loss', () => {
  expect(qualityBetween(before, { ...before, packetsReceived: 200, packetsLost: 1 })?.lossPercent).toBe(0);
});

test('nothing received, nothing said', () => {
  expect(qualityBetween(before, before)).toBe(null);
});

test('everything lost is the worst score, not an error', () => {
  const report = qualityBetween(before, { ...before, packetsLost: 102 });
  expect([report?.lossPercent, (report?.mos ?? 9) < 1.5]).toEqual([100, true]);
});
