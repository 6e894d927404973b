import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClockReading, countFrom, countOn, isSameBoot } from '../../../main/sign-in/counted-time.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 22, 12);
const start: ClockReading = { wallAt: noon, uptimeMs: 5 * hour, bootId: 'one' };

const later = (change: Partial<ClockReading>) => countOn(countFrom(start), { ...start, ...change }).countedMs / hour;

test('within one start of the machine its own counter tells, whatever the wall clock does', () => {
  const ran = { uptimeMs: 7 * hour };
  expect({
    right: later({ ...ran, wallAt: noon + 2 * hour }),
    setBack: later({ ...ran, wallAt: noon - 1000 * hour }),
    year1970: later({ ...ran, wallAt: 0 }),
    year2038: later({ ...ran, wallAt: Date.UTC(2038, 0, 20) }),
    countersOfABrokenMachine: later({ uptimeMs: 4 * hour }),
  }).toEqual({ right: 2, setBack: 2, year1970: 2, year2038: 2, countersOfABrokenMachine: 0 });
});

test('over a restart of the machine the wall clock counts as far as it goes on, and the time since the start always', () => {
  const other = { bootId: 'two' };
  expect({
    overNight: later({ ...other, uptimeMs: hour, wallAt: noon + 14 * hour }),
    setBack: later({ ...other, uptimeMs: hour, wallAt: noon - 50 * hour }),
    longSince: later({ ...other, uptimeMs: 9 * hour, wallAt: noon - 50 * hour }),
    withoutNames:
      countOn(countFrom({ ...start, bootId: null }), { wallAt: noon + 14 * hour, uptimeMs: 6 * hour, bootId: null })
        .countedMs / hour,
  }).toEqual({ overNight: 14, setBack: 1, longSince: 4, withoutNames: 14 });
});

test('where the system does not name its starts, the same start is one whose clocks went on together', () => {
  const nameless = countFrom({ ...start, bootId: null });
  const same = (change: Partial<ClockReading>) => isSameBoot(nameless, { ...start, bootId: null, ...change });
  expect([
    same({ uptimeMs: 6 * hour, wallAt: noon + hour }),
    same({ uptimeMs: 6 * hour, wallAt: noon + hour + 300_000 }),
    same({ uptimeMs: 6 * hour, wallAt: noon + 20 * hour }),
    same({ uptimeMs: hour, wallAt: noon + hour }),
  ]).toEqual([true, true, false, false]);
});

test('whatever anybody does to the wall clock, the hours a machine is on are counted, and the count never goes back', () => {
  const step = fc.record({
    onMs: fc.nat(20 * hour),
    offMs: fc.nat(20 * hour),
    isRestart: fc.boolean(),
    setTo: fc.option(fc.integer({ min: 0, max: noon * 2 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let reading = start;
      let counted = countFrom(start);
      let onMs = 0;
      for (const [index, { onMs: ran, offMs, isRestart, setTo }] of steps.entries()) {
        // Started anew, somebody may set the clock before we look; then the machine runs on.
        if (isRestart) reading = { wallAt: setTo ?? reading.wallAt + offMs, uptimeMs: 0, bootId: `boot-${index}` };
        counted = countOn(counted, reading);
        reading = {
          ...reading,
          wallAt: (isRestart ? null : setTo) ?? reading.wallAt + ran,
          uptimeMs: reading.uptimeMs + ran,
        };
        const before = counted.countedMs;
        counted = countOn(counted, reading);
        onMs += ran;
        expect(counted.countedMs).toBeGreaterThanOrEqual(before);
        expect(counted.countedMs).toBeGreaterThanOrEqual(onMs);
      }
    }),
  );
});
