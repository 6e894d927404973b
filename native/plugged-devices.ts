import type { DeviceInfo } from '../core/device-api.ts';
import { idleLamps, type KeyEvent, type Lamps } from '../core/key.ts';
import type { Clock } from './clock.ts';
import type { DeviceListener, SeatDevice } from './device.ts';
import type { DescriptorSource } from './hid/descriptor-source.ts';
import { capabilitiesOf, openHeadset } from './hid/headset.ts';
import type { FoundHid, HidBus } from './hid/hid-bus.ts';
import { parseReportDescriptor } from './hid/report-descriptor.ts';
import { type TelephonyMap, telephonyMap } from './hid/telephony.ts';
import { type CrashCount, crashed, deviceIdOf, isQuarantined, rosterDiff } from './roster.ts';

/** Enumerating is "relatively costly" (node-hid README); this is what a person notices of a missed hot-plug event. */
export const sweepEveryMs = 2_500;
/** A device comes as a burst of nodes, and its permissions a moment after them. */
export const sweepAfterChangeMs = 100;

/** One line for the device log. */
export type DeviceLog = (level: 'info' | 'warn' | 'error', message: string) => void;

export type PluggedDevicesParts = {
  readonly bus: HidBus;
  readonly descriptors: DescriptorSource;
  /** Calls back when a device may have come or gone; answers how to stop. */
  readonly watchChanges: (onChange: () => void) => () => void;
  readonly clock: Clock;
  readonly log: DeviceLog;
  onDevices(devices: readonly DeviceInfo[]): void;
  onKey(event: KeyEvent): void;
};

/** All HID devices of this machine. `close` shows idle on each and lets go of them. */
export type PluggedDevices = {
  devices(): readonly DeviceInfo[];
  show(lamps: Lamps): void;
  /** Looks once now; resolves when what was found is open. */
  sweep(): Promise<void>;
  close(): Promise<void>;
};

/** One path on the bus. `shouldRetry`: what keeps it from use may pass (a udev rule comes a moment later). */
type Entry = {
  readonly found: FoundHid;
  readonly info: DeviceInfo;
  readonly device: SeatDevice | undefined;
  readonly shouldRetry: boolean;
};

/** Keeps every call-control device of the machine open, through plugging, pulling and failing. */
export function openPluggedDevices(parts: PluggedDevicesParts): PluggedDevices {
  const { bus, clock, log } = parts;
  const entries = new Map<string, Entry>();
  let crashes: CrashCount = new Map();
  let lamps: Lamps = idleLamps;
  let sweeping: Promise<void> | undefined;
  let isSweepWanted = false;
  let isClosed = false;
  let cancelSweep = (): void => undefined;

  const list = (): readonly DeviceInfo[] => [...entries.values()].map((entry) => entry.info);
  const tell = (): void => {
    if (!isClosed) parts.onDevices(list());
  };
  const put = (entry: Entry): void => {
    entries.set(entry.found.path, entry);
    tell();
  };

  const listenerFor = (found: FoundHid, deviceId: string): DeviceListener => ({
    onKey: (press) => parts.onKey({ deviceId, press }),
    onInfo: (info) => {
      const entry = entries.get(found.path);
      if (entry !== undefined) put({ ...entry, info });
    },
    onTrouble: (doing, detail) => log('warn', `${deviceId}: ${doing}: ${detail}`),
    onGone: (reason, detail) => {
      log(reason === 'failed' ? 'error' : 'info', `${deviceId}: ${reason}: ${detail}`);
      const entry = entries.get(found.path);
      entries.delete(found.path);
      if (reason === 'failed' && entry !== undefined) {
        crashes = crashed(crashes, deviceId);
        const info = withProblem(entry.info, isQuarantined(crashes, deviceId) ? 'quarantined' : 'cannot-open', detail);
        entries.set(found.path, { ...entry, info, device: undefined, shouldRetry: !isQuarantined(crashes, deviceId) });
      }
      tell();
      sweepSoon(sweepAfterChangeMs);
    },
  });

  const admit = async (found: FoundHid): Promise<void> => {
    const taken = new Set([...entries.values()].filter((e) => e.found.path !== found.path).map((e) => e.info.deviceId));
    const deviceId = entries.get(found.path)?.info.deviceId ?? deviceIdOf(found, taken);
    const reading = await readMap(parts.descriptors, found.path);
    const info = infoOf(found, deviceId, reading);
    if (reading.kind !== 'ok' || !reading.map.isTelephony) {
      put({
        found,
        info,
        device: undefined,
        shouldRetry: reading.kind === 'unavailable' && process.platform === 'linux',
      });
      return;
    }
    const { map } = reading;
    const opening = await openHeadset({
      info,
      map,
      lamps,
      clock,
      listener: listenerFor(found, deviceId),
      open: (listener) => bus.open(found.path, listener),
    });
    if (opening.kind === 'open') {
      if (isClosed) {
        await opening.device.close();
        return;
      }
      opening.device.show(lamps); // The wish may have changed while it was opened.
      log('info', `${deviceId}: open at ${found.path}`);
      put({ found, info, device: opening.device, shouldRetry: false });
      return;
    }
    if (opening.problem === 'cannot-open') crashes = crashed(crashes, deviceId);
    const isOut = isQuarantined(crashes, deviceId);
    const before = entries.get(found.path)?.info.state.kind;
    if (before !== 'problem') log('warn', `${deviceId}: ${opening.problem}: ${opening.detail}`);
    const problem = isOut ? 'quarantined' : opening.problem;
    put({ found, info: withProblem(info, problem, opening.detail), device: undefined, shouldRetry: !isOut });
  };

  const drop = async (path: string): Promise<void> => {
    const entry = entries.get(path);
    entries.delete(path);
    if (entry === undefined) return;
    // Pulled out: whoever plugs it in again wants it tried again.
    crashes = new Map([...crashes].filter(([deviceId]) => deviceId !== entry.info.deviceId));
    await entry.device?.close();
    tell();
  };

  const sweepOnce = async (): Promise<void> => {
    const swept = await bus.list();
    if (isClosed) return;
    const known = new Map([...entries].map(([path, entry]) => [path, entry.found]));
    const { arrived, left } = rosterDiff(known, swept);
    for (const path of left) await drop(path);
    const retried = [...entries.values()].filter((entry) => entry.shouldRetry).map((entry) => entry.found);
    for (const found of [...arrived, ...retried]) if (!isClosed) await admit(found);
  };

  const sweep = async (): Promise<void> => {
    if (sweeping !== undefined) {
      isSweepWanted = true;
      return sweeping;
    }
    cancelSweep();
    sweeping = sweepOnce()
      .catch((error: unknown) => log('error', `looking for devices: ${String(error)}`))
      .then(() => {
        sweeping = undefined;
        if (!isClosed) sweepSoon(isSweepWanted ? sweepAfterChangeMs : sweepEveryMs);
        isSweepWanted = false;
      });
    return sweeping;
  };

  const sweepSoon = (ms: number): void => {
    if (isClosed || sweeping !== undefined) {
      isSweepWanted = true;
      return;
    }
    cancelSweep();
    cancelSweep = clock.after(ms, () => void sweep());
  };

  const stopWatching = parts.watchChanges(() => sweepSoon(sweepAfterChangeMs));
  return {
    devices: list,
    show: (wish) => {
      lamps = wish;
      for (const entry of entries.values()) entry.device?.show(wish);
    },
    sweep,
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      stopWatching();
      cancelSweep();
      await sweeping;
      await Promise.all([...entries.values()].map((entry) => entry.device?.close()));
      entries.clear();
    },
  };
}

// --- what a path is --------------------------------------------------------------------------------------------------

/** What a path's descriptor says, or why nothing is known. */
export type MapReading =
  | { readonly kind: 'ok'; readonly map: TelephonyMap }
  | { readonly kind: 'bad-descriptor' | 'unavailable'; readonly detail: string };

/** Reads the keys and lamps of one device node. Never rejects. */
export async function readMap(descriptors: DescriptorSource, path: string): Promise<MapReading> {
  const answer = await descriptors.descriptorOf(path);
  if (answer.kind === 'unavailable') return answer;
  const descriptor = parseReportDescriptor(answer.bytes);
  if (descriptor.kind === 'error') return { kind: 'bad-descriptor', detail: descriptor.message };
  return { kind: 'ok', map: telephonyMap(descriptor) };
}

/** A found device as people and screens read it. A telephony device is taken to open; see withProblem. */
export function infoOf(found: FoundHid, deviceId: string, reading: MapReading): DeviceInfo {
  const hex = (value: number): string => value.toString(16).padStart(4, '0');
  const map = reading.kind === 'ok' ? reading.map : undefined;
  const info: DeviceInfo = {
    deviceId,
    name: (found.name || `${hex(found.vendorId)}:${hex(found.productId)}`).slice(0, 120),
    kind: map?.isTelephony ? 'headset' : (map?.keys.length ?? 0) > 0 ? 'volume' : 'unknown',
    vendorId: found.vendorId,
    productId: found.productId,
    path: found.path,
    ...(map === undefined ? { keys: [], lamps: [] } : capabilitiesOf(map)),
    state: map?.isTelephony ? { kind: 'open' } : { kind: 'not-telephony' },
    isBusyElsewhere: false,
  };
  return reading.kind === 'ok' ? info : withProblem(info, 'bad-descriptor', reading.detail);
}

type Problem = Extract<DeviceInfo['state'], { readonly kind: 'problem' }>['problem'];

function withProblem(info: DeviceInfo, problem: Problem, detail: string): DeviceInfo {
  return { ...info, isBusyElsewhere: false, state: { kind: 'problem', problem, detail: detail.slice(0, 300) } };
}
