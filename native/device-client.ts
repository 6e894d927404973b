import { fork, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { DeviceInfo, deviceApi } from '../core/device-api.ts';
import type { Equipment, FoundPort } from '../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../core/equipment-event.ts';
import type { HidCollections } from '../core/hid-collections.ts';
import { idleLamps, type KeyEvent, type KeyPress, type Lamps } from '../core/key.ts';
import type { KeyLamp, PanelFaces } from '../core/key-face.ts';
import type { LightRulesFile } from '../core/light-rule.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import { type Clock, systemClock } from './clock.ts';
import { type MessageProcess, processPort } from './process-port.ts';

/** First wait before a device process that died is started again; doubled each time. */
export const restartDelayMs = 200;
/** The longest wait: a headset that is dead for longer than this feels broken. */
export const restartDelayMaxMs = 5_000;
/** So many deaths within `restartWindowMs` are not chance: it is left off and the seat works without devices. */
export const restartsMax = 8;
export const restartWindowMs = 60_000;
/** For showing idle and closing every device (closeFlushMs) on a loaded machine; after it the process is killed. */
export const stopWaitMs = 1_500;

/** A device process as its parent holds it. `each `onExit` listener is called once, also when it is added late. */
export type DeviceChild = MessageProcess & {
  onExit(listener: (detail: string) => void): void;
  kill(): void;
};

/** Starts the device process with these arguments; Electron passes one over utilityProcess.fork. */
export type ForkDeviceProcess = (modulePath: string, args: readonly string[]) => DeviceChild;

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
  /** child_process.fork by default: the environment is inherited, standard error too. */
  readonly fork?: ForkDeviceProcess;
  /** The wait before a restart; a timer by default. */
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

  constructor(options: DeviceProcessOptions) {
    this.#options = options;
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
    if (this.#running !== undefined) await stop(this.#running);
  }

  #start(): void {
    if (this.#isClosed) return;
    const { simulated, lightRules = {}, fork = forkChild() } = this.#options;
    const modulePath = fileURLToPath(new URL('./device-process.ts', import.meta.url));
    const started = connect(fork(modulePath, simulated ? ['--simulated'] : []));
    this.#running = started;
    const { child, client } = started;
    child.onExit((detail) => this.#died(started, detail));
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
    follow(client.keys(), (event) => {
      for (const listener of this.#keyListeners) listener(event);
    }).catch(this.#trouble('watching keys'));
  }

  #died(dead: Running, detail: string): void {
    dead.closePort();
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

type Running = {
  readonly child: DeviceChild;
  readonly client: ContractRouterClient<typeof deviceApi>;
  readonly closePort: () => void;
};

function connect(child: DeviceChild): Running {
  const { port, closePort } = processPort(child);
  const client: ContractRouterClient<typeof deviceApi> = createORPCClient(new RPCLink({ port }));
  return { child, client, closePort };
}

async function follow<T>(feed: Promise<AsyncIterable<T>>, take: (value: T) => void): Promise<void> {
  for await (const value of await feed) take(value);
}

/** Asks it to show idle and to let go; ends it when it does not answer in time. */
async function stop({ child, client }: Running): Promise<void> {
  const closed = client.close().catch(() => undefined); // It may die while closing: that is what was wanted.
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopWaitMs);
  });
  await Promise.race([closed, waited]);
  clearTimeout(timer);
  const ended = new Promise<void>((resolve) => child.onExit(() => resolve()));
  child.kill();
  await ended;
}

/** The device process as a child of plain Node, with this environment (node-hid is led to mock devices by it). */
export function forkChild(env: NodeJS.ProcessEnv = process.env): ForkDeviceProcess {
  return (modulePath, args) => {
    const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
    const child = fork(modulePath, args, { env, serialization: 'advanced', stdio });
    let ended: string | undefined;
    const exitListeners = new Set<(detail: string) => void>();
    const end = (detail: string): void => {
      if (ended !== undefined) return;
      ended = detail;
      for (const listener of exitListeners) listener(detail);
    };
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    // It could not be started at all; then there is no exit.
    child.once('error', (error) => end(error.message));
    return {
      on: (event, listener) => child.on(event, listener),
      // A message to a child that has just died is lost with it; onExit tells.
      send: (message) => void (child.connected && child.send(message, () => undefined)),
      onExit: (listener) => void (ended === undefined ? exitListeners.add(listener) : listener(ended)),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
