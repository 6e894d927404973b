import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * Linux: the USB socket a hidraw node's device is plugged into, as the kernel names it: `1-2.4` is bus 1, socket 2, socket 4
 * of the hub there. Node numbers are given in the order of plugging, so only this tells two alike devices apart that have no
 * serial number. Undefined where there is no USB parent, and on other systems, whose paths name the socket themselves.
 */
export async function usbPortOf(path: string, root = '/sys'): Promise<string | undefined> {
  try {
    const place = await realpath(`${root}/class/hidraw/${basename(path)}`);
    return place.split('/').findLast((part) => /^\d+-\d+(\.\d+)*$/.test(part));
  } catch {
    return undefined; // No such folder here, or the device has just gone: its path will do.
  }
}
