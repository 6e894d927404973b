import type { DeviceInfo } from '../../core/device-api.ts';
import type { KeyEvent } from '../../core/key.ts';
import type { FoundHid, HidOpening, HidPortListener } from '../../native/hid/hid-bus.ts';
import { openPluggedDevices, type PluggedDevices, type PluggedDevicesParts } from '../../native/plugged-devices.ts';
import { type HandClock, handClock } from './hand-clock.ts';

/** A device of a bus of fakes: what it is, how it fails, what was written to it. */
export type FakeDevice = {
  readonly found: FoundHid;
  readonly descriptor: Uint8Array | undefined;
  refusal: Extract<HidOpening, { readonly kind: 'refused' }> | undefined;
  writeError: Error | undefined;
  listener: HidPortListener | undefined;
  endsWhileOpening: boolean;
  readonly written: string[];
  /** How often it was opened, and how often let go. */
  opened: number;
  closed: number;
};

/** A device that works. */
export function fakeDevice(path: string, descriptor: Uint8Array | undefined, serialNumber = path): FakeDevice {
  const found = { path, vendorId: 1, productId: 2, name: 'Fake', serialNumber, interfaceNumber: 0 };
  return {
    found,
    descriptor,
    refusal: undefined,
    writeError: undefined,
    listener: undefined,
    endsWhileOpening: false,
    written: [],
    opened: 0,
    closed: 0,
  };
}

/** The roster and everything it says. */
export type RosterBench = {
  readonly clock: HandClock;
  readonly plugged: PluggedDevices;
  readonly keys: KeyEvent[];
  readonly lists: (readonly DeviceInfo[])[];
  readonly devices: FakeDevice[];
  readonly log: string[];
  readonly stuck: string[];
  change(): void;
  listFails: boolean;
};

type Left = Pick<PluggedDevicesParts, 'notes' | 'twins'>;

/** The whole roster over a bus of fakes. */
export function roster(...devices: FakeDevice[]): RosterBench {
  return rosterWith({}, ...devices);
}

/** The same, after earlier processes that left something. */
export function rosterWith(left: Left, ...devices: FakeDevice[]): RosterBench {
  const clock = handClock();
  let onChange = (): void => undefined;
  const result: Omit<RosterBench, 'plugged'> = {
    clock,
    keys: [],
    lists: [],
    devices,
    log: [],
    stuck: [],
    listFails: false,
    change: () => onChange(),
  };
  const at = (path: string): FakeDevice | undefined => devices.find((device) => device.found.path === path);
  const plugged = openPluggedDevices({
    clock,
    ...left,
    onStuck: (detail) => result.stuck.push(detail),
    log: (level, message) => result.log.push(`${level}: ${message}`),
    onDevices: (list) => result.lists.push(list),
    onKey: (event) => result.keys.push(event),
    watchChanges: (listener) => {
      onChange = listener;
      return () => {
        onChange = () => undefined;
      };
    },
    descriptors: {
      descriptorOf: async (path) => {
        const bytes = at(path)?.descriptor;
        return bytes === undefined ? { kind: 'unavailable', detail: 'not there' } : { kind: 'ok', bytes };
      },
    },
    bus: {
      list: async () => {
        if (result.listFails) throw new Error('the bus is broken');
        return result.devices.map((device) => device.found);
      },
      open: async (path, listener) => {
        const device = at(path);
        if (device === undefined) return { kind: 'refused', problem: 'cannot-open', detail: 'gone' };
        if (device.refusal !== undefined) return device.refusal;
        device.listener = listener;
        device.opened += 1;
        if (device.endsWhileOpening) listener.onClosed('failed', 'broken pipe');
        return {
          kind: 'open',
          port: {
            write: async (report) => {
              if (device.writeError !== undefined) throw device.writeError;
              device.written.push(Buffer.from(report).toString('hex'));
            },
            writeFeature: async (report) => {
              if (device.writeError !== undefined) throw device.writeError;
              device.written.push(`feature ${Buffer.from(report).toString('hex')}`);
            },
            readFeature: () => Promise.reject(new Error('Nothing to read.')),
            close: async () => {
              device.listener = undefined;
              device.closed += 1;
            },
          },
        };
      },
    },
  });
  return Object.assign(result, { plugged });
}

/** The state of each device, or its problem. */
export const states = (bench: RosterBench): readonly string[] =>
  bench.plugged.devices().map(({ state }) => (state.kind === 'problem' ? state.problem : state.kind));
