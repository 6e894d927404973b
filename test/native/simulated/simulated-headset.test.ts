import { describe, expect, it } from 'vitest';
import { idleLamps, type KeyPress } from '../../../core/key.ts';
import { systemClock } from '../../../native/clock.ts';
import type { DeviceListener } from '../../../native/device.ts';
import { plugSimulated } from '../../../native/simulated/plug-simulated.ts';
import { type SimulatedHeadset, simulatedHeadset } from '../../../native/simulated/simulated-headset.ts';
import { type SeatDeviceBench, seatDeviceSuite } from '../../suites/seat-device.suite.ts';

/** A simulated headset in this process, on the real clock. `until` is asked again at every report and every lamp. */
async function simulatedBench(headset: SimulatedHeadset): Promise<SeatDeviceBench> {
  const presses: KeyPress[] = [];
  let gone: 'unplugged' | 'failed' | undefined;
  let wake = (): void => undefined;
  const listener: DeviceListener = {
    onKey: (press) => {
      presses.push(press);
      wake();
    },
    onInfo: () => wake(),
    onGone: (reason) => {
      gone = reason;
      wake();
    },
    onTrouble: (doing, detail) => {
      throw new Error(`${doing}: ${detail}`);
    },
  };
  const watched: SimulatedHeadset = {
    ...headset,
    open: async (portListener) => {
      const opening = await headset.open(portListener);
      if (opening.kind === 'refused') return opening;
      const write = async (report: Uint8Array): Promise<void> => {
        await opening.port.write(report);
        wake();
      };
      return { kind: 'open', port: { ...opening.port, write } };
    },
  };
  const device = await plugSimulated(watched, { lamps: idleLamps, clock: systemClock, listener });
  let lastLamps = headset.lamps;
  return {
    info: () => device.info,
    show: (lamps) => device.show(lamps),
    presses,
    until: (holds) =>
      new Promise((resolve) => {
        wake = () => {
          if (holds()) resolve();
        };
        wake();
      }),
    lamps: () => lastLamps(),
    hook: async (isUp) => void headset.press({ key: 'hook', to: isUp ? 'off-hook' : 'on-hook' }),
    mute: async () => void headset.press({ key: 'mute', to: 'toggle' }),
    unplug: async () => {
      headset.end('unplugged');
      return gone ?? 'failed';
    },
    close: async () => {
      await device.close();
      const last = headset.written().at(-1);
      lastLamps = () => ({ isOffHook: false, isRinging: false, isMuted: false, isHeld: last?.[1] !== 0 });
    },
    stop: () => device.close(),
  };
}

seatDeviceSuite('simulated headset', () => simulatedBench(simulatedHeadset()));
seatDeviceSuite('simulated headset that does not acknowledge', () =>
  simulatedBench(simulatedHeadset({ doesEcho: false })),
);

describe('simulated headset', () => {
  it('turns every kind of key press into reports and back', async () => {
    const headset = simulatedHeadset();
    const bench = await simulatedBench(headset);
    const keys: readonly KeyPress[] = [
      { key: 'flash' },
      { key: 'redial' },
      { key: 'reject' },
      { key: 'volume', to: 'up' },
      { key: 'volume', to: 'down' },
      ...[...'0123456789*#'].map((digit): KeyPress => ({ key: 'digit', digit })),
      { key: 'mute', to: 'toggle' },
      { key: 'hook', to: 'off-hook' },
    ];
    for (const key of keys) expect(headset.press(key)).toBe(true);
    expect(bench.presses).toEqual(keys);
    await bench.stop();
    expect(headset.press({ key: 'flash' })).toBe(false);
  });

  it('tells a failure apart from being unplugged', async () => {
    const headset = simulatedHeadset();
    let told = '';
    const listener: DeviceListener = {
      onKey: () => undefined,
      onInfo: () => undefined,
      onGone: (reason) => {
        told = reason;
      },
      onTrouble: () => undefined,
    };
    await plugSimulated(headset, { lamps: idleLamps, clock: systemClock, listener });
    headset.end('failed');
    expect(told).toBe('failed');
  });
});
