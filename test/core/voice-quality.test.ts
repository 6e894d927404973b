import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  delayImpairment,
  equipmentImpairment,
  estimatedScore,
  meanOpinionScore,
  oneWayDelayMs,
  rating,
} from '../../core/voice-quality.ts';

const clean = { codec: 'PCMU', oneWayDelayMs: 0, lossPercent: 0, burstRatio: 1 };

describe('the E-model against published values', () => {
  test('G.107: all defaults give R = 93.2 and MOS 4.41', () => {
    expect([rating(clean).toFixed(1), meanOpinionScore(93.2).toFixed(2)]).toEqual(['93.2', '4.41']);
  });

  // The table rounds: at R = 80 the formula gives 4.024, the table says 4.03.
  test.each([
    [90, 4.34],
    [80, 4.03],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
  ])('G.107 Annex B, Table B.1: R %i is MOS %d', (r, published) => {
    expect(Math.abs(meanOpinionScore(r) - published)).toBeLessThan(0.01);
  });

  // Cole and Rosenbluth (2001) fitted Id = 0.024 d + 0.11 (d - 177.3) H(d - 177.3) to G.107 for d up to 300 ms.
  test.each([0, 20, 50, 100, 150, 200, 250, 300])('delay of %i ms is within 0.6 of the published fit', (delayMs) => {
    const fit = 0.024 * delayMs + 0.11 * Math.max(0, delayMs - 177.3);
    expect(Math.abs(delayImpairment(delayMs) - fit)).toBeLessThan(0.6);
  });

  // G.113 Appendix I: G.711 with concealment, random loss: Ie-eff = 95 p / (p + 25.1).
  test.each([
    [1, 3.64],
    [2, 7.01],
    [5, 15.78],
    [10, 27.07],
  ])('G.711 with concealment at %i %% loss has Ie-eff %d', (lossPercent, expected) => {
    expect(equipmentImpairment('PCMA', lossPercent, 1)).toBeCloseTo(expected, 2);
  });

  test('G.729A: Ie 11 without loss, 19 at 2 % (G.113 Table I.4)', () => {
    expect([equipmentImpairment('G729', 0, 1), equipmentImpairment('G729', 2, 1)]).toEqual([11, 19]);
  });
});

test('one way is half the round trip, the jitter buffer and two packets', () => {
  expect(oneWayDelayMs(100, 40, 20)).toBe(130);
});

test('any path has a score between 1 and 4.5, and more loss or delay is never better', () => {
  const path = fc.record({
    codec: fc.constantFrom('opus', 'PCMU', 'G722', 'G729', 'something'),
    oneWayDelayMs: fc.double({ min: -50, max: 5_000, noNaN: true }),
    lossPercent: fc.double({ min: -5, max: 150, noNaN: true }),
    burstRatio: fc.double({ min: 1, max: 8, noNaN: true }),
  });
  fc.assert(
    fc.property(path, fc.double({ min: 0, max: 30, noNaN: true }), (before, more) => {
      const score = estimatedScore(before);
      expect(score).toBeGreaterThanOrEqual(1);
      expect(score).toBeLessThanOrEqual(4.5);
      const tolerance = 1e-9;
      expect(rating({ ...before, lossPercent: before.lossPercent + more })).toBeLessThanOrEqual(
        rating(before) + tolerance,
      );
    }),
  );
});
