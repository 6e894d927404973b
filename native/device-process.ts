import { constants, setPriority } from 'node:os';
import { RPCHandler } from '@orpc/server/message-port';
import type { DeviceInfo } from '../core/device-api.ts';
import { idleLamps, type Lamps } from '../core/key.ts';
import { systemClock } from './clock.ts';
import { type CrashNotes, crashNotesFile, noCrashNotes, notesFlag } from './crash-notes.ts';
import type { DeviceListener, SeatDevice } from './device.ts';
import { type DeviceDesk, type DeviceEvents, deviceRouter } from './device-server.ts';
import { foundPorts } from './equipment/found-ports.ts';
import { openEquipment } from './equipment/open-equipment.ts';
import { nodeHidBus } from './hid/hid-bus.ts';
import { watchHidChanges } from './hid/hid-changes.ts';
import { hidrawLook } from './hid/hidraw-look.ts';
import { headsetsIgnoredByLinux } from './hid/ignored-by-linux.ts';
import { sysfsDescriptors } from './hid/sysfs-descriptors.ts';
import { webHidDescriptors } from './hid/webhid-descriptors.ts';
import { lightRules } from './lights/light-rules.ts';
import { type DeviceLog, openPluggedDevices } from './plugged-devices.ts';
import { type MessageProcess, processPort } from './process-port.ts';
import { plugSimulated, simulatedDeviceId } from './simulated/plug-simulated.ts';
import { simulatedHeadset } from './simulated/simulated-headset.ts';

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
    (events) => openDesk(events, log, notes),
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

function openDesk(events: DeviceEvents, log: DeviceLog, notes: CrashNotes): DeviceDesk {
  let simulated: SeatDevice | undefined;
  let lamps: Lamps = idleLamps;
  const simulatedInfo = (): readonly DeviceInfo[] => (simulated === undefined ? [] : [simulated.info]);
  const all = (): readonly DeviceInfo[] => [...simulatedInfo(), ...plugged.devices(), ...equipment.devices()];
  const tell = (): void => events.onDevices(all());
  const equipment = openEquipment({
    clock: systemClock,
    log,
    notes,
    onDevices: tell,
    onKey: events.onKey,
    onEvent: events.onEquipment,
  });
  const plugged = openPluggedDevices({
    bus: nodeHidBus(),
    descriptors: process.platform === 'linux' ? sysfsDescriptors() : webHidDescriptors(process.platform),
    watchChanges: (onChange) => watchHidChanges(onChange, (detail) => log('warn', `watching /dev: ${detail}`)),
    look: () => (process.platform === 'linux' ? hidrawLook() : undefined),
    unreachable: async () => (process.platform === 'linux' ? headsetsIgnoredByLinux() : []),
    clock: systemClock,
    log,
    notes,
    onStuck: (detail) => {
      log('error', `${detail} It keeps every other device from being opened: starting afresh.`);
      leave();
    },
    onDevices: tell,
    onKey: events.onKey,
  });
  // Sweep timers do not keep the process alive; the channel to the parent does.
  void plugged.sweep();
  const headset = simulatedHeadset();
  const listener: DeviceListener = {
    onKey: (press) => events.onKey({ deviceId: simulatedDeviceId, press }),
    onInfo: tell,
    onGone: (reason, detail) => log('error', `${simulatedDeviceId}: ${reason}: ${detail}`),
    onTrouble: (doing, detail) => log('warn', `${simulatedDeviceId}: ${doing}: ${detail}`),
  };
  if (process.argv.includes('--simulated')) {
    plugSimulated(headset, { lamps, clock: systemClock, listener }).then(
      (device) => {
        simulated = device;
        device.show(lamps);
        tell();
      },
      (error: unknown) => log('error', `plugging in the simulated headset: ${String(error)}`),
    );
  }
  return {
    devices: all,
    show: (wish) => {
      lamps = wish;
      simulated?.show(wish);
      plugged.show(wish);
      equipment.show(wish);
    },
    showSign: (sign) => plugged.showSign(sign),
    setLightRules: (file) => plugged.setLightRules(lightRules(file)),
    showFaces: (panels) => {
      plugged.showFaces(panels);
      equipment.showFaces(panels);
    },
    tryLamp: (deviceId, lamp, state) => {
      if (deviceId === simulatedDeviceId) simulated?.tryLamp?.(lamp, state);
      else if (!equipment.tryLamp(deviceId, lamp, state)) plugged.tryLamp(deviceId, lamp, state);
    },
    setEquipment: (folder, list) => equipment.set(folder, list),
    command: async (command) => equipment.command(command),
    ports: foundPorts,
    setCollections: (collections) => plugged.setCollections(collections),
    pressSimulated: (press) => simulated !== undefined && headset.press(press),
    simulatedLamps: () => (simulated === undefined ? undefined : headset.lamps()),
    close: async () => {
      await Promise.all([simulated?.close(), plugged.close(), equipment.close()]);
    },
  };
}

main();
