import { opendirSync } from 'node:fs';
import { devicesMax } from '../roster.ts';

/**
 * What is on the HID bus of a Linux machine, without asking a device or udev anything: the names of the nodes. Undefined
 * where there is no such folder, or none that can be read.
 */
export function hidrawLook(root = '/sys'): string | undefined {
  try {
    const folder = opendirSync(`${root}/class/hidraw`);
    try {
      const names: string[] = [];
      for (let entry = folder.readSync(); entry !== null && names.length < devicesMax; entry = folder.readSync()) {
        names.push(entry.name);
      }
      return names.sort().join(' ');
    } finally {
      folder.closeSync();
    }
  } catch {
    return undefined; // No HID driver, or another system: the bus is listed instead.
  }
}
