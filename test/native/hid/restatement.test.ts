import { describe, expect, it } from 'vitest';
import { idleLamps, type Lamps } from '../../../core/key.ts';
import { stepHeadset } from '../../../native/hid/headset-model.ts';
import { openedHeadset } from '../../../native/hid/headset-state.ts';
import { mapOfAnswer } from '../../../native/hid/read-map.ts';
import { headsetRow, noQuirks } from '../../../native/models/headset-rows.ts';
import { HeadsetBench, mapOf } from './headset-bench.ts';
import { bytesOf, recordedDescriptor } from './recorded-descriptors.ts';

const dell = (): HeadsetBench => new HeadsetBench(recordedDescriptor('413c-8223').bytes);
const ringing: Partial<Lamps> = { isRinging: true };
const talking: Partial<Lamps> = { isOffHook: true };
const muted: Partial<Lamps> = { isOffHook: true, isMuted: true };

describe('a device that says its state again and again', () => {
  for (const everyMs of [10, 1_000, 20_000]) {
    it(`every ${everyMs} ms, without echoing: a call answered on the screen goes on`, () => {
      const bench = dell();
      const tell = (): void => {
        for (let ms = 0; ms < 100_000; ms += everyMs) bench.report('0500').pass(everyMs);
      };
      tell();
      bench.show(ringing).report('0500').pass(1_000).show(talking).pass(1_000);
      tell();
      bench.show(muted).pass(1_000);
      tell();
      expect(bench.took()).toEqual([]);
    });
  }

  it('is still heard when it says something else', () => {
    const bench = dell();
    for (let n = 0; n < 30; n += 1) bench.report('0500').pass(1_000);
    bench.show(ringing).pass(300);
    expect(bench.report('0501').took()).toEqual(['hook off-hook']);
    bench.show(talking);
    for (let n = 0; n < 30; n += 1) bench.pass(1_000).report('0501');
    expect(bench.report('0500').took()).toEqual(['hook on-hook']);
  });

  it('a handset left off its cradle answers no call by saying so', () => {
    const bench = dell();
    for (let n = 0; n < 10; n += 1) bench.report('0500').pass(1_000);
    bench.show(ringing).pass(300).report('0501').show(talking).pass(2_000).show({}).pass(2_000).forget();
    bench.report('0501').pass(1_000).show(ringing).pass(1_000);
    expect(bench.report('0501').took()).toEqual([]);
    expect(bench.report('0500').report('0501').took()).toEqual(['hook off-hook']);
  });

  it('a field of the maker beside a hook that does not follow moves, and nobody hangs up', () => {
    const bench = new HeadsetBench(
      bytesOf(
        '050b 0905 a101 8502 1500 2501 7501 0920 9501 8102 9507 8101 0600ff 0901 26ff00 7508 9501 8102 0508 2501 7501 0917 9501 9102 9507 9101 c0',
      ),
    );
    bench.report('020001').show(ringing).pass(300).show(talking).pass(5_000).forget();
    for (let n = 2; n < 9; n += 1) bench.report(`02000${n}`).pass(1_000);
    expect(bench.took()).toEqual([]);
    expect(bench.report('020008').took()).toEqual(['hook on-hook']);
  });
});

describe('a device plugged in in mid-call, that tells its state when it has started', () => {
  const levels = bytesOf('050b 0905 a101 1500 2501 7501 8502 0920 092f 9502 8102 0508 0917 0909 9502 9102 c0');

  it('neither unmutes nor hangs up, and is told the state again', () => {
    const lamps: Lamps = { ...idleLamps, ...muted };
    let state = openedHeadset(mapOf(levels), noQuirks, lamps, 0);
    const presses: string[] = [];
    const writes: string[] = [];
    const step = (input: Parameters<typeof stepHeadset>[1], nowMs: number): void => {
      const [next, effects] = stepHeadset(state, input, nowMs);
      state = next;
      for (const effect of effects) {
        if (effect.kind === 'press') presses.push(JSON.stringify(effect.press));
        if (effect.kind !== 'write') continue;
        writes.push(Buffer.from(effect.report).toString('hex'));
        step({ kind: 'written' }, nowMs);
      }
    };
    step({ kind: 'due' }, 0);
    for (let ms = 100; ms < 1_000; ms += 50) {
      step({ kind: 'report', bytes: bytesOf(ms < 300 ? '0200' : '0201') }, ms);
      step({ kind: 'due' }, ms + 40);
    }
    expect(presses).toEqual([]);
    expect(new Set(writes)).toEqual(new Set(['0203']));
    expect(writes.length).toBeGreaterThan(2);
  });
});

describe('keys in an array, which shows what is down now', () => {
  const pad =
    '050b 0905 a101 8502 1501 2505 7508 9501 0920 092f 0921 0924 0926 8100 0508 8503 1500 2501 7501 0917 0909 9502 9102 9506 9101 c0';

  it('hook and mute say "pressed": let go, or overtaken by another key, they end nothing', () => {
    const bench = new HeadsetBench(bytesOf(pad)).show(ringing).pass(300);
    expect(bench.report('0201').took()).toEqual(['hook toggle']);
    bench.show(talking).pass(2_000);
    expect(bench.report('0203').pass(50).report('0200').took()).toEqual(['flash']);
    for (const lamps of [muted, talking, muted]) {
      bench.pass(1_000);
      expect(bench.report('0202').report('0202').pass(80).report('0200').took()).toEqual(['mute toggle']);
      bench.show(lamps);
    }
    bench.pass(1_000);
    expect(bench.report('0201').pass(2_000).report('0200').took()).toEqual(['hook toggle']);
  });

  it('a single bit with a single usage is a level, whatever its flags say', () => {
    const bit = '050b 0905 a101 8502 1500 2501 7501 9501 0920 8100 9507 8101 0508 0917 9501 9102 9507 9101 c0';
    const bench = new HeadsetBench(bytesOf(bit)).show(ringing).pass(300);
    expect(bench.report('0201').took()).toEqual(['hook off-hook']);
    bench.show(talking).pass(2_000);
    expect(bench.report('0200').took()).toEqual(['hook on-hook']);
  });
});

describe('a device whose reports are codes', () => {
  it('that says "hook off" every second hangs nothing up, and is heard when it says something else', () => {
    const reading = mapOfAnswer({ kind: 'unavailable', detail: '' }, headsetRow(0x340b, 0x60));
    if (reading.kind !== 'ok') throw new Error(reading.detail);
    const bench = new HeadsetBench(reading.map);
    const tell = (report: string): void => {
      for (let n = 0; n < 30; n += 1) bench.report(report).pass(1_000);
    };
    tell('0500');
    bench.show(ringing).pass(1_000).show(talking).pass(1_000);
    tell('0500');
    expect(bench.took()).toEqual([]);
    expect(bench.report('0520').report('0500').took()).toEqual(['hook on-hook']);
    bench.show({}).pass(1_000);
    tell('0500');
    bench.show(ringing).pass(1_000);
    expect(bench.report('0520').took()).toEqual(['hook off-hook']);
  });
});
