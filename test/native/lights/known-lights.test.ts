import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blink1 } from '../../../native/lights/blink1.ts';
import { blynclight } from '../../../native/lights/blynclight.ts';
import { knownLights, lightModelOf } from '../../../native/lights/known-lights.ts';
import { kuandoBusylight } from '../../../native/lights/kuando-busylight.ts';
import { dark, type LightModel } from '../../../native/lights/light-model.ts';
import { luxafor } from '../../../native/lights/luxafor.ts';

const mixed = { red: 255, green: 128, blue: 1 };
const bytesOf = (model: LightModel, colour = mixed): readonly string[] =>
  model.encode(colour).map((report) => Buffer.from(report).toString('hex'));
const zeros = (count: number): string => '00'.repeat(count);

describe('the bytes of a light', () => {
  it('Kuando: seven steps, colours to 100, the sum of all before it, and a keep-alive of 15 s while it is lit', () => {
    // 0x10 + 100 + 50 + 0 + 3 * 0xff = 931; 0x8f + 3 * 0xff = 908.
    expect(bytesOf(kuandoBusylight)).toEqual([
      `0010006432${zeros(1)}${zeros(54)}ffffff03a3`,
      `008f${zeros(58)}ffffff038c`,
    ]);
    expect(bytesOf(kuandoBusylight, dark)).toEqual([`0010${zeros(58)}ffffff030d`]);
  });

  it('Luxafor: the command, all LEDs, red, green, blue', () => {
    expect(bytesOf(luxafor)).toEqual(['0001ffff8001000000']);
  });

  it('blink(1): a feature report of nine bytes', () => {
    expect([blink1.transfer, ...bytesOf(blink1)]).toEqual(['feature', '0163ff800100010000']);
  });

  it('Blynclight: red, blue, green, and black as well as off', () => {
    expect([...bytesOf(blynclight), ...bytesOf(blynclight, dark)]).toEqual([
      '00ff0180000000ff22',
      '00000000010000ff22',
    ]);
  });
});

it.each([
  ['Busylight UC Alpha', 0x27bb, 0x3bca],
  ['Busylight UC Alpha, later', 0x27bb, 0x3bce],
  ['Busylight UC Omega', 0x27bb, 0x3bcd],
  ['Busylight UC Omega, later', 0x27bb, 0x3bcf],
  ['Luxafor Flag, Orb, Bluetooth and Mute', 0x04d8, 0xf372],
  ['blink(1) of every mark', 0x27b8, 0x01ed],
  ['Blynclight Standard, BLYNCUSB30', 0x2c0d, 0x0001],
  ['Blynclight Plus, BLYNCUSB30S', 0x2c0d, 0x0002],
  ['Blynclight Mini, BLMINI30', 0x2c0d, 0x0003],
  ['Blynclight Wireless, BLWRLS30', 0x2c0d, 0x0006],
  ['Blynclight Mini, BLMINI40', 0x2c0d, 0x000a],
  ['Blynclight Wireless, BLWRLS40', 0x2c0d, 0x000b],
  ['Blynclight Standard, BLYNCUSB40', 0x2c0d, 0x000c],
  ['Blynclight Plus, BLYNCUSB40S', 0x2c0d, 0x0010],
  ['Plantronics Status Indicator', 0x047f, 0xd005],
])('%s is one of ours', (_name, vendorId, productId) => {
  expect(lightModelOf({ vendorId, productId })).toBeDefined();
});

it('a light is known by its numbers, and no number belongs to two', () => {
  const ids = knownLights.flatMap((model) =>
    model.ids.map(([vendorId, productId]) => ({ model, vendorId, productId })),
  );
  expect(ids.map(lightModelOf)).toEqual(ids.map(({ model }) => model));
  expect(lightModelOf({ vendorId: 0x04d8, productId: 0xf849 })).toBeUndefined();
});

it('the udev rules open every light there is a model for, and no other', () => {
  const rules = readFileSync(new URL('../../../assets/udev/70-hookline.rules', import.meta.url), 'utf8');
  const hex = (value: number): string => value.toString(16).padStart(4, '0');
  const named = [...rules.matchAll(/^KERNEL.*idVendor\}=="(04d8|27bb|27b8|2c0d|0e53|047f)".*idProduct\}=="(\w+)"/gm)];
  const known = knownLights.flatMap(({ ids }) => ids.map(([vendor, product]) => `${hex(vendor)}:${hex(product)}`));
  expect(named.map(([, vendor, product]) => `${vendor}:${product}`).sort()).toEqual(known.sort());
});
