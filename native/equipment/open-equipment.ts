import type { DeviceInfo } from '../../core/device-api.ts';
import type { Equipment } from '../../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../../core/equipment-event.ts';
import type { KeyEvent, Lamps } from '../../core/key.ts';
import type { KeyLamp, PanelFaces } from '../../core/key-face.ts';
import type { Clock } from '../clock.ts';
import type { EquipmentPart } from './equipment-part.ts';

/** Everything that is set up on ports and sockets. */
export type OpenEquipment = {
  devices(): readonly DeviceInfo[];
  /** What is set up as before goes on undisturbed; the rest is closed and opened. */
  set(folder: string, list: readonly Equipment[]): void;
  show(lamps: Lamps): void;
  showFaces(panels: readonly PanelFaces[]): void;
  /** False: no such piece. */
  tryLamp(deviceId: string, lamp: string, state: KeyLamp): boolean;
  command(command: EquipmentCommand): CommandOutcome;
  close(): Promise<void>;
};

export type OpenEquipmentParts = {
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  onDevices(): void;
  onKey(event: KeyEvent): void;
  onEvent(event: EquipmentEvent): void;
};

/** Keeps equipment open as the settings say. */
export function openEquipment(_parts: OpenEquipmentParts): OpenEquipment {
  const pieces = new Map<string, EquipmentPart>();
  return {
    devices: () => [...pieces.values()].map((piece) => piece.info),
    set: () => undefined,
    show: (lamps) => {
      for (const piece of pieces.values()) piece.show?.(lamps);
    },
    showFaces: (panels) => {
      for (const [id, piece] of pieces) piece.showFaces?.(panels.find((panel) => panel.deviceId === id)?.faces ?? []);
    },
    tryLamp: (deviceId, lamp, state) => {
      pieces.get(deviceId)?.tryLamp?.(lamp, state);
      return pieces.has(deviceId);
    },
    command: (command) =>
      pieces.get(command.id)?.command?.(command) ?? { kind: 'refused', why: `There is no equipment ${command.id}.` },
    close: async () => {
      await Promise.all([...pieces.values()].map((piece) => piece.close()));
    },
  };
}
