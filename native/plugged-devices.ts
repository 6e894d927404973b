import { type DeviceInfo, plainDevice } from '../core/device-api.ts';
import type { HidCollections } from '../core/hid-collections.ts';
import { idleLamps, type KeyEvent, type Lamps } from '../core/key.ts';
import type { KeyFace, KeyLamp, PanelFaces } from '../core/key-face.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import type { Clock } from './clock.ts';
import type { DeviceListener, SeatDevice } from './device.ts';
import type { DescriptorSource } from './hid/descriptor-source.ts';
import { capabilitiesOf, type HeadsetOpening, openHeadset } from './hid/headset.ts';
import type { FoundHid, HidBus, HidOpening, HidPortListener } from './hid/hid-bus.ts';
import { parseReportDescriptor } from './hid/report-descriptor.ts';
import { type TelephonyMap, telephonyMap } from './hid/telephony.ts';
import { lightModelOf } from './lights/known-lights.ts';
import { openLight } from './lights/light.ts';
import type { LightModel } from './lights/light-model.ts';
import { type LightRules, lightRules } from './lights/light-rules.ts';
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
  showSign(sign: SeatSign): void;
  /** The built-in rules hold until the first. */
  setLightRules(rules: LightRules): void;
  showFaces(panels: readonly PanelFaces[]): void;
  tryLamp(deviceId: string, lamp: string, state: KeyLamp): void;
  /** What WebHID says, where no descriptor can be read. */
  setCollections(collections: HidCollections): void;
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
  return new Roster(parts);
}

class Roster implements PluggedDevices {
  readonly #parts: PluggedDevicesParts;
  readonly #entries = new Map<string, Entry>();
  readonly #stopWatching: () => void;
  #crashes: CrashCount = new Map();
  #lamps: Lamps = idleLamps;
  #sign: SeatSign = 'signed-out';
  #faces: readonly PanelFaces[] = [];
  #lightRules: LightRules = lightRules({});
  #sweeping: Promise<void> | undefined;
  #isSweepWanted = false;
  #isClosed = false;
  #cancelSweep = (): void => undefined;

  constructor(parts: PluggedDevicesParts) {
    this.#parts = parts;
    this.#stopWatching = parts.watchChanges(() => this.#sweepSoon(sweepAfterChangeMs));
  }

  devices(): readonly DeviceInfo[] {
    return [...this.#entries.values()].map((entry) => entry.info);
  }

  show(lamps: Lamps): void {
    this.#lamps = lamps;
    for (const entry of this.#entries.values()) entry.device?.show(lamps);
  }

  showSign(sign: SeatSign): void {
    this.#sign = sign;
    for (const entry of this.#entries.values()) entry.device?.showSign?.(sign);
  }

  setLightRules(rules: LightRules): void {
    this.#lightRules = rules;
    for (const entry of this.#entries.values()) entry.device?.setLightRules?.(rules);
  }

  showFaces(panels: readonly PanelFaces[]): void {
    this.#faces = panels;
    for (const { info, device } of this.#entries.values()) device?.showFaces?.(facesOf(panels, info.deviceId));
  }

  tryLamp(deviceId: string, lamp: string, state: KeyLamp): void {
    for (const { info, device } of this.#entries.values()) {
      if (info.deviceId === deviceId) device?.tryLamp?.(lamp, state);
    }
  }

  setCollections(collections: HidCollections): void {
    this.#parts.descriptors.setCollections?.(collections);
    this.#sweepSoon(sweepAfterChangeMs);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopWatching();
    this.#cancelSweep();
    await this.#sweeping;
    await Promise.all([...this.#entries.values()].map((entry) => entry.device?.close()));
    this.#entries.clear();
  }

  async sweep(): Promise<void> {
    if (this.#sweeping !== undefined) {
      this.#isSweepWanted = true;
      return this.#sweeping;
    }
    this.#cancelSweep();
    this.#sweeping = this.#sweepOnce()
      .catch((error: unknown) => this.#parts.log('error', `looking for devices: ${String(error)}`))
      .then(() => {
        this.#sweeping = undefined;
        if (!this.#isClosed) this.#sweepSoon(this.#isSweepWanted ? sweepAfterChangeMs : sweepEveryMs);
        this.#isSweepWanted = false;
      });
    return this.#sweeping;
  }

  #sweepSoon(ms: number): void {
    if (this.#isClosed || this.#sweeping !== undefined) {
      this.#isSweepWanted = true;
      return;
    }
    this.#cancelSweep();
    this.#cancelSweep = this.#parts.clock.after(ms, () => void this.sweep());
  }

  async #sweepOnce(): Promise<void> {
    const swept = await this.#parts.bus.list();
    if (this.#isClosed) return;
    const known = new Map([...this.#entries].map(([path, entry]) => [path, entry.found]));
    const { arrived, left } = rosterDiff(known, swept);
    for (const path of left) await this.#drop(path);
    const retried = [...this.#entries.values()].filter((entry) => entry.shouldRetry).map((entry) => entry.found);
    for (const found of [...arrived, ...retried]) if (!this.#isClosed) await this.#admit(found);
  }

  async #drop(path: string): Promise<void> {
    const entry = this.#entries.get(path);
    this.#entries.delete(path);
    if (entry === undefined) return;
    // Pulled out: whoever plugs it in again wants it tried again.
    this.#crashes = new Map([...this.#crashes].filter(([deviceId]) => deviceId !== entry.info.deviceId));
    await entry.device?.close();
    this.#tell();
  }

  async #admit(found: FoundHid): Promise<void> {
    const others = [...this.#entries.values()].filter((entry) => entry.found.path !== found.path);
    const taken = new Set(others.map((entry) => entry.info.deviceId));
    const deviceId = this.#entries.get(found.path)?.info.deviceId ?? deviceIdOf(found, taken);
    const light = lightModelOf(found);
    if (light !== undefined) {
      await this.#openLight(found, lightInfoOf(found, deviceId, light), light);
      return;
    }
    const reading = await readMap(this.#parts.descriptors, found.path);
    const info = infoOf(found, deviceId, reading);
    if (reading.kind === 'ok' && reading.map.isTelephony) {
      await this.#openHeadset(found, info, reading.map);
      return;
    }
    // On Linux the descriptor of a node may come a moment after the node.
    const shouldRetry = reading.kind === 'unavailable' && process.platform === 'linux';
    this.#put({ found, info, device: undefined, shouldRetry });
  }

  async #openHeadset(found: FoundHid, info: DeviceInfo, map: TelephonyMap): Promise<void> {
    const { bus, clock } = this.#parts;
    const listener = this.#listenerFor(found, info.deviceId);
    const open = (port: HidPortListener): Promise<HidOpening> => bus.open(found.path, port);
    await this.#opened(found, info, await openHeadset({ info, map, lamps: this.#lamps, clock, listener, open }));
  }

  async #openLight(found: FoundHid, info: DeviceInfo, model: LightModel): Promise<void> {
    const { bus, clock } = this.#parts;
    const rules = this.#lightRules;
    const listener = this.#listenerFor(found, info.deviceId);
    const open = (port: HidPortListener): Promise<HidOpening> => bus.open(found.path, port);
    await this.#opened(found, info, await openLight({ info, model, rules, sign: this.#sign, clock, listener, open }));
  }

  async #opened(found: FoundHid, info: DeviceInfo, opening: HeadsetOpening): Promise<void> {
    const { log } = this.#parts;
    const { deviceId } = info;
    if (opening.kind === 'open') {
      if (this.#isClosed) {
        await opening.device.close();
        return;
      }
      // The wish may have changed while it was opened.
      opening.device.show(this.#lamps);
      opening.device.setLightRules?.(this.#lightRules);
      opening.device.showSign?.(this.#sign);
      opening.device.showFaces?.(facesOf(this.#faces, deviceId));
      log('info', `${deviceId}: open at ${found.path}`);
      this.#put({ found, info, device: opening.device, shouldRetry: false });
      return;
    }
    if (opening.problem === 'cannot-open') this.#crashes = crashed(this.#crashes, deviceId);
    const isOut = isQuarantined(this.#crashes, deviceId);
    const isNews = this.#entries.get(found.path)?.info.state.kind !== 'problem';
    if (isNews) log('warn', `${deviceId}: ${opening.problem}: ${opening.detail}`);
    const problem = isOut ? 'quarantined' : opening.problem;
    this.#put({ found, info: withProblem(info, problem, opening.detail), device: undefined, shouldRetry: !isOut });
  }

  #listenerFor(found: FoundHid, deviceId: string): DeviceListener {
    const { log, onKey } = this.#parts;
    return {
      onKey: (press) => onKey({ deviceId, press }),
      onInfo: (info) => {
        const entry = this.#entries.get(found.path);
        if (entry !== undefined) this.#put({ ...entry, info });
      },
      onTrouble: (doing, detail) => log('warn', `${deviceId}: ${doing}: ${detail}`),
      onGone: (reason, detail) => {
        log(reason === 'failed' ? 'error' : 'info', `${deviceId}: ${reason}: ${detail}`);
        const entry = this.#entries.get(found.path);
        this.#entries.delete(found.path);
        if (reason === 'failed' && entry !== undefined) {
          this.#crashes = crashed(this.#crashes, deviceId);
          const isOut = isQuarantined(this.#crashes, deviceId);
          const info = withProblem(entry.info, isOut ? 'quarantined' : 'cannot-open', detail);
          this.#entries.set(found.path, { ...entry, info, device: undefined, shouldRetry: !isOut });
        }
        this.#tell();
        this.#sweepSoon(sweepAfterChangeMs);
      },
    };
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.found.path, entry);
    this.#tell();
  }

  #tell(): void {
    if (!this.#isClosed) this.#parts.onDevices(this.devices());
  }
}

function facesOf(panels: readonly PanelFaces[], deviceId: string): readonly KeyFace[] {
  return panels.find((panel) => panel.deviceId === deviceId)?.faces ?? [];
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

/** A light as people and screens read it. It is known by its numbers; its descriptor says nothing of use. */
export function lightInfoOf(found: FoundHid, deviceId: string, model: LightModel): DeviceInfo {
  const { vendorId, productId, path } = found;
  const name = (found.name || model.name).slice(0, 120);
  const can = { keys: [], lamps: [], isBusyElsewhere: false, ...plainDevice };
  return { deviceId, name, kind: 'light', vendorId, productId, path, ...can, state: { kind: 'open' } };
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
    ...plainDevice,
  };
  return reading.kind === 'ok' ? info : withProblem(info, 'bad-descriptor', reading.detail);
}

type Problem = Extract<DeviceInfo['state'], { readonly kind: 'problem' }>['problem'];

function withProblem(info: DeviceInfo, problem: Problem, detail: string): DeviceInfo {
  return { ...info, isBusyElsewhere: false, state: { kind: 'problem', problem, detail: detail.slice(0, 300) } };
}
