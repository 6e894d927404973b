import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { longestGapMs, measureTone, readWav, toneSamples, writeWav } from './tone.ts';

const sampleRate = 16_000;

test.each([137, 330, 600, 1000.5, 2500, 3900])('a tone of %d Hz is measured to a hertz', (hz) => {
  const { hz: measured, dominance } = measureTone(toneSamples({ hz, seconds: 2, sampleRate }), sampleRate);
  expect(Math.abs(measured - hz)).toBeLessThanOrEqual(1);
  expect(dominance).toBeGreaterThan(0.95);
});

test('silence has no tone', () => {
  expect(measureTone(new Float32Array(sampleRate), sampleRate)).toEqual({ hz: 0, level: 0, dominance: 0 });
});

test('noise has no dominant tone', () => {
  let seed = 1;
  const noise = Float32Array.from({ length: sampleRate }, () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.5;
  });
  expect(measureTone(noise, sampleRate).dominance).toBeLessThan(0.1);
});

test('the stronger of two tones wins, and its dominance says that it is not alone', () => {
  const strong = toneSamples({ hz: 600, seconds: 1, sampleRate, level: 0.4 });
  const weak = toneSamples({ hz: 1000, seconds: 1, sampleRate, level: 0.2 });
  const { hz, dominance } = measureTone(
    strong.map((value, i) => value + (weak[i] ?? 0)),
    sampleRate,
  );
  expect(hz).toBe(600);
  expect(dominance).toBeGreaterThan(0.7);
  expect(dominance).toBeLessThan(0.9);
});

test('a gap is measured to 10 ms', () => {
  const samples = toneSamples({ hz: 600, seconds: 2, sampleRate });
  samples.fill(0, sampleRate, sampleRate + (sampleRate * 60) / 1000);
  expect(longestGapMs(samples, sampleRate)).toBeGreaterThanOrEqual(55);
  expect(longestGapMs(samples, sampleRate)).toBeLessThanOrEqual(60);
});

test('what is written as WAV is read back, channel by channel', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tone-'));
  const path = join(directory, 'two.wav');
  const channels = [600, 1000].map((hz) => toneSamples({ hz, seconds: 1, sampleRate }));
  writeWav(path, { sampleRate, channels });
  const back = readWav(path);
  rmSync(directory, { recursive: true });
  expect(back.sampleRate).toBe(sampleRate);
  expect(back.channels.map((samples) => measureTone(samples, sampleRate).hz)).toEqual([600, 1000]);
});
