import type { DeviceInfo } from '../../../core/device-api.ts';
import type { KeyEvent, KeyPress } from '../../../core/key.ts';
import { type DeviceChild, forkChild } from '../../../native/device-child.ts';
import { type DeviceProcess, startDeviceProcess } from '../../../native/device-client.ts';
import { type MockHeadset, startMockHeadset } from '../../rig/mock-headset.ts';

/** The real device process with the real node-hid, on devices of umockdev. */
export type RealSeat = {
  readonly mock: MockHeadset;
  readonly process: DeviceProcess;
  readonly keys: KeyEvent[];
  devices(): readonly DeviceInfo[];
  /** Asked again at each change of devices, key and lamp report. */
  until(holds: () => boolean): Promise<void>;
  /** Ends the device process as a crash does; it is started again. */
  crash(): void;
  stop(): Promise<void>;
};

/** Starts an empty test bed and a device process on it. */
export async function startRealSeat(): Promise<RealSeat> {
  const mock = await startMockHeadset();
  const fork = forkChild({ ...process.env, ...mock.env });
  let child: DeviceChild | undefined;
  const process_ = startDeviceProcess({
    simulated: false,
    log: () => undefined,
    fork: (modulePath, args) => {
      child = fork(modulePath, args);
      return child;
    },
  });
  const keys: KeyEvent[] = [];
  let devices: readonly DeviceInfo[] = [];
  let wake = (): void => undefined;
  process_.watchDevices((list) => {
    devices = list;
    wake();
  });
  process_.watchKeys((event) => {
    keys.push(event);
    wake();
  });
  return {
    mock,
    process: process_,
    keys,
    devices: () => devices,
    until: async (holds) => {
      let isDone = false;
      const changed = new Promise<void>((resolve) => {
        wake = () => {
          isDone ||= holds();
          if (isDone) resolve();
        };
      });
      const lamp = mock.waitForOutput(() => {
        wake();
        return isDone;
      }, 15_000);
      wake();
      await Promise.race([changed, lamp]);
      lamp.catch(() => undefined); // The other of the two came first.
    },
    crash: () => child?.kill(),
    stop: async () => {
      await process_.close();
      await mock.stop();
    },
  };
}

/** Every report the host wrote, in hex. */
export const outputsOf = (seat: RealSeat): readonly string[] => seat.mock.outputs().map((output) => output.report);
/** Every press that was heard. */
export const pressesOf = (seat: RealSeat): readonly KeyPress[] => seat.keys.map((event) => event.press);
/** Whether the first device is in use. */
export const isOpen = (seat: RealSeat) => (): boolean => seat.devices()[0]?.state.kind === 'open';
