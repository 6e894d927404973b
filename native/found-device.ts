import { type DeviceInfo, plainDevice } from '../core/device-api.ts';
import { capabilitiesOf } from './hid/headset.ts';
import type { FoundHid } from './hid/hid-bus.ts';
import type { MapReading } from './hid/read-map.ts';
import type { TelephonyMap } from './hid/telephony.ts';
import type { LightModel } from './lights/light-model.ts';
import { typingPedals } from './models/foot-pedals.ts';

/** A light as people and screens read it. It is known by its numbers; its descriptor says nothing of use. */
export function lightInfoOf(found: FoundHid, deviceId: string, model: LightModel): DeviceInfo {
  const { vendorId, productId, path } = found;
  const name = (found.name || model.name).slice(0, 120);
  const can = { keys: [], lamps: [], isBusyElsewhere: false, ...plainDevice };
  return { deviceId, name, kind: 'light', vendorId, productId, path, ...can, state: { kind: 'open' } };
}

/** A found device as people and screens read it. A telephony device is taken to open; see withProblem. */
export function infoOf(found: FoundHid, deviceId: string, reading: MapReading): DeviceInfo {
  const hex = (value: number): string => value.toString(16).padStart(4, '0');
  const map = reading.kind === 'ok' ? reading.map : undefined;
  const info: DeviceInfo = {
    deviceId,
    name: (found.name || `${hex(found.vendorId)}:${hex(found.productId)}`).slice(0, 120),
    kind: kindOf(found, map),
    vendorId: found.vendorId,
    productId: found.productId,
    path: found.path,
    ...(map === undefined ? { keys: [], lamps: [] } : capabilitiesOf(map)),
    state: map?.isTelephony ? { kind: 'open' } : { kind: 'not-telephony' },
    isBusyElsewhere: false,
    ...plainDevice,
    layout: map === undefined ? null : extraLayout(map),
    firmware: firmwareOf(found.release),
    unproven: reading.kind === 'ok' ? [...reading.unproven] : [],
  };
  return reading.kind === 'ok' ? info : withProblem(info, 'bad-descriptor', reading.detail);
}

/** USB HID usage tables 1.5, Generic Desktop: Keyboard and Keypad as what a top-level collection is. */
const typing = [0x0001_0006, 0x0001_0007];

/** A pedal that types stays one, whatever else of it (its mouse, its settings) is looked at. */
function kindOf({ vendorId, productId, topUsages = [] }: FoundHid, map: TelephonyMap | undefined): DeviceInfo['kind'] {
  if (map?.isTelephony) return 'headset';
  if (typingPedals.some(([vendor, product]) => vendor === vendorId && product === productId)) return 'pedal';
  if ((map?.keys.length ?? 0) > 0) return 'volume';
  return topUsages.some((usage) => typing.includes(usage)) ? 'keyboard' : 'unknown';
}

/** The keys of a headset that a seat can bind, in one row; the others have their meaning. */
function extraLayout(map: TelephonyMap): DeviceInfo['layout'] {
  const keyIds = [...new Set(map.keys.filter(({ role }) => role === 'extra').map((key) => key.digit))];
  if (keyIds.length === 0) return null;
  const keys = keyIds.map((keyId, column) => ({ keyId, column, row: 0, width: 1, height: 1, shows: 'none' as const }));
  return { columns: keyIds.length, rows: 1, keys };
}

/** The release number of a USB device, two digits before and two after the point (USB 2.0, 9.6.1: bcdDevice). */
function firmwareOf(release = 0): string | null {
  if (release === 0) return null;
  return `${(release >> 8).toString(16)}.${(release & 0xff).toString(16).padStart(2, '0')}`;
}

/** Why a device cannot be used. */
export type Problem = Extract<DeviceInfo['state'], { readonly kind: 'problem' }>['problem'];

/** The same device, and why it cannot be used. */
export function withProblem(info: DeviceInfo, problem: Problem, detail: string): DeviceInfo {
  return { ...info, isBusyElsewhere: false, state: { kind: 'problem', problem, detail: detail.slice(0, 300) } };
}
