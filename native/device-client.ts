import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeviceInfo } from '../core/device-api.ts';
import type { Equipment, FoundPort } from '../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../core/equipment-event.ts';
import type { HidCollections } from '../core/hid-collections.ts';
import { idleLamps, type KeyEvent, type KeyPress, type Lamps } from '../core/key.ts';
import type { KeyLamp, PanelFaces } from '../core/key-face.ts';
import type { LightRulesFile } from '../core/light-rule.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import { type Clock, systemClock } from './clock.ts';
import { notesFlag } from './crash-notes.ts';
import { connect, type ForkDeviceProcess, forkChild, type Running, stop } from './device-child.ts';
import { watchHeartbeat } from './heartbeat.ts';
import { pressGuard } from './press-guard.ts';
import { twinsFlag } from './twin-names.ts';

/** First wait before a device process that died is started again; doubled each time. */
export const restartDelayMs = 200;
/** The longest wait: a headset that is dead for longer than this feels broken. */
export const restartDelayMaxMs = 5_000;
/** So many deaths within `restartWindowMs` are not chance: it is left off and the seat works without devices. */
export const restartsMax = 8;
export const restartWindowMs = 60_000;
/** Devices whose presses are counted at a time: as many as the roster holds, and the equipment. */
const pressedDevicesMax = 256;
/** How the device process ended. `gave-up`: it will not be started again. */
export type DeviceExit = { readonly kind: 'restarting' | 'gave-up'; readonly detail: string };

/**
 * The devices as the seat process has them: they survive the death of the device process. While it is away the list is
 * empty and presses are refused; when it is back it is shown the last lamps.
 */
export type DeviceProcess = {
  /** Called at once with the present list and at each change; answers the unwatch. */
  watchDevices(listener: (devices: readonly DeviceInfo[]) => void): () => void;
  /** Called for each key moment, never replayed; answers the unwatch. */
  watchKeys(listener: (event: KeyEvent) => void): () => void;
  show(lamps: Lamps): void;
  /** What lights shall show; `signed-out` until the first. */
  showSign(sign: SeatSign): void;
  /** What the keys of all panels show. */
  showFaces(panels: readonly PanelFaces[]): void;
  tryLamp(deviceId: string, lamp: string, state: KeyLamp): void;
  /** What stands on ports and sockets; `folder` is the seat's, with its `serial-profiles/`. */
  setEquipment(folder: string, list: readonly Equipment[]): void;
  /** Called for everything equipment says that is not a key; answers the unwatch. */
  watchEquipment(listener: (event: EquipmentEvent) => void): () => void;
  /** Refused, never rejected, while the device process is away. */
  command(command: EquipmentCommand): Promise<CommandOutcome>;
  ports(): Promise<readonly FoundPort[]>;
  setCollections(collections: HidCollections): void;
  /** Rejects when no simulated headset is plugged in. */
  pressSimulated(press: KeyPress): Promise<void>;
  simulatedLamps(): Promise<Lamps>;
  onExit(listener: (exit: DeviceExit) => void): () => void;
  /** Shows idle on every device, lets go of them and ends the process. Resolves in any case. */
  close(): Promise<void>;
};

export type DeviceProcessOptions = {
  readonly simulated: boolean;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Which colours lights have; the built-in ones by default. */
  readonly lightRules?: LightRulesFile;
  /** The file in which it is kept which of two alike devices is which; by their order alone without one. */
  readonly twinsPath?: string;
  /** child_process.fork by default: the environment is inherited, standard error too. */
  readonly fork?: ForkDeviceProcess;
  /** The waits before a restart and between heartbeats; timers by default. */
  readonly after?: Clock['after'];
};

/** Starts the device process and keeps it running. */
export function startDeviceProcess(options: DeviceProcessOptions): DeviceProcess {
  return new SupervisedProcess(options);
}

class SupervisedProcess implements DeviceProcess {
  readonly #options: DeviceProcessOptions;
  readonly #deviceListeners = new Set<(devices: readonly DeviceInfo[]) => void>();
  readonly #keyListeners = new Set<(event: KeyEvent) => void>();
  readonly #exitListeners = new Set<(exit: DeviceExit) => void>();
  #devices: readonly DeviceInfo[] = [];
  #lamps: Lamps = idleLamps;
  #sign: SeatSign = 'signed-out';
  #faces: readonly PanelFaces[] = [];
  #equipment: { readonly folder: string; readonly equipment: Equipment[] } | undefined;
  #collections: HidCollections | undefined;
  readonly #equipmentListeners = new Set<(event: EquipmentEvent) => void>();
  #running: Running | undefined;
  #isClosed = false;
  #deaths: readonly number[] = [];
  #cancelRestart = (): void => undefined;
  #stopHeartbeat = (): void => undefined;
  /** Of each device, whether its presses are a person's. */
  readonly #presses = new Map<string, ReturnType<typeof pressGuard>>();
  /** Where device processes leave word to the next one; undefined where no file can be made. */
  readonly #notesPath: string | undefined;

  constructor(options: DeviceProcessOptions) {
    this.#options = options;
    this.#notesPath = this.#newNotes();
    this.#start();
  }

  watchDevices(listener: (devices: readonly DeviceInfo[]) => void): () => void {
    this.#deviceListeners.add(listener);
    listener(this.#devices);
    return () => void this.#deviceListeners.delete(listener);
  }

  watchKeys(listener: (event: KeyEvent) => void): () => void {
    this.#keyListeners.add(listener);
    return () => void this.#keyListeners.delete(listener);
  }

  onExit(listener: (exit: DeviceExit) => void): () => void {
    this.#exitListeners.add(listener);
    return () => void this.#exitListeners.delete(listener);
  }

  show(lamps: Lamps): void {
    this.#lamps = lamps;
    this.#running?.client.show(lamps).catch(this.#trouble('showing the lamps'));
  }

  showSign(sign: SeatSign): void {
    this.#sign = sign;
    this.#running?.client.showSign(sign).catch(this.#trouble('showing the sign'));
  }

  showFaces(panels: readonly PanelFaces[]): void {
    this.#faces = panels;
    this.#running?.client.showFaces([...panels]).catch(this.#trouble('showing the keys'));
  }

  tryLamp(deviceId: string, lamp: string, state: KeyLamp): void {
    this.#running?.client.tryLamp({ deviceId, lamp, state }).catch(this.#trouble('trying a lamp'));
  }

  setEquipment(folder: string, list: readonly Equipment[]): void {
    this.#equipment = { folder, equipment: [...list] };
    this.#running?.client.setEquipment(this.#equipment).catch(this.#trouble('setting up equipment'));
  }

  watchEquipment(listener: (event: EquipmentEvent) => void): () => void {
    this.#equipmentListeners.add(listener);
    return () => void this.#equipmentListeners.delete(listener);
  }

  async command(command: EquipmentCommand): Promise<CommandOutcome> {
    if (this.#running === undefined) return { kind: 'refused', why: 'The device process is not running.' };
    try {
      return await this.#running.client.command(command);
    } catch (error) {
      return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
    }
  }

  ports(): Promise<readonly FoundPort[]> {
    return this.#running?.client.ports() ?? away();
  }

  setCollections(collections: HidCollections): void {
    this.#collections = collections;
    this.#running?.client.setCollections(collections).catch(this.#trouble('handing on WebHID collections'));
  }

  pressSimulated(press: KeyPress): Promise<void> {
    return this.#running?.client.pressSimulated(press) ?? away();
  }

  simulatedLamps(): Promise<Lamps> {
    return this.#running?.client.simulatedLamps() ?? away();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelRestart();
    this.#stopHeartbeat();
    if (this.#running !== undefined) await stop(this.#running);
    if (this.#notesPath !== undefined) rmSync(dirname(this.#notesPath), { recursive: true, force: true });
  }

  #start(): void {
    if (this.#isClosed) return;
    const { simulated, twinsPath, lightRules = {}, fork = forkChild(), after = systemClock.after } = this.#options;
    const modulePath = fileURLToPath(new URL('./device-process.ts', import.meta.url));
    const notes = this.#notesPath === undefined ? [] : [`${notesFlag}${this.#notesPath}`];
    const twins = twinsPath === undefined ? [] : [`${twinsFlag}${twinsPath}`];
    const child = fork(modulePath, [...(simulated ? ['--simulated'] : []), ...notes, ...twins]);
    const started = connect(child, (event) => this.#pressed(event));
    this.#running = started;
    const { client } = started;
    let silence: string | undefined;
    child.onExit((detail) => this.#died(started, silence ?? detail));
    this.#stopHeartbeat = watchHeartbeat({
      ask: () => client.alive(),
      after,
      onSilent: (detail) => {
        silence = detail;
        child.kill();
      },
    });
    client.show(this.#lamps).catch(this.#trouble('showing the lamps'));
    client.setLightRules(lightRules).catch(this.#trouble('setting the light rules'));
    client.showSign(this.#sign).catch(this.#trouble('showing the sign'));
    client.showFaces([...this.#faces]).catch(this.#trouble('showing the keys'));
    if (this.#collections !== undefined) this.setCollections(this.#collections);
    if (this.#equipment !== undefined) this.setEquipment(this.#equipment.folder, this.#equipment.equipment);
    follow(client.equipmentEvents(), (event) => {
      for (const listener of this.#equipmentListeners) listener(event);
    }).catch(this.#trouble('watching equipment'));
    follow(client.devices(), (devices) => this.#setDevices(devices)).catch(this.#trouble('watching devices'));
  }

  #died(dead: Running, detail: string): void {
    dead.closePort();
    this.#stopHeartbeat();
    this.#presses.clear();
    this.#running = undefined;
    if (this.#isClosed) return;
    this.#setDevices([]);
    const nowMs = performance.now();
    this.#deaths = [...this.#deaths.filter((atMs) => nowMs - atMs < restartWindowMs), nowMs];
    const kind = this.#deaths.length > restartsMax ? 'gave-up' : 'restarting';
    this.#options.log('error', `device process: ended (${detail}), ${kind}`);
    for (const listener of this.#exitListeners) listener({ kind, detail });
    if (kind === 'gave-up') return;
    const { after = systemClock.after } = this.#options;
    const waitMs = Math.min(restartDelayMaxMs, restartDelayMs * 2 ** (this.#deaths.length - 1));
    this.#cancelRestart = after(waitMs, () => this.#start());
  }

  /** A mad device is stopped at its process; this is for a mad process, and for what is not HID. */
  #pressed(event: KeyEvent): void {
    const { deviceId, press } = event;
    const isHuman = this.#presses.get(deviceId) ?? pressGuard();
    if (!this.#presses.has(deviceId) && this.#presses.size < pressedDevicesMax) this.#presses.set(deviceId, isHuman);
    if (!isHuman(press, performance.now())) return;
    for (const listener of this.#keyListeners) listener(event);
  }

  #newNotes(): string | undefined {
    try {
      return join(mkdtempSync(join(tmpdir(), 'hookline-devices-')), 'notes.json');
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#options.log('warn', `device process: no notes are kept of devices that fail: ${detail}`);
      return undefined;
    }
  }

  #setDevices(devices: readonly DeviceInfo[]): void {
    this.#devices = devices;
    for (const listener of this.#deviceListeners) listener(devices);
  }

  #trouble(doing: string): (error: unknown) => void {
    return (error) => {
      if (this.#isClosed) return; // It ends because we end it.
      const detail = error instanceof Error ? error.message : String(error);
      this.#options.log('warn', `device process: ${doing}: ${detail}`);
    };
  }
}

function away(): Promise<never> {
  return Promise.reject(new Error('The device process is not running.'));
}

async function follow<T>(feed: Promise<AsyncIterable<T>>, take: (value: T) => void): Promise<void> {
  for await (const value of await feed) take(value);
}
