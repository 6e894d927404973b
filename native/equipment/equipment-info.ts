import { type DeviceInfo, plainDevice } from '../../core/device-api.ts';
import type { Equipment } from '../../core/equipment.ts';

/** What keeps a piece of equipment from use. */
export type EquipmentProblem = Extract<DeviceInfo['state'], { readonly kind: 'problem' }>['problem'];

/** Longest `detail` of a problem; a driver's words may be longer. */
const detailLengthMax = 300;

/**
 * A piece of equipment as people and screens read it, before its port was found: `not-plugged-in`. Its deviceId is its
 * equipment id. `model` names it where nobody has given it a name.
 */
export function equipmentInfo(equipment: Equipment, model: string, more: Partial<DeviceInfo> = {}): DeviceInfo {
  const port = portChoiceOf(equipment);
  return {
    deviceId: equipment.id,
    name: (equipment.name || model).slice(0, 120),
    kind: equipment.use,
    vendorId: Number.parseInt(port?.vendorId ?? '0', 16),
    productId: Number.parseInt(port?.productId ?? '0', 16),
    path: port?.path ?? '',
    keys: [],
    lamps: [],
    isBusyElsewhere: false,
    ...plainDevice,
    state: { kind: 'problem', problem: 'not-plugged-in', detail: '' },
    ...more,
  };
}

/** The serial port a piece of equipment stands on; undefined where it has none. */
export function portChoiceOf(equipment: Equipment) {
  if (equipment.use !== 'call-records') return equipment.port;
  return equipment.source.kind === 'port' ? equipment.source.port : undefined;
}

/** The same piece, open at `path`. */
export function withOpen(info: DeviceInfo, path: string): DeviceInfo {
  return { ...info, path, state: { kind: 'open' } };
}

/** The same piece, out of use. */
export function withProblem(info: DeviceInfo, problem: EquipmentProblem, detail: string): DeviceInfo {
  return { ...info, state: { kind: 'problem', problem, detail: detail.slice(0, detailLengthMax) } };
}

/**
 * What serialport's words mean when it refuses to open (bindings-cpp 13: serialport_unix.cpp, serialport_win.cpp): the
 * errno or Windows error in words. On Windows a port somebody else has is "Access denied".
 */
export function openingProblem(detail: string, platform: string = process.platform): EquipmentProblem {
  if (/no such file|file not found|no such device|ENOENT|ENODEV|ENXIO/i.test(detail)) return 'not-plugged-in';
  if (/cannot lock|resource temporarily unavailable|resource busy|EBUSY|EAGAIN/i.test(detail)) return 'in-use';
  if (/access denied|access is denied/i.test(detail)) return platform === 'win32' ? 'in-use' : 'no-permission';
  if (/permission denied|not permitted|EACCES|EPERM/i.test(detail)) return 'no-permission';
  return 'cannot-open';
}
