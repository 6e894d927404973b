import { readFileSync } from 'node:fs';
import { DEVICE_MODELS, DeviceModelType, VENDOR_ID } from '@elgato-stream-deck/core';
import { PRODUCTS } from '@xkeys-lib/core';
import { expect, it } from 'vitest';
import { footPedals } from '../../../native/models/foot-pedals.ts';

const rules = readFileSync(new URL('../../../assets/udev/70-hookline.rules', import.meta.url), 'utf8').split('\n');
const hex = (value: number): string => value.toString(16).padStart(4, '0');

/** The products a vendor's lines name. */
function named(vendor: string): readonly string[] {
  return rules
    .filter((line) => line.includes(`ATTRS{idVendor}=="${vendor}"`))
    .flatMap((line) => /ATTRS\{idProduct\}=="([^"]*)"/.exec(line)?.[1]?.split('|') ?? [])
    .sort();
}

it('the udev rules name every panel and pedal there is a make for, and no other of their makers', () => {
  const decks = DEVICE_MODELS.filter(
    ({ vendorId, type }) => vendorId === VENDOR_ID && type !== DeviceModelType.NETWORK_DOCK,
  ).flatMap(({ productIds }) => productIds.map(hex));
  expect(named('0fd9')).toEqual(decks.sort());
  const xkeys = Object.values(PRODUCTS).flatMap(({ hidDevices }) => hidDevices.map(([productId]) => hex(productId)));
  const pedals = footPedals.map(({ vendorId, productId }) => [hex(vendorId), hex(productId)]);
  const pedalsOf = (vendor: string) => pedals.filter(([id]) => id === vendor).map(([, product = '']) => product);
  expect(named('05f3')).toEqual([...new Set([...xkeys, ...pedalsOf('05f3')])].sort());
  expect(named('0911')).toEqual(pedalsOf('0911').sort());
});
