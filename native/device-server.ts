import { stat } from 'node:fs/promises';
import { EventPublisher, implement, ORPCError } from '@orpc/server';
import { type DeviceInfo, deviceApi, type KeySignal } from '../core/device-api.ts';
import type { Equipment, FoundPort } from '../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../core/equipment-event.ts';
import type { HidCollections } from '../core/hid-collections.ts';
import { idleLamps, type KeyEvent, type KeyPress, type Lamps } from '../core/key.ts';
import type { KeyLamp, PanelFaces } from '../core/key-face.ts';
import type { LightRulesFile } from '../core/light-rule.ts';
import type { SeatSign } from '../core/seat-sign.ts';

/** Call records come in bursts after an outage; beyond this the seat process hangs, and the oldest are dropped. */
export const equipmentEventsWaitingMax = 20_000;

/** What stands behind deviceApi: every device there is, real and simulated. */
export type DeviceDesk = {
  devices(): readonly DeviceInfo[];
  show(lamps: Lamps): void;
  showSign(sign: SeatSign): void;
  setLightRules(file: LightRulesFile): void;
  showFaces(panels: readonly PanelFaces[]): void;
  tryLamp(deviceId: string, lamp: string, state: KeyLamp): void;
  setEquipment(folder: string, list: readonly Equipment[]): void;
  command(command: EquipmentCommand): Promise<CommandOutcome>;
  ports(): Promise<readonly FoundPort[]>;
  setCollections(collections: HidCollections): void;
  /** False: no simulated headset is plugged in. */
  pressSimulated(press: KeyPress): boolean;
  /** Undefined: none is plugged in. */
  simulatedLamps(): Lamps | undefined;
  close(): Promise<void>;
};

/** What the desk's devices call back with. */
export type DeviceEvents = {
  onDevices(devices: readonly DeviceInfo[]): void;
  onKey(event: KeyEvent): void;
  onEquipment(event: EquipmentEvent): void;
};

/** Serves deviceApi over the desk that `open` makes. `devices` coalesces to the newest list; keys go out by `sendKey`. */
export function deviceRouter(open: (events: DeviceEvents) => DeviceDesk, sendKey: (signal: KeySignal) => void) {
  const publisher = new EventPublisher<{ devices: readonly DeviceInfo[]; equipment: EquipmentEvent }>();
  const desk = open({
    onDevices: (devices) => publisher.publish('devices', devices),
    onKey: (event) => sendKey({ signal: 'key', event }),
    onEquipment: (event) => publisher.publish('equipment', event),
  });
  const os = implement(deviceApi);
  const router = os.router({
    devices: os.devices.handler(async function* ({ signal }) {
      const changes = publisher.subscribe('devices', { signal, maxBufferedEvents: 1 });
      try {
        yield [...desk.devices()];
        for await (const devices of changes) yield [...devices];
      } finally {
        await changes.return(undefined);
      }
    }),
    show: os.show.handler(({ input }) => desk.show(input)),
    showSign: os.showSign.handler(({ input }) => desk.showSign(input)),
    setLightRules: os.setLightRules.handler(({ input }) => desk.setLightRules(input)),
    showFaces: os.showFaces.handler(({ input }) => desk.showFaces(input)),
    tryLamp: os.tryLamp.handler(({ input }) => desk.tryLamp(input.deviceId, input.lamp, input.state)),
    setEquipment: os.setEquipment.handler(({ input }) => desk.setEquipment(input.folder, input.equipment)),
    // Subscribed with the request, not with the first `next`: an event in between must not be lost.
    equipmentEvents: os.equipmentEvents.handler(({ signal }) =>
      publisher.subscribe('equipment', { signal, maxBufferedEvents: equipmentEventsWaitingMax }),
    ),
    command: os.command.handler(({ input }) => desk.command(input)),
    ports: os.ports.handler(async () => [...(await desk.ports())]),
    setCollections: os.setCollections.handler(({ input }) => desk.setCollections(input)),
    pressSimulated: os.pressSimulated.handler(({ input }) => {
      if (!desk.pressSimulated(input)) {
        throw new ORPCError('CONFLICT', { message: 'No simulated headset is plugged in.' });
      }
    }),
    simulatedLamps: os.simulatedLamps.handler(() => desk.simulatedLamps() ?? idleLamps),
    alive: os.alive.handler(() => proveWork()),
    close: os.close.handler(() => desk.close()),
  });
  return { router, desk };
}

/** Native code that hangs holds a thread of libuv's few; with none left no device can be written to. This needs one. */
async function proveWork(): Promise<void> {
  await stat('.').catch(() => undefined); // That it was tried is the answer.
}
