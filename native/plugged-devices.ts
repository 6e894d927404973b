import type { DeviceInfo } from '../core/device-api.ts';
import type { HidCollections } from '../core/hid-collections.ts';
import { idleLamps, type KeyEvent, type Lamps } from '../core/key.ts';
import type { KeyLamp, PanelFaces } from '../core/key-face.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import { candidateOf, type DeviceWish, showWish } from './candidate.ts';
import type { Clock } from './clock.ts';
import { type CrashNotes, noCrashNotes, youngMs } from './crash-notes.ts';
import type { DeviceListener, DeviceOpening, SeatDevice } from './device.ts';
import { withProblem } from './found-device.ts';
import type { DescriptorSource } from './hid/descriptor-source.ts';
import type { Crowd } from './hid/guarded-open.ts';
import type { FoundHid, HidBus } from './hid/hid-bus.ts';
import { type LightRules, lightRules } from './lights/light-rules.ts';
import { pressGuard } from './press-guard.ts';
import { crashed, crashesMax, deviceIdOf, isQuarantined, rosterDiff } from './roster.ts';
import { type Sweeper, sweeper } from './sweeper.ts';
import { knownFirst, type TwinNames, twinNames } from './twin-names.ts';

/** A device that has worked so long has not failed "again": its earlier failures are forgotten. */
export const forgiveAfterMs = 10 * 60_000;

/** One line for the device log. */
export type DeviceLog = (level: 'info' | 'warn' | 'error', message: string) => void;

export type PluggedDevicesParts = {
  readonly bus: HidBus;
  readonly descriptors: DescriptorSource;
  /** Calls back when a device may have come or gone; answers how to stop. */
  readonly watchChanges: (onChange: () => void) => () => void;
  /** What is on the bus, as cheaply as can be: another text, another bus. Undefined: nothing can be said. */
  readonly look?: () => string | undefined;
  /** Devices that are plugged in and on no bus of ours, to be told; none by default. Never rejects. */
  readonly unreachable?: () => Promise<readonly DeviceInfo[]>;
  readonly clock: Clock;
  readonly log: DeviceLog;
  /** What earlier processes died of; none by default. */
  readonly notes?: CrashNotes;
  /** Which of two alike devices is which; by their order by default. */
  readonly twins?: TwinNames;
  /** Opening hangs: this process can open no other device any more, and only its end helps. */
  readonly onStuck?: (detail: string) => void;
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
  /** Since when it is open. */
  readonly openMs?: number;
};

/** Keeps every call-control device of the machine open, through plugging, pulling and failing. */
export function openPluggedDevices(parts: PluggedDevicesParts): PluggedDevices {
  return new Roster(parts);
}

class Roster implements PluggedDevices {
  readonly #parts: PluggedDevicesParts;
  readonly #notes: CrashNotes;
  readonly #twins: TwinNames;
  readonly #crowd: Crowd = { resting: 0 };
  readonly #entries = new Map<string, Entry>();
  #unreachable: readonly DeviceInfo[] = [];
  /** Paths that are being opened now, and under which id. */
  readonly #admitting = new Map<string, string>();
  readonly #sweeper: Sweeper;
  readonly #stopWatching: () => void;
  #wish: Omit<DeviceWish, 'faces'> = { lamps: idleLamps, sign: 'signed-out', lightRules: lightRules({}) };
  #panels: readonly PanelFaces[] = [];
  /** It is opened when those opened before it have proved harmless. */
  #isSuspectWaiting = false;
  #isClosed = false;

  constructor(parts: PluggedDevicesParts) {
    this.#parts = parts;
    this.#notes = parts.notes ?? noCrashNotes();
    this.#twins = parts.twins ?? twinNames();
    const { clock, log, look = () => undefined } = parts;
    this.#sweeper = sweeper({
      clock,
      look,
      isRetryWanted: () => this.#isSuspectWaiting || [...this.#entries.values()].some((entry) => entry.shouldRetry),
      sweep: () => this.#sweepOnce().catch((error: unknown) => log('error', `looking for devices: ${String(error)}`)),
    });
    this.#stopWatching = parts.watchChanges(() => this.#sweeper.soon());
  }

  devices(): readonly DeviceInfo[] {
    return [...[...this.#entries.values()].map((entry) => entry.info), ...this.#unreachable].sort(byPath);
  }

  show(lamps: Lamps): void {
    this.#wish = { ...this.#wish, lamps };
    for (const entry of this.#entries.values()) entry.device?.show(lamps);
  }

  showSign(sign: SeatSign): void {
    this.#wish = { ...this.#wish, sign };
    for (const entry of this.#entries.values()) entry.device?.showSign?.(sign);
  }

  setLightRules(rules: LightRules): void {
    this.#wish = { ...this.#wish, lightRules: rules };
    for (const entry of this.#entries.values()) entry.device?.setLightRules?.(rules);
  }

  showFaces(panels: readonly PanelFaces[]): void {
    this.#panels = panels;
    for (const { info, device } of this.#entries.values()) device?.showFaces?.(this.#wishFor(info.deviceId).faces);
  }

  tryLamp(deviceId: string, lamp: string, state: KeyLamp): void {
    for (const { info, device } of this.#entries.values()) {
      if (info.deviceId === deviceId) device?.tryLamp?.(lamp, state);
    }
  }

  setCollections(collections: HidCollections): void {
    this.#parts.descriptors.setCollections?.(collections);
    this.#sweeper.soon();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopWatching();
    // A device that hangs in open holds this up; then the parent ends the process.
    await this.#sweeper.stop();
    await Promise.all([...this.#entries.values()].map((entry) => entry.device?.close()));
    this.#entries.clear();
  }

  sweep(): Promise<void> {
    return this.#sweeper.now();
  }

  async #sweepOnce(): Promise<void> {
    const swept = await this.#parts.bus.list();
    const unreachable = (await this.#parts.unreachable?.()) ?? [];
    if (this.#isClosed) return;
    if (unreachable.map(({ path }) => path).join() !== this.#unreachable.map(({ path }) => path).join()) {
      this.#unreachable = unreachable;
      this.#tell();
    }
    const known = new Map([...this.#entries].map(([path, entry]) => [path, entry.found]));
    const { arrived, left } = rosterDiff(known, swept);
    for (const path of left) await this.#drop(path);
    this.#forgetAbsent(swept);
    const retried = [...this.#entries.values()].filter((entry) => entry.shouldRetry).map((entry) => entry.found);
    const wanted = knownFirst([...arrived, ...retried], this.#twins).map((found) => ({
      found,
      deviceId: this.#nameOf(found),
    }));
    const isSuspect = ({ deviceId }: (typeof wanted)[number]): boolean =>
      this.#notes.isSuspect(deviceId) && !isQuarantined(this.#notes.crashes(), deviceId);
    await Promise.all(wanted.filter((one) => !isSuspect(one)).map((one) => this.#admit(one.found, one.deviceId)));
    // What the last process may have died of comes last and alone: the others work by then, and the next death tells.
    const [first, ...others] = wanted.filter(isSuspect);
    const isAlone = first !== undefined && !this.#notes.isAnyInHand();
    if (isAlone) await this.#admit(first.found, first.deviceId);
    const waiting = isAlone || first === undefined ? others : [first, ...others];
    for (const { found } of waiting) this.#admitting.delete(found.path);
    this.#isSuspectWaiting = waiting.length > 0;
    this.#twins.note([...this.#entries.values()].map(({ found, info }) => ({ found, deviceId: info.deviceId })));
  }

  /** The id under which a path is admitted; it is taken from now on. */
  #nameOf(found: FoundHid): string {
    const known = this.#entries.get(found.path)?.info.deviceId;
    const others = [...this.#entries.values()].map((entry) => entry.info.deviceId);
    const deviceId =
      known ?? deviceIdOf(found, new Set([...others, ...this.#admitting.values()]), this.#twins.of(found));
    this.#admitting.set(found.path, deviceId);
    return deviceId;
  }

  /** A device that the last process died of and that has been pulled out since is tried again when it comes back. */
  #forgetAbsent(swept: readonly FoundHid[]): void {
    const crashes = this.#notes.crashes();
    const there = new Set(swept.map((found) => deviceIdOf(found, new Set())));
    // What is no HID device (equipment on ports) is not ours to forget.
    const isOthers = (deviceId: string): boolean => !deviceId.startsWith('hid-');
    const kept = [...crashes].filter(([id]) => isOthers(id) || there.has(id.split('@')[0] ?? id));
    if (kept.length < crashes.size) this.#notes.setCrashes(new Map(kept));
  }

  async #drop(path: string): Promise<void> {
    const entry = this.#entries.get(path);
    this.#entries.delete(path);
    if (entry === undefined) return;
    // Pulled out: whoever plugs it in again wants it tried again.
    const { deviceId } = entry.info;
    if (this.#notes.crashes().has(deviceId)) {
      this.#notes.setCrashes(new Map([...this.#notes.crashes()].filter(([id]) => id !== deviceId)));
    }
    await entry.device?.close();
    this.#tell();
  }

  async #admit(found: FoundHid, deviceId: string): Promise<void> {
    try {
      if (this.#isClosed) return;
      const candidate = await candidateOf(found, deviceId, { ...this.#parts, crowd: this.#crowd });
      if (this.#isClosed) return;
      if (candidate.open === undefined) {
        this.#put({ found, ...candidate, device: undefined });
        return;
      }
      if (isQuarantined(this.#notes.crashes(), deviceId)) {
        const detail = `It failed ${crashesMax} times and is left alone until it is pulled out.`;
        this.#parts.log('warn', `${deviceId}: quarantined: ${detail}`);
        this.#put({
          found,
          info: withProblem(candidate.info, 'quarantined', detail),
          device: undefined,
          shouldRetry: false,
        });
        return;
      }
      const hold = this.#notes.takeInHand(deviceId);
      const opening = await candidate.open(this.#listenerFor(found, deviceId), this.#wishFor(deviceId));
      if (opening.kind === 'open') {
        hold.opened();
        this.#parts.clock.after(youngMs, hold.survived);
      }
      // What is stuck stays in hand: whoever ends this process ends it because of it.
      else if (opening.isStuck !== true) hold.letGo();
      await this.#opened(found, candidate.info, opening);
    } finally {
      this.#admitting.delete(found.path);
    }
  }

  async #opened(found: FoundHid, info: DeviceInfo, opening: DeviceOpening): Promise<void> {
    const { log } = this.#parts;
    const { deviceId } = info;
    if (opening.kind === 'open') {
      if (this.#isClosed) {
        await opening.device.close();
        return;
      }
      // The wish may have changed while it was opened.
      showWish(opening.device, this.#wishFor(deviceId));
      log('info', `${deviceId}: open at ${found.path}`);
      const openMs = this.#parts.clock.nowMs();
      this.#put({ found, info: opening.device.info, device: opening.device, shouldRetry: false, openMs });
      return;
    }
    const isNews = this.#entries.get(found.path)?.info.state.kind !== 'problem';
    if (isNews) log('warn', `${deviceId}: ${opening.problem}: ${opening.detail}`);
    if (opening.problem === 'cannot-open' && opening.isStuck !== true) this.#failed(found, info, opening.detail);
    else
      this.#put({
        found,
        info: withProblem(info, opening.problem, opening.detail),
        device: undefined,
        shouldRetry: true,
      });
    if (opening.isStuck === true) this.#parts.onStuck?.(`${deviceId}: ${opening.detail}`);
  }

  /** One failure more; after crashesMax of them the device is left alone. */
  #failed(found: FoundHid, info: DeviceInfo, detail: string, openMs = Number.POSITIVE_INFINITY): void {
    const isForgiven = this.#parts.clock.nowMs() - openMs >= forgiveAfterMs;
    const before = [...this.#notes.crashes()].filter(([id]) => !(isForgiven && id === info.deviceId));
    const crashes = crashed(new Map(before), info.deviceId);
    this.#notes.setCrashes(crashes);
    const isOut = isQuarantined(crashes, info.deviceId);
    const problem = withProblem(info, isOut ? 'quarantined' : 'cannot-open', detail);
    this.#put({ found, info: problem, device: undefined, shouldRetry: !isOut });
  }

  #listenerFor(found: FoundHid, deviceId: string): DeviceListener {
    const { log, onKey, clock } = this.#parts;
    const isHuman = pressGuard();
    return {
      onKey: (press) => {
        if (isHuman(press, clock.nowMs())) onKey({ deviceId, press });
        else this.#giveUp(found, 'It pressed more keys in a second than a person can.');
      },
      onInfo: (info) => {
        const entry = this.#entries.get(found.path);
        if (entry !== undefined) this.#put({ ...entry, info });
      },
      onTrouble: (doing, detail) => log('warn', `${deviceId}: ${doing}: ${detail}`),
      onGone: (reason, detail) => {
        log(reason === 'failed' ? 'error' : 'info', `${deviceId}: ${reason}: ${detail}`);
        const entry = this.#entries.get(found.path);
        this.#entries.delete(found.path);
        if (reason === 'failed' && entry !== undefined) this.#failed(found, entry.info, detail, entry.openMs);
        else this.#tell();
        this.#sweeper.soon();
      },
    };
  }

  /** Ends a device that works and must not go on. */
  #giveUp(found: FoundHid, detail: string): void {
    const entry = this.#entries.get(found.path);
    if (entry?.device === undefined) return;
    this.#parts.log('error', `${entry.info.deviceId}: failed: ${detail}`);
    this.#failed(found, entry.info, detail, entry.openMs);
    void entry.device.close();
  }

  #wishFor(deviceId: string): DeviceWish {
    const faces = this.#panels.find((panel) => panel.deviceId === deviceId)?.faces ?? [];
    return { ...this.#wish, faces };
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.found.path, entry);
    this.#tell();
  }

  #tell(): void {
    if (!this.#isClosed) this.#parts.onDevices(this.devices());
  }
}

/** Whichever opened first, the list is in the same order. */
function byPath(one: DeviceInfo, other: DeviceInfo): number {
  return one.path.localeCompare(other.path, 'en', { numeric: true });
}
