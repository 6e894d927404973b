import { constants, setPriority } from 'node:os';
import { RPCHandler } from '@orpc/server/message-port';
import type { DeviceInfo } from '../core/device-api.ts';
import type { Equipment, FoundPort } from '../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand } from '../core/equipment-event.ts';
import type { HidCollections } from '../core/hid-collections.ts';
import { idleLamps, type KeyPress, type Lamps } from '../core/key.ts';
import type { KeyLamp, PanelFaces } from '../core/key-face.ts';
import type { LightRulesFile } from '../core/light-rule.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import { systemClock } from './clock.ts';
import { type CrashNotes, crashNotesFile, noCrashNotes, notesFlag } from './crash-notes.ts';
import type { DeviceListener, SeatDevice } from './device.ts';
import { type DeviceDesk, type DeviceEvents, deviceRouter } from './device-server.ts';
import { foundPorts } from './equipment/found-ports.ts';
import { type OpenEquipment, openEquipment } from './equipment/open-equipment.ts';
import { nodeHidBus } from './hid/hid-bus.ts';
import { watchHidChanges } from './hid/hid-changes.ts';
import { hidrawLook } from './hid/hidraw-look.ts';
import { headsetsIgnoredByLinux } from './hid/ignored-by-linux.ts';
import { sysfsDescriptors } from './hid/sysfs-descriptors.ts';
import { webHidDescriptors } from './hid/webhid-descriptors.ts';
import { lightRules } from './lights/light-rules.ts';
import {
  type DeviceLog,
  openPluggedDevices,
  type PluggedDevices,
  type PluggedDevicesParts,
} from './plugged-devices.ts';
import { type MessageProcess, processPort } from './process-port.ts';
import { plugSimulated, simulatedDeviceId } from './simulated/plug-simulated.ts';
import { simulatedHeadset } from './simulated/simulated-headset.ts';
import { type TwinNames, twinNames, twinNamesFile, twinsFlag } from './twin-names.ts';

/**
 * Composition root: the device process. It runs alone, so a crashing driver never takes the call or the journal with it,
 * and serves deviceApi to its parent (child_process IPC or Electron's parentPort). `--simulated` plugs in a practice
 * headset beside the real ones. When the parent is gone it shows idle everywhere and ends.
 */
function main(): void {
  const log: DeviceLog = (level, message) => process.stderr.write(`device-process ${level}: ${message}\n`);
  const peer = parentProcess();
  if (peer === undefined) {
    log('error', 'This process is started by the seat process, not by hand; to list devices run: hookline devices');
    process.exitCode = 1;
    return;
  }
  standFirst(log);
  const notes = notesGiven(log);
  const { router, desk } = deviceRouter(
    (events) => {
      const opened = new Desk(events, log, notes);
      opened.start();
      return opened;
    },
    (signal) => peer.messages.send(signal),
  );
  const { port, closePort } = processPort(peer.messages);
  new RPCHandler(router).upgrade(port);
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    closePort();
    setTimeout(leave, endWaitMs);
    void desk.close().then(() => {
      notes.forget();
      leave();
    });
  };
  peer.onGone(end);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** For showing idle on every device; one that hangs does not keep the process. */
const endWaitMs = 1_500;

/** Node's own exit waits for native code that hangs, for ever. */
function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** `--notes=PATH`: where this process finds what those before it died of, and leaves the same. */
function notesGiven(log: DeviceLog): CrashNotes {
  const given = process.argv.find((arg) => arg.startsWith(notesFlag))?.slice(notesFlag.length);
  return given === undefined ? noCrashNotes() : crashNotesFile(given, (detail) => log('warn', `notes: ${detail}`));
}

/** `--twins=PATH`: where it is kept which of two alike devices is which. */
function twinsGiven(log: DeviceLog): TwinNames {
  const given = process.argv.find((arg) => arg.startsWith(twinsFlag))?.slice(twinsFlag.length);
  return given === undefined ? twinNames() : twinNamesFile(given, (detail) => log('warn', `alike devices: ${detail}`));
}

/** A key is heard by ear: this process does little, and what it does must not wait behind a window that draws. */
function standFirst(log: DeviceLog): void {
  try {
    setPriority(constants.priority.PRIORITY_ABOVE_NORMAL);
  } catch (error) {
    // Linux gives it to root alone; as a rule a key is quick without it.
    log('info', `running at normal priority: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Parent = { readonly messages: MessageProcess; onGone(listener: () => void): void };

function parentProcess(): Parent | undefined {
  const port = 'parentPort' in process ? process.parentPort : undefined;
  if (isParentPort(port)) {
    return {
      messages: {
        on: (_event, listener) => port.on('message', (event) => listener(event.data)),
        send: (message) => port.postMessage(message),
      },
      // A utilityProcess ends with its parent; the last word comes as SIGTERM.
      onGone: (listener) => process.on('beforeExit', listener),
    };
  }
  const send = process.send?.bind(process);
  if (send === undefined) return undefined;
  return {
    messages: {
      on: (event, listener) => process.on(event, listener),
      send: (message) => {
        if (process.connected) send(message, undefined, undefined, (error) => void error);
      },
    },
    onGone: (listener) => process.on('disconnect', listener),
  };
}

type ParentPort = {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: string | object): void;
};

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value;
}

/** Every device there is: those on the bus, those on ports, and with `--simulated` the practice headset. */
class Desk implements DeviceDesk {
  readonly #events: DeviceEvents;
  readonly #log: DeviceLog;
  readonly #equipment: OpenEquipment;
  readonly #plugged: PluggedDevices;
  readonly #headset = simulatedHeadset();
  #simulated: SeatDevice | undefined;
  #lamps: Lamps = idleLamps;

  constructor(events: DeviceEvents, log: DeviceLog, notes: CrashNotes) {
    this.#events = events;
    this.#log = log;
    const { onKey, onEquipment: onEvent } = events;
    const onDevices = (): void => this.#tell();
    const common = { clock: systemClock, log, notes, onDevices, onKey };
    this.#equipment = openEquipment({ ...common, onEvent });
    this.#plugged = openPluggedDevices({ ...common, ...hidParts(log), twins: twinsGiven(log) });
  }

  /** Begins to look for devices. */
  start(): void {
    // Sweep timers do not keep the process alive; the channel to the parent does.
    void this.#plugged.sweep();
    if (process.argv.includes('--simulated')) this.#plugSimulated();
  }

  devices(): readonly DeviceInfo[] {
    const simulated = this.#simulated === undefined ? [] : [this.#simulated.info];
    return [...simulated, ...this.#plugged.devices(), ...this.#equipment.devices()];
  }

  show(wish: Lamps): void {
    this.#lamps = wish;
    this.#simulated?.show(wish);
    this.#plugged.show(wish);
    this.#equipment.show(wish);
  }

  showSign(sign: SeatSign): void {
    this.#plugged.showSign(sign);
  }

  setLightRules(file: LightRulesFile): void {
    this.#plugged.setLightRules(lightRules(file));
  }

  showFaces(panels: readonly PanelFaces[]): void {
    this.#plugged.showFaces(panels);
    this.#equipment.showFaces(panels);
  }

  tryLamp(deviceId: string, lamp: string, state: KeyLamp): void {
    if (deviceId === simulatedDeviceId) this.#simulated?.tryLamp?.(lamp, state);
    else if (!this.#equipment.tryLamp(deviceId, lamp, state)) this.#plugged.tryLamp(deviceId, lamp, state);
  }

  setEquipment(folder: string, list: readonly Equipment[]): void {
    this.#equipment.set(folder, list);
  }

  async command(command: EquipmentCommand): Promise<CommandOutcome> {
    return this.#equipment.command(command);
  }

  ports(): Promise<readonly FoundPort[]> {
    return foundPorts();
  }

  setCollections(collections: HidCollections): void {
    this.#plugged.setCollections(collections);
  }

  pressSimulated(press: KeyPress): boolean {
    return this.#simulated !== undefined && this.#headset.press(press);
  }

  simulatedLamps(): Lamps | undefined {
    return this.#simulated === undefined ? undefined : this.#headset.lamps();
  }

  async close(): Promise<void> {
    await Promise.all([this.#simulated?.close(), this.#plugged.close(), this.#equipment.close()]);
  }

  #plugSimulated(): void {
    const log = this.#log;
    const listener: DeviceListener = {
      onKey: (press) => this.#events.onKey({ deviceId: simulatedDeviceId, press }),
      onInfo: () => this.#tell(),
      onGone: (reason, detail) => log('error', `${simulatedDeviceId}: ${reason}: ${detail}`),
      onTrouble: (doing, detail) => log('warn', `${simulatedDeviceId}: ${doing}: ${detail}`),
    };
    plugSimulated(this.#headset, { lamps: this.#lamps, clock: systemClock, listener }).then(
      (device) => {
        this.#simulated = device;
        device.show(this.#lamps);
        this.#tell();
      },
      (error: unknown) => log('error', `plugging in the simulated headset: ${String(error)}`),
    );
  }

  #tell(): void {
    this.#events.onDevices(this.devices());
  }
}

type HidParts = Pick<PluggedDevicesParts, 'bus' | 'descriptors' | 'watchChanges' | 'look' | 'unreachable' | 'onStuck'>;

/** The HID bus of this machine and all that its system says of it. */
function hidParts(log: DeviceLog): HidParts {
  const isLinux = process.platform === 'linux';
  return {
    bus: nodeHidBus(),
    descriptors: isLinux ? sysfsDescriptors() : webHidDescriptors(process.platform),
    watchChanges: (onChange) => watchHidChanges(onChange, (detail) => log('warn', `watching /dev: ${detail}`)),
    look: () => (isLinux ? hidrawLook() : undefined),
    unreachable: async () => (isLinux ? headsetsIgnoredByLinux() : []),
    onStuck: (detail) => {
      log('error', `${detail} It keeps every other device from being opened: starting afresh.`);
      leave();
    },
  };
}

main();
