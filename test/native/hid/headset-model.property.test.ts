import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lampName } from '../../../core/key.ts';
import { writeGapMs } from '../../../native/hid/headset-timing.ts';
import { HeadsetBench } from './headset-bench.ts';
import { bytesOf, recordedDescriptors } from './recorded-descriptors.ts';

/** Mute and hook as levels, all lamps in one report. */
const levels = bytesOf('050b 0905 a101 1500 2501 7501 8502 0920 092f 9502 8102 0508 0917 0909 0918 0920 9504 9102 c0');

describe('any reports and wishes', () => {
  const lampsArbitrary = fc.record({
    isOffHook: fc.boolean(),
    isRinging: fc.boolean(),
    isMuted: fc.boolean(),
    isHeld: fc.boolean(),
  });
  const move = fc.oneof(
    fc.record({ kind: fc.constant('show' as const), lamps: lampsArbitrary }),
    fc.record({ kind: fc.constant('report' as const), bytes: fc.uint8Array({ maxLength: 5 }) }),
    fc.record({
      kind: fc.constant('known' as const),
      id: fc.constantFrom('08', '05', '02', '0c'),
      value: fc.nat(0xffff),
    }),
    fc.record({ kind: fc.constant('feature' as const), bytes: fc.uint8Array({ maxLength: 5 }) }),
    fc.record({ kind: fc.constant('try' as const), lamp: fc.constantFrom(...lampName.options) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(800) }),
  );
  const devices = recordedDescriptors()
    .map((recorded) => recorded.bytes)
    .concat(bytesOf('050b 0905 a101 1500 2501 7501 0920 092f 9502 8106 0508 0917 0909 0918 9503 9102 c0'));

  it('ends in the last wish, dark after the last call, with every write whole and spaced', () => {
    fc.assert(
      fc.property(fc.constantFrom(...devices), fc.array(move, { maxLength: 60 }), (descriptor, moves) => {
        const bench = new HeadsetBench(descriptor);
        for (const one of moves) {
          if (one.kind === 'show') bench.show(one.lamps);
          if (one.kind === 'pass') bench.pass(one.ms);
          if (one.kind === 'feature') bench.feature(Buffer.from(one.bytes).toString('hex'));
          if (one.kind === 'try') bench.try(one.lamp);
          if (one.kind === 'report') bench.report(Buffer.from(one.bytes).toString('hex'));
          if (one.kind === 'known') bench.report(one.id + one.value.toString(16).padStart(4, '0'));
        }
        bench.pass(3_000).show({}).pass(3_000);
        const dark = [...bench.state.shadow.values()].every((report) => report.slice(1).every((byte) => byte === 0));
        expect(dark).toBe(true);
        const lengths = new Map(
          bench.state.map.reports
            .filter((r) => r.direction === 'output')
            .map((r) => [r.reportId, 1 + Math.ceil(r.bits / 8)]),
        );
        for (const write of bench.writes) {
          expect(write.length / 2).toBe(lengths.get(Number.parseInt(write.slice(0, 2), 16)));
        }
        bench.writeTimes.slice(1).forEach((time, index) => {
          expect(time - (bench.writeTimes[index] ?? 0)).toBeGreaterThanOrEqual(writeGapMs);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never takes a device that follows our lamps for a person', () => {
    // An obedient device: hook and mute follow the lamps, each after a while of its own, and nobody presses anything.
    fc.assert(
      fc.property(fc.array(fc.tuple(lampsArbitrary, fc.nat(1_500)), { maxLength: 30 }), fc.nat(80), (wishes, lag) => {
        const bench = new HeadsetBench(levels);
        let told = bench.writes.length;
        const settle = (ms: number): void => {
          for (let passed = 0; passed <= ms; passed += 20) {
            bench.pass(20);
            while (bench.nowMs - (bench.writeTimes[told] ?? Number.POSITIVE_INFINITY) >= lag) {
              const lampBits = Number.parseInt(bench.writes[told]?.slice(2) ?? '0', 16);
              told += 1;
              bench.report(`02${(lampBits & 3).toString(16).padStart(2, '0')}`);
            }
          }
        };
        for (const [lamps, ms] of wishes) {
          bench.show(lamps);
          settle(ms);
        }
        expect(bench.presses).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
