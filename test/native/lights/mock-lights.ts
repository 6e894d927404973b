import type { MockDevice } from '../../rig/mock-headset.ts';

/**
 * Lights for the test bed. No public source has a light's descriptor bytes (facts/hid.md section 3), so these are of our
 * own making: one vendor page collection with reports of the length that the light's programs write.
 */

/** Vendor page FF00, one collection, no report ids: `length` bytes in and out. */
const plain = (length: number): string => {
  const count = length.toString(16).padStart(2, '0');
  return `0600ff0901a101150026ff00750895${count}09018102${`95${count}`}09019102c0`;
};

export const mockKuando: MockDevice = {
  vid: '27bb',
  pid: '3bcd',
  vendor: 'PLENOM APS',
  product: 'BUSYLIGHT',
  descriptor_hex: plain(64),
};

export const mockLuxafor: MockDevice = {
  vid: '04d8',
  pid: 'f372',
  vendor: 'Microchip',
  product: 'LUXAFOR FLAG',
  descriptor_hex: plain(8),
};

/** Report 1 is a feature report of eight bytes. */
export const mockBlink1: MockDevice = {
  vid: '27b8',
  pid: '01ed',
  vendor: 'ThingM',
  product: 'blink(1) mk2',
  descriptor_hex: '0600ff0901a1018501150026ff00750895080901b102c0',
};

export const mockBlynclight: MockDevice = {
  vid: '2c0d',
  pid: '0001',
  vendor: 'Embrava',
  product: 'Blynclight',
  descriptor_hex: plain(8),
};
