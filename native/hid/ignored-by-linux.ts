import { readdir, readFile } from 'node:fs/promises';
import { type DeviceInfo, plainDevice } from '../../core/device-api.ts';
import { headsetRows } from '../models/headset-rows.ts';

/**
 * Headsets that Linux has on its ignore list: plugged in, with sound, and without a HID node, so that they are on no bus
 * of ours. Told, so that nobody looks for the fault in the cable.
 */

/** More USB devices than this are on no desk; a broken sysfs must not keep us reading. */
const usbDevicesMax = 256;
/** Vendor, product and release are four digits and a line feed. */
const attributeLengthMax = 64;

/** The ignored headsets that are plugged in now. Never rejects: where sysfs cannot be read there are none. */
export async function headsetsIgnoredByLinux(root = '/sys'): Promise<readonly DeviceInfo[]> {
  const folder = `${root}/bus/usb/devices`;
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch {
    return []; // No USB, or another system.
  }
  const devices = await Promise.all(names.slice(0, usbDevicesMax).map((name) => ignoredOne(`${folder}/${name}`, name)));
  return devices.filter((device) => device !== undefined);
}

async function ignoredOne(path: string, name: string): Promise<DeviceInfo | undefined> {
  // An interface has none of these, and stands beside the devices.
  const [vendorId, productId, release] = await Promise.all(
    ['idVendor', 'idProduct', 'bcdDevice'].map((attribute) => hexAttribute(`${path}/${attribute}`)),
  );
  if (vendorId === undefined || productId === undefined) return undefined;
  const row = headsetRows().find(
    ({ vendorId: vendor, productIds }) =>
      vendor === vendorId && productIds.some(([first, last]) => productId >= first && productId <= last),
  );
  const ignores = row?.linuxIgnores;
  if (row === undefined || ignores === undefined) return undefined;
  const { belowRelease, mend } = ignores;
  if (belowRelease !== null && (release ?? 0) >= belowRelease) return undefined;
  return {
    deviceId: `usb-${name}`,
    name: row.name,
    kind: 'headset',
    vendorId,
    productId,
    path,
    keys: [],
    lamps: [],
    isBusyElsewhere: false,
    ...plainDevice,
    state: { kind: 'problem', problem: 'cannot-open', detail: `Linux ignores the keys of this device. ${mend}` },
  };
}

async function hexAttribute(file: string): Promise<number | undefined> {
  try {
    const text = (await readFile(file, 'latin1')).slice(0, attributeLengthMax).trim();
    return /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
  } catch {
    return undefined; // It has no such attribute, or has just been pulled out.
  }
}
