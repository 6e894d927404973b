import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOn, type KeptTime, newKeptTime } from '../../../main/recordings/kept-clock.ts';

const hour = 3_600_000;
const day = 24 * hour;
const begun = newKeptTime('era', { uptimeMs: 1_000, wallAt: 1_800_000_000_000, isSameRun: false });
const after = (before: KeptTime, ranMs: number, wallMs: number, isSameRun = true) =>
  countOn(before, { uptimeMs: before.uptimeMs + ranMs, wallAt: before.wallAt + wallMs, isSameRun });

test('time is counted by the machine, whatever the wall clock does', () => {
  for (const wallMs of [hour, hour + 60_000, 0, -hour, day, -day + 1])
    expect(after(begun, hour, wallMs).time.ageMs).toBe(hour);
});

test('a clock that jumps by more than a day stops the removing for a day, either way', () => {
  for (const jump of [day + 2 * hour, 400 * day, -day - 2 * hour]) {
    const { time, jumpedMs } = after(begun, hour, hour + jump);
    expect([time.ageMs, jumpedMs, time.refuseUntilMs]).toEqual([hour, jump, hour + day]);
    // It is told once; the wait goes on.
    const next = after(time, hour, hour);
    expect([next.jumpedMs, next.time.refuseUntilMs]).toEqual([null, hour + day]);
  }
});

test('over a restart of the machine only what ran since is proven; days switched off are no jump', () => {
  const restarted = (uptimeMs: number, wallMs: number) =>
    countOn({ ...begun, uptimeMs: 50 * hour }, { uptimeMs, wallAt: begun.wallAt + wallMs, isSameRun: false });
  expect(restarted(hour, 3 * day)).toMatchObject({ time: { ageMs: hour }, jumpedMs: null });
  expect(restarted(hour, 2 * hour)).toMatchObject({ time: { ageMs: hour }, jumpedMs: null });
  expect(restarted(hour, -2 * day).jumpedMs).not.toBeNull();
});

test('never more is counted than really passed, over any restarts and any clocks', () => {
  const step = fc.record({
    passed: fc.integer({ min: 0, max: 5 * day }),
    isRestart: fc.boolean(),
    wallError: fc.integer({ min: -400 * day, max: 400 * day }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let [time, uptimeMs, real] = [begun, begun.uptimeMs, 0];
      for (const { passed, isRestart, wallError } of steps) {
        real += passed;
        // A machine that was off for a part of it has run for less than what passed.
        uptimeMs = isRestart ? Math.floor(passed / 2) : uptimeMs + passed;
        const wallAt = begun.wallAt + real + wallError;
        time = countOn(time, { uptimeMs, wallAt, isSameRun: !isRestart }).time;
        expect(time.ageMs).toBeLessThanOrEqual(real);
      }
    }),
  );
});
