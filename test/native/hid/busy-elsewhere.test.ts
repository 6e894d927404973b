import { describe, expect, it } from 'vitest';
import type { Lamps } from '../../../core/key.ts';
import { HeadsetBench } from './headset-bench.ts';
import { recordedDescriptor } from './recorded-descriptors.ts';

const blackwire = (): HeadsetBench =>
  new HeadsetBench(recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes);
/** Hook at bit 0, Line Busy Tone at bit 1, both levels. */
const cameraA = (): HeadsetBench => new HeadsetBench(recordedDescriptor('airoha-sdk-telephony-variant-a').bytes);

const ringing: Partial<Lamps> = { isRinging: true };
const talking: Partial<Lamps> = { isOffHook: true };
const held: Partial<Lamps> = { isOffHook: true, isHeld: true };

/** Answered on the headset, and long enough ago that all has settled. */
function inCall(bench: HeadsetBench, up: string): HeadsetBench {
  bench.show(ringing).pass(300).report(up);
  bench.show(talking).pass(10_000).forget();
  return bench;
}

describe('another program is using this headset', () => {
  it('line busy while we have no call', () => {
    const bench = cameraA().report('0802').pass(1_000);
    expect([bench.took(), bench.state.isBusyElsewhere]).toEqual([['line-busy true'], true]);
    expect(bench.report('0800').took()).toEqual(['line-busy false']);
  });

  it('line busy that stays while our own call begins and ends', () => {
    const bench = cameraA().report('0802').pass(1_000).forget();
    bench.show(ringing).pass(1_000).report('0803').show(talking).pass(8_000);
    expect([bench.took(), bench.state.isBusyElsewhere]).toEqual([['hook off-hook'], true]);
    bench.show({}).pass(10_000);
    expect(bench.state.isBusyElsewhere).toBe(true);
  });

  it('line busy that comes in the middle of our call, long after our own off-hook', () => {
    const bench = inCall(cameraA(), '0801');
    bench.report('0803').pass(1_000);
    expect([bench.took(), bench.state.isBusyElsewhere]).toEqual([['line-busy true'], true]);
  });

  it('not our own line busy: at once, late over a wireless link, while it rings, and for a moment after the call', () => {
    const bench = cameraA().show(ringing).pass(200).report('0802').pass(2_000).report('0800').report('0801');
    bench.show(talking).pass(4_000).report('0803').pass(8_000).show(held).pass(100).report('0801').pass(50);
    bench.report('0803').pass(3_000).show({}).pass(2_000).report('0800').pass(10_000);
    expect(bench.took()).toEqual(['hook off-hook']);
  });

  it('line busy that is still there three seconds after our last call', () => {
    const bench = inCall(cameraA(), '0803');
    bench.show({}).pass(2_500);
    expect(bench.took()).toEqual([]);
    expect(bench.pass(1_000).took()).toEqual(['line-busy true']);
  });

  it('is forgotten with our call where only the hook betrayed it', () => {
    const bench = inCall(blackwire(), '0802');
    bench.report('0803').pass(8).report('0800').pass(1_000);
    expect(bench.state.isBusyElsewhere).toBe(true);
    bench.show({});
    expect(bench.state.isBusyElsewhere).toBe(false);
  });
});
