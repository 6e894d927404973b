import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../../core/device-api.ts';
import { idleLamps, type Lamps } from '../../../core/key.ts';
import { practiceHeadsetDescriptor } from '../../../native/models/practice-headset.ts';
import type { MockDevice } from '../../rig/mock-headset.ts';
import { type SeatDeviceBench, seatDeviceSuite } from '../../suites/seat-device.suite.ts';
import { isOpen, outputsOf, pressesOf, type RealSeat, startRealSeat } from './real-seat.ts';

/** The real node-hid in the real device process, on devices of umockdev. Skipped where umockdev is not installed. */
const isPossible = existsSync('/usr/bin/umockdev-wrapper');

const blackwire = '047f-c056-plantronics-blackwire-3220.telephony.json';

describe.skipIf(!isPossible)('device process on real node-hid', { timeout: 60_000 }, () => {
  let seat: RealSeat;
  afterEach(() => seat.stop());

  it('a Blackwire carries a call; the bytes are those of its descriptor', async () => {
    seat = await startRealSeat();
    await seat.mock.plug(blackwire, 0);
    await seat.until(isOpen(seat));
    seat.process.show({ ...idleLamps, isRinging: true });
    await seat.mock.waitForOutput((output) => output.report === '1801', 5_000, 0);
    await seat.mock.send(0, '0802');
    await seat.until(() => seat.keys.length === 1);
    seat.process.show({ ...idleLamps, isOffHook: true });
    await seat.mock.waitForOutput((output) => output.report === '1701', 5_000, 0);
    await seat.mock.waitForOutput((output) => output.report === '1800', 5_000, outputsOf(seat).indexOf('1701'));
    await seat.mock.send(0, '0803');
    await seat.mock.send(0, '0802');
    await seat.until(() => seat.keys.length === 2);
    seat.process.show({ ...idleLamps, isOffHook: true, isMuted: true });
    await seat.mock.waitForOutput((output) => output.report === '0901', 5_000, 0);
    expect(pressesOf(seat)).toEqual([
      { key: 'hook', to: 'off-hook' },
      { key: 'mute', to: 'toggle' },
    ]);
    expect(seat.keys[0]?.deviceId).toBe('hid-047f-c056-ABC123-3');
  });

  it('survives reports too short, too long and unknown, then hears the hook', async () => {
    seat = await startRealSeat();
    await seat.mock.plug('airoha-sdk-telephony-variant-b.json', 0);
    await seat.until(isOpen(seat));
    for (const report of ['02', 'ff', '00', '77aabbcc', '02', `0201${'00'.repeat(60)}`])
      await seat.mock.send(0, report);
    await seat.until(() => seat.keys.length === 1);
    expect(pressesOf(seat)).toEqual([{ key: 'hook', to: 'off-hook' }]);
    seat.process.show({ ...idleLamps, isOffHook: true });
    const output = await seat.mock.waitForOutput((one) => one.report.startsWith('0201'), 5_000, 0);
    expect(output.report).toBe('020100');
  });

  it('hears every key of reports that arrive joined', async () => {
    seat = await startRealSeat();
    await seat.mock.plug('047f-c056-plantronics-blackwire-3220.telephony.json', 0);
    await seat.until(isOpen(seat));
    await seat.mock.send(0, '08020803080208060802');
    await seat.until(() => seat.keys.length === 3);
    expect(pressesOf(seat)).toEqual([{ key: 'hook', to: 'off-hook' }, { key: 'mute', to: 'toggle' }, { key: 'flash' }]);
  });

  it('is told within a moment that a device was pulled, and shows the state on the one plugged in then', async () => {
    seat = await startRealSeat();
    await seat.mock.plug(blackwire, 0);
    await seat.until(isOpen(seat));
    await seat.mock.unplug(0);
    await seat.until(() => seat.devices().length === 0);
    seat.process.show({ ...idleLamps, isRinging: true });
    await seat.mock.plug(blackwire, 1);
    await seat.mock.waitForOutput((output) => output.n === 1 && output.report === '1801', 10_000, 0);
    await seat.mock.send(1, '0802');
    await seat.until(() => seat.keys.length === 1);
    expect(pressesOf(seat)).toEqual([{ key: 'hook', to: 'off-hook' }]);
  });

  it('sees devices without telephony, opens none of them, and lights two headsets alike', async () => {
    seat = await startRealSeat();
    await seat.mock.plug('047f-c056-plantronics-blackwire-3220.consumer.json', 0);
    await seat.mock.plug({ ...echoingHeadset(), descriptor_hex: '050b0905a101' }, 1);
    await seat.mock.plug(blackwire, 2);
    await seat.mock.plug('413c-8223-dell-sp325.json', 3);
    await seat.until(() => seat.devices().length === 4);
    seat.process.show({ ...idleLamps, isRinging: true });
    await seat.mock.waitForOutput((output) => output.n === 2 && output.report === '1801', 10_000, 0);
    await seat.mock.waitForOutput((output) => output.n === 3 && output.report === '0504', 10_000, 0);
    const byPath = (a: DeviceInfo, b: DeviceInfo): number => a.path.localeCompare(b.path);
    expect(
      seat
        .devices()
        .toSorted(byPath)
        .map((device) => [device.kind, device.state.kind]),
    ).toEqual([
      ['volume', 'not-telephony'],
      ['unknown', 'problem'],
      ['headset', 'open'],
      ['headset', 'open'],
    ]);
  });
});

if (isPossible) seatDeviceSuite('node-hid on umockdev', realBench);

/** A made-up device with the practice headset's descriptor; it acknowledges off-hook with its hook. */
function echoingHeadset(): MockDevice {
  const echo = Object.fromEntries(
    Array.from({ length: 64 }, (_, bits) => [
      `02${bits.toString(16).padStart(2, '0')}`,
      bits & 1 ? '02010f' : '02000f',
    ]),
  );
  return {
    vid: '1209',
    pid: '0001',
    vendor: 'Hookline',
    product: 'Mock headset',
    descriptor_hex: Buffer.from(practiceHeadsetDescriptor).toString('hex'),
    echo,
  };
}

async function realBench(): Promise<SeatDeviceBench> {
  const seat = await startRealSeat();
  await seat.mock.plug(echoingHeadset(), 0);
  await seat.until(isOpen(seat));
  const info = seat.devices()[0];
  if (info === undefined) throw new Error('not plugged in');
  let isClosed = false;
  let isUp = false;
  const lamps = (): Lamps => {
    const bits = Number.parseInt(outputsOf(seat).at(-1)?.slice(2) ?? '0', 16);
    const isLit = (bit: number): boolean => ((bits >> bit) & 1) === 1;
    return { isOffHook: isLit(0), isRinging: isLit(1), isMuted: isLit(2), isHeld: isLit(3) };
  };
  return {
    info: () => info,
    show: (wish) => seat.process.show(wish),
    get presses() {
      return pressesOf(seat);
    },
    until: (holds) => seat.until(holds),
    lamps,
    hook: async (up) => {
      isUp = up;
      await seat.mock.send(0, isUp ? '02010f' : '02000f');
    },
    mute: async () => {
      await seat.mock.send(0, isUp ? '02050f' : '02040f');
      await seat.mock.send(0, isUp ? '02010f' : '02000f');
    },
    unplug: async () => {
      await seat.mock.unplug(0);
      await seat.until(() => seat.devices().length === 0);
      return 'gone';
    },
    close: async () => {
      isClosed = true;
      await seat.process.close();
    },
    stop: async () => {
      if (!isClosed) await seat.process.close();
      await seat.mock.stop();
    },
  };
}
