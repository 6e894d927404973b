import type { DeviceInfo } from '../../../core/device-api.ts';
import { type Equipment, equipmentList } from '../../../core/equipment.ts';
import type { EquipmentEvent } from '../../../core/equipment-event.ts';
import { systemClock } from '../../../native/clock.ts';
import type { EquipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { type OpenEquipment, openEquipment } from '../../../native/equipment/open-equipment.ts';

/** Equipment on the real clock and the real serialport, and everything it said. */
export type EquipmentBench = {
  readonly equipment: OpenEquipment;
  /** `ID: {"key":…}`, `ID: state …`, `event {…}`, `log …`, oldest first. */
  readonly said: readonly string[];
  readonly events: readonly EquipmentEvent[];
  /** Resolves when something that contains the words was said, from `since` on (an index of `said`). */
  waitFor(words: string, since?: number): Promise<void>;
  info(id: string): DeviceInfo | undefined;
  set(list: readonly object[]): void;
};

/** What is set up, as the settings would have it. */
export function equipmentOf(list: readonly object[]): readonly Equipment[] {
  return equipmentList.parse(list);
}

export function startEquipmentBench(folder: string, ports?: EquipmentPorts): EquipmentBench {
  const said: string[] = [];
  const events: EquipmentEvent[] = [];
  const states = new Map<string, string>();
  const watchers = new Set<(line: string) => void>();
  const say = (line: string): void => {
    said.push(line);
    for (const watch of [...watchers]) watch(line);
  };
  const equipment: OpenEquipment = openEquipment({
    clock: systemClock,
    ...(ports && { ports }),
    log: (_level, message) => say(`log ${message}`),
    onDevices: () => {
      for (const { deviceId, state } of equipment.devices()) {
        const words = state.kind === 'problem' ? `${state.problem} ${state.detail}` : state.kind;
        if (states.get(deviceId) === words) continue;
        states.set(deviceId, words);
        say(`${deviceId}: state ${words}`);
      }
    },
    onKey: ({ deviceId, press }) => say(`${deviceId}: ${JSON.stringify(press)}`),
    onEvent: (event) => {
      events.push(event);
      say(`event ${JSON.stringify(event)}`);
    },
  });
  return {
    equipment,
    said,
    events,
    info: (id) => equipment.devices().find((device) => device.deviceId === id),
    set: (list) => equipment.set(folder, equipmentOf(list)),
    waitFor: (words, since = 0) =>
      new Promise((resolve, reject) => {
        const done = (): void => {
          clearTimeout(timer);
          watchers.delete(watch);
        };
        const watch = (line: string): void => {
          if (!line.includes(words)) return;
          done();
          resolve();
        };
        const timer = setTimeout(() => {
          done();
          reject(new Error(`Waited for ${words}; said ${said.slice(since).slice(-30).join(' | ')}`));
        }, 20_000);
        watchers.add(watch);
        for (const line of said.slice(since)) watch(line);
      }),
  };
}
