import { expect, it } from 'vitest';
import { infoOf } from '../../native/found-device.ts';
import type { FoundHid } from '../../native/hid/hid-bus.ts';
import { mapOfAnswer } from '../../native/hid/read-map.ts';

/** A plain boot keyboard (USB HID 1.11, appendix B.1, without its lamps) and a mouse of three buttons. */
const keyboard = '05010906a101050719e029e71500250175019508810295017508810195067508150025650507190029658100c0';
const mouse = '05010902a1010901a100050919012903150025019503750181029501750581010501093009311581257f750895028106c0c0';

const found = (vendorId: number, productId: number, topUsage: number): FoundHid => ({
  ...{ path: '/dev/hidraw0', vendorId, productId, name: '', serialNumber: '', interfaceNumber: 0 },
  topUsages: [topUsage],
});

it.each([
  ['a foot pedal that types, by its numbers', found(0x0c45, 0x7403, 0x0001_0006), keyboard, 'pedal'],
  ['its second interface', found(0x1a86, 0xe026, 0x0001_0002), mouse, 'pedal'],
  ['a keyboard', found(0x1234, 0x0001, 0x0001_0006), keyboard, 'keyboard'],
  ['a mouse', found(0x1234, 0x0002, 0x0001_0002), mouse, 'unknown'],
])('%s is told as what it is, and is not used', (_name, device, descriptor, kind) => {
  const reading = mapOfAnswer({ kind: 'ok', bytes: Buffer.from(descriptor, 'hex') }, undefined);
  const info = infoOf(device, 'id', reading);
  expect([info.kind, info.state]).toEqual([kind, { kind: 'not-telephony' }]);
});
