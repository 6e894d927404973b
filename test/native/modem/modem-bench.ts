import type { DeviceInfo } from '../../../core/device-api.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../../../core/equipment-event.ts';
import { equipmentEvent } from '../../../core/equipment-event.ts';
import { systemClock } from '../../../native/clock.ts';
import type { EquipmentPart } from '../../../native/equipment/equipment-part.ts';
import { equipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { openModem } from '../../../native/equipment/modem.ts';
import type { ScriptedModem } from '../../rig/scripted-modem.ts';

type Without<T> = T extends { readonly id: string } ? Omit<T, 'id'> : never;

/** A modem as equipment, with the real serialport, and all it told. */
export type ModemBench = {
  readonly part: EquipmentPart;
  readonly events: readonly EquipmentEvent[];
  readonly infos: readonly DeviceInfo[];
  readonly troubles: readonly string[];
  command(command: Without<EquipmentCommand>): CommandOutcome;
  /** Resolves with the first event of this kind that fits, from `since` on. */
  waitFor<Kind extends EquipmentEvent['kind']>(
    kind: Kind,
    fits?: (event: Extract<EquipmentEvent, { kind: Kind }>) => boolean,
    since?: number,
  ): Promise<Extract<EquipmentEvent, { kind: Kind }>>;
  /** What happened to a call: `alerting`, `established`, `ended busy-there`. */
  callSteps(callId: string): readonly string[];
  close(): Promise<void>;
};

const waitMs = 15_000;

/** Opens a modem on a port. Every event is checked against the contract. */
export function openModemBench(path: string, kind: 'analog' | 'mobile'): ModemBench {
  const events: EquipmentEvent[] = [];
  const infos: DeviceInfo[] = [];
  const troubles: string[] = [];
  const watchers = new Set<() => void>();
  const part = openModem({
    equipment: {
      use: 'modem',
      id: 'modem',
      name: '',
      kind,
      port: { path, vendorId: null, productId: null, serialNumber: null },
      line: { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
      isFallback: true,
    },
    folder: '',
    clock: systemClock,
    ports: equipmentPorts({ clock: systemClock }),
    listener: {
      onInfo: (info) => infos.push(info),
      onKey: () => undefined,
      onEvent: (event) => {
        events.push(equipmentEvent.parse(event));
        for (const watch of [...watchers]) watch();
      },
      onTrouble: (doing, detail) => troubles.push(`${doing}: ${detail}`),
      onFailed: (detail) => troubles.push(`failed: ${detail}`),
    },
  });
  const waitFor: ModemBench['waitFor'] = (wanted, fits = () => true, since = 0) =>
    new Promise((resolve, reject) => {
      type Wanted = Extract<EquipmentEvent, { kind: typeof wanted }>;
      const isWanted = (event: EquipmentEvent): event is Wanted => event.kind === wanted;
      const done = (): void => {
        clearTimeout(timer);
        watchers.delete(watch);
      };
      const watch = (): void => {
        const found = events.slice(since).filter(isWanted).find(fits);
        if (found === undefined) return;
        done();
        resolve(found);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`Waited for ${wanted}; told ${JSON.stringify(events.slice(since), null, 1)}; ${troubles}`));
      }, waitMs);
      watchers.add(watch);
      watch();
    });
  return {
    part,
    events,
    infos,
    troubles,
    command: (command) => part.command?.({ ...command, id: 'modem' }) ?? { kind: 'refused', why: 'none' },
    waitFor,
    callSteps: (callId) =>
      events.flatMap((event) =>
        event.kind === 'modem-call' && event.callId === callId
          ? [event.event.kind === 'ended' ? `ended ${event.event.cause}` : event.event.kind]
          : [],
      ),
    close: () => part.close(),
  };
}

/** Of a modem: it takes commands. */
export const isReady = (event: { readonly state: string }): boolean => event.state === 'ready';

/** Ends of a call: `ended`, whatever the cause. */
export const isEnded = (event: { readonly event: { readonly kind: string } }): boolean => event.event.kind === 'ended';

/** Opens a modem and waits until it takes commands; a mobile one has then asked for the texts that lie in it. */
export async function openReadyModem(modem: ScriptedModem, kind: 'analog' | 'mobile'): Promise<ModemBench> {
  const bench = openModemBench(modem.path, kind);
  await bench.waitFor('modem', isReady);
  if (kind === 'mobile') await modem.waitForAsked(/^AT\+CMGL=4$/);
  return bench;
}
