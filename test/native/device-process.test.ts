import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../core/device-api.ts';
import { idleLamps, type KeyEvent, type Lamps } from '../../core/key.ts';
import type { Clock } from '../../native/clock.ts';
import { type DeviceChild, forkChild } from '../../native/device-child.ts';
import { type DeviceExit, type DeviceProcess, restartsMax, startDeviceProcess } from '../../native/device-client.ts';
import { type MockHeadset, startMockHeadset } from '../rig/mock-headset.ts';

const talking: Lamps = { ...idleLamps, isOffHook: true };
const log = (): void => undefined;

/** Resolves with the first list that fits. */
function listed(devices: DeviceProcess, fits: (list: readonly DeviceInfo[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = devices.watchDevices((list) => {
      if (!fits(list)) return;
      resolve();
      queueMicrotask(() => unwatch());
    });
  });
}
const hasSimulated = (list: readonly DeviceInfo[]): boolean => list.some((device) => device.kind === 'simulated');
/** Asks until the lamps are these: writes to a headset are spaced. A round trip each, so no busy wait. */
async function shown(devices: DeviceProcess, lamps: Lamps): Promise<void> {
  while (JSON.stringify(await devices.simulatedLamps()) !== JSON.stringify(lamps));
}
const nextKey = (devices: DeviceProcess): Promise<KeyEvent> =>
  new Promise((resolve) => {
    const unwatch = devices.watchKeys((event) => {
      resolve(event);
      queueMicrotask(() => unwatch());
    });
  });

describe('device process', { timeout: 60_000 }, () => {
  let devices: DeviceProcess;
  afterEach(() => devices.close());

  it('carries keys and lamps of the simulated headset', async () => {
    devices = startDeviceProcess({ simulated: true, log });
    await listed(devices, hasSimulated);
    const key = nextKey(devices);
    await devices.pressSimulated({ key: 'reject' });
    expect(await key).toEqual({ deviceId: 'simulated-headset', press: { key: 'reject' } });
    devices.show(talking);
    await shown(devices, talking);
  });

  it('refuses a press without a simulated headset, and any request after close', async () => {
    devices = startDeviceProcess({ simulated: false, log });
    await expect(devices.pressSimulated({ key: 'flash' })).rejects.toThrow(/No simulated headset/);
    await devices.close();
    await expect(devices.pressSimulated({ key: 'flash' })).rejects.toThrow();
  });

  it('comes back after a crash with the last lamps; the list is empty meanwhile', async () => {
    let child: DeviceChild | undefined;
    const fork: typeof forkChild = () => (path, args) => {
      child = forkChild()(path, args);
      return child;
    };
    devices = startDeviceProcess({ simulated: true, log, fork: fork() });
    await listed(devices, hasSimulated);
    devices.show(talking);
    const died = new Promise<DeviceExit>((resolve) => devices.onExit(resolve));
    const emptied = listed(devices, (list) => list.length === 0);
    child?.kill();
    expect(await died).toEqual({ kind: 'restarting', detail: 'SIGKILL' });
    await emptied;
    await listed(devices, hasSimulated);
    const key = nextKey(devices);
    await devices.pressSimulated({ key: 'redial' });
    expect((await key).press).toEqual({ key: 'redial' });
    await shown(devices, talking);
  });

  it('gives up on a process that dies at every start, and says so', async () => {
    let starts = 0;
    const exits: DeviceExit[] = [];
    const stillborn = (): DeviceChild => {
      starts += 1;
      return {
        on: () => undefined,
        send: () => undefined,
        onExit: (listener) => queueMicrotask(() => listener('exit code 1')),
        kill: () => undefined,
      };
    };
    const after: Clock['after'] = (_ms, then) => {
      queueMicrotask(then);
      return () => undefined;
    };
    devices = startDeviceProcess({ simulated: true, log, fork: stillborn, after });
    await new Promise<void>((resolve) => {
      devices.onExit((exit) => {
        exits.push(exit);
        if (exit.kind === 'gave-up') resolve();
      });
    });
    expect(starts).toBe(restartsMax + 1);
    expect(exits.filter((exit) => exit.kind === 'restarting')).toHaveLength(restartsMax);
  });
});

describe.skipIf(!existsSync('/usr/bin/umockdev-wrapper'))(
  'device process on a headset that outlives it',
  { timeout: 60_000 },
  () => {
    let mock: MockHeadset;
    afterEach(() => mock.stop());

    it('leaves the headset dark when the seat process is killed', async () => {
      mock = await startMockHeadset();
      await mock.plug('047f-c056-plantronics-blackwire-3220.telephony.json', 0);
      const script = fileURLToPath(new URL('seat-stand-in.ts', import.meta.url));
      const seat = spawn(process.execPath, [script], { env: { ...process.env, ...mock.env }, stdio: 'ignore' });
      await mock.waitForOutput((output) => output.report === '1801', 15_000, 0);
      const before = mock.outputs().length;
      seat.kill('SIGKILL');
      await mock.waitForOutput((output) => output.report === '1800', 5_000, before);
    });

    it('shows the last lamps again on the headset after the device process was killed', async () => {
      mock = await startMockHeadset();
      await mock.plug('047f-c056-plantronics-blackwire-3220.telephony.json', 0);
      let child: DeviceChild | undefined;
      const fork = forkChild({ ...process.env, ...mock.env });
      const devices = startDeviceProcess({
        simulated: false,
        log,
        fork: (path, args) => {
          child = fork(path, args);
          return child;
        },
      });
      devices.show(talking);
      await mock.waitForOutput((output) => output.report === '1701', 15_000, 0);
      const before = mock.outputs().length;
      child?.kill();
      await mock.waitForOutput((output) => output.report === '1701', 15_000, before);
      await devices.close();
      expect(mock.outputs().at(-1)?.report).toBe('1700');
    });
  },
);
