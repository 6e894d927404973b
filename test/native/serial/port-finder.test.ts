import { expect, test } from 'vitest';
import { createPortFinder } from '../../../native/serial/port-finder.ts';
import type { SerialPortSeen } from '../../../native/serial/serial-bus.ts';

const none = { vendorId: null, productId: null, serialNumber: null, pnpId: null };
const port = (path: string, serialNumber: string): SerialPortSeen => ({
  path,
  serialNumber,
  manufacturer: 'FTDI',
  vendorId: '0403',
  productId: '6001',
});

test('a device is found again by its serial number, whatever its port is called then', async () => {
  let ports = [port('/dev/ttyUSB0', 'A1'), port('/dev/ttyUSB1', 'B2')];
  const find = createPortFinder(none, '/dev/ttyUSB0', async () => ({ kind: 'listed', ports }));
  expect(await find()).toBe('/dev/ttyUSB0');
  ports = [port('/dev/ttyUSB0', 'B2')];
  expect(await find()).toBeUndefined();
  ports = [port('/dev/ttyUSB0', 'B2'), port('/dev/ttyUSB3', 'A1')];
  expect(await find()).toBe('/dev/ttyUSB3');
});

test('without a serial number the name is all there is', async () => {
  let ports = [port('COM3', '')];
  const find = createPortFinder(none, 'COM3', async () => ({ kind: 'listed', ports }));
  expect(await find()).toBe('COM3');
  ports = [];
  expect(await find()).toBe('COM3');
});

test('a profile names its device; one that names none finds none', async () => {
  const list = async () => ({ kind: 'listed' as const, ports: [port('COM1', 'A1'), port('COM4', 'B2')] });
  expect(await createPortFinder({ ...none, vendorId: '0403', serialNumber: 'B2' }, undefined, list)()).toBe('COM4');
  expect(await createPortFinder({ ...none, vendorId: '1A86' }, undefined, list)()).toBeUndefined();
  expect(await createPortFinder(none, undefined, list)()).toBeUndefined();
});

test('a system that cannot list leaves the name', async () => {
  const find = createPortFinder(none, 'COM3', async () => ({ kind: 'unavailable', detail: 'no udevadm' }));
  expect(await find()).toBe('COM3');
});
