import { describe, expect, it } from 'vitest';
import type { Lamps } from '../../../core/key.ts';
import { HeadsetBench } from './headset-bench.ts';
import { bytesOf } from './recorded-descriptors.ts';

const levels = '050b 0905 a101 1500 2501 7501 8502 0920 092f 9502 8102 0508 0917 0909 9502 9102 9506 9101 c0';
const talking: Partial<Lamps> = { isOffHook: true };
const muted: Partial<Lamps> = { isOffHook: true, isMuted: true };

/** A device whose hook and mute follow the lamps, so much later. */
class SlowBase {
  readonly bench = new HeadsetBench(bytesOf(levels));
  readonly #lagMs: number;
  #due: { readonly atMs: number; readonly report: string }[] = [];
  #told = '0200';

  constructor(lagMs: number) {
    this.#lagMs = lagMs;
  }

  show(lamps: Partial<Lamps>, forMs: number): this {
    this.bench.show(lamps);
    for (let ms = 0; ms < forMs; ms += 5) {
      this.bench.pass(5);
      this.bench.writes.forEach((report, index) => {
        this.#due.push({ atMs: (this.bench.writeTimes[index] ?? 0) + this.#lagMs, report });
      });
      this.bench.writes = [];
      this.bench.writeTimes = [];
      const ripe = this.#due.filter(({ atMs }) => atMs <= this.bench.nowMs);
      this.#due = this.#due.filter(({ atMs }) => atMs > this.bench.nowMs);
      for (const { report } of ripe) this.tell(report);
    }
    return this;
  }

  tell(report: string): this {
    if (report !== this.#told) this.bench.report(report);
    this.#told = report;
    return this;
  }
}

describe('a base that acknowledges late', () => {
  for (const lagMs of [100, 700, 1_200, 2_000, 3_500]) {
    it(`${lagMs} ms: the end of one call does not end the next, and its beginning does not answer one`, () => {
      const base = new SlowBase(lagMs).show(talking, 8_000);
      for (const gapMs of [300, 800, 1_500]) {
        base.show({}, gapMs).show(talking, 8_000).show({}, 8_000);
        base.show(talking, gapMs).show({}, gapMs).show({ isRinging: true }, 8_000).show(talking, 8_000);
      }
      expect(base.bench.took()).toEqual([]);
      base.tell('0200');
      expect(base.bench.took()).toEqual(['hook on-hook']);
    });

    it(`${lagMs} ms: muted and unmuted on the screen, it mutes nobody`, () => {
      const base = new SlowBase(lagMs).show(talking, 8_000).show(muted, 8_000);
      for (const gapMs of [300, 800, 1_500]) base.show(talking, gapMs).show(muted, gapMs).show(talking, 8_000);
      expect(base.bench.took()).toEqual([]);
      base.tell('0203');
      expect(base.bench.took()).toEqual(['mute muted']);
    });
  }

  it('one that never acknowledges owes nothing: the next call, a moment later, is ended by its key', () => {
    const bench = new HeadsetBench(bytesOf(levels)).show({ isRinging: true }).pass(300).report('0201');
    bench.show(talking).pass(2_000).show({}).pass(600).show(talking).pass(1_000).forget();
    expect(bench.report('0200').took()).toEqual(['hook on-hook']);
  });

  it('one that acknowledges the beginning only, at once, owes no end', () => {
    const bench = new HeadsetBench(bytesOf(levels)).show(talking).pass(20).report('0201').pass(2_000);
    bench.show({}).pass(600).show(talking).pass(1_000).forget();
    expect(bench.report('0200').took()).toEqual(['hook on-hook']);
  });
});
