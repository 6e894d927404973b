import type { DeviceInfo } from '../../core/device-api.ts';
import type { Equipment } from '../../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../../core/equipment-event.ts';
import type { KeyPress, Lamps } from '../../core/key.ts';
import type { KeyFace, KeyLamp } from '../../core/key-face.ts';
import type { Clock } from '../clock.ts';
import type { EquipmentPorts } from './equipment-ports.ts';

/**
 * One piece of equipment that is set up: a serial panel, a message desk link, a call log, a modem. It is made at once and
 * looks for its port by itself, for as long as it is set up.
 *
 * Duties:
 * - `info` is never stale: every change is told by `onInfo`. An unplugged port is a state of it, not its end.
 * - `show`, `showFaces` and `tryLamp` may be called at any time and never wait.
 * - `command` answers at once; what follows comes as events.
 * - After `close` has resolved nothing is called any more and the port is free.
 */
export type EquipmentPart = {
  readonly info: DeviceInfo;
  show?(lamps: Lamps): void;
  showFaces?(faces: readonly KeyFace[]): void;
  tryLamp?(lamp: string, state: KeyLamp): void;
  command?(command: EquipmentCommand): CommandOutcome;
  close(): Promise<void>;
};

/** What a piece of equipment calls back with. */
export type EquipmentListener = {
  onInfo(info: DeviceInfo): void;
  onKey(press: KeyPress): void;
  onEvent(event: EquipmentEvent): void;
  /** For the device log: something went wrong that the piece survived. */
  onTrouble(doing: string, detail: string): void;
  /**
   * The piece failed and cannot go on: a driver that hangs in open, a device that floods, a mistake of ours. It is closed
   * and opened anew, and left alone after three times. Unplugged, switched off or held by another program is no failure.
   */
  onFailed(detail: string): void;
};

/** What a piece of equipment of one kind is opened with. */
export type EquipmentOpening<Use extends Equipment['use'] = Equipment['use']> = {
  readonly equipment: Extract<Equipment, { readonly use: Use }>;
  /** The folder of the seat's profile: `serial-profiles/`, `smdr-layouts/`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly ports: EquipmentPorts;
  readonly listener: EquipmentListener;
};
