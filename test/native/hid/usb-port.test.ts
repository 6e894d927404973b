import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { usbPortOf } from '../../../native/hid/usb-port.ts';

const root = mkdtempSync(join(tmpdir(), 'hookline-usb-port-'));
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('is the socket a device is in, the innermost of a chain of hubs; a device on no socket has none', async () => {
  const places = {
    hidraw0: 'devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.3/0003:047F:C056.0001/hidraw/hidraw0',
    hidraw1: 'devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4/1-2.4.1/1-2.4.1:1.0/0003:05F3:00FF.0002/hidraw/hidraw1',
    hidraw2: 'devices/virtual/misc/uhid/0005:047F:C056.0003/hidraw/hidraw2',
  };
  mkdirSync(join(root, 'class/hidraw'), { recursive: true });
  for (const [name, place] of Object.entries(places)) {
    mkdirSync(join(root, place), { recursive: true });
    symlinkSync(join(root, place), join(root, 'class/hidraw', name));
  }
  const ports = ['/dev/hidraw0', '/dev/hidraw1', '/dev/hidraw2', '/dev/hidraw9'].map((path) => usbPortOf(path, root));
  expect(await Promise.all(ports)).toEqual(['1-2', '1-2.4.1', undefined, undefined]);
});
