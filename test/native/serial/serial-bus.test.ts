import { expect, test } from 'vitest';
import { type ListedPort, listSerialPorts } from '../../../native/serial/serial-bus.ts';

const adapter: ListedPort = {
  path: '/dev/ttyUSB0',
  manufacturer: 'FTDI',
  serialNumber: 'A50285BI',
  vendorId: '0403',
  productId: '6001',
};
const onBoard: ListedPort = {
  path: '/dev/ttyS0',
  manufacturer: undefined,
  serialNumber: undefined,
  vendorId: undefined,
  productId: undefined,
};

test('what is plugged in is listed, a phantom port of Linux is not', async () => {
  expect(await listSerialPorts(async () => [onBoard, adapter], 'linux')).toEqual({ kind: 'listed', ports: [adapter] });
});

test('a COM port nobody knows anything about is listed, with empty words', async () => {
  const port = { ...onBoard, path: 'COM1' };
  expect(await listSerialPorts(async () => [port], 'win32')).toEqual({
    kind: 'listed',
    ports: [{ path: 'COM1', manufacturer: '', serialNumber: '', vendorId: '', productId: '' }],
  });
});

test('ids are told in one way', async () => {
  const port = { ...adapter, path: 'COM3', vendorId: '0B0E', productId: 'A1FF' };
  expect(await listSerialPorts(async () => [port], 'win32')).toMatchObject({
    ports: [{ vendorId: '0b0e', productId: 'a1ff' }],
  });
});

test('a system that cannot list says why', async () => {
  const list = () => Promise.reject(new Error('spawn udevadm ENOENT'));
  expect(await listSerialPorts(list, 'linux')).toEqual({ kind: 'unavailable', detail: 'spawn udevadm ENOENT' });
});

test('the real list answers', async () => {
  expect((await listSerialPorts()).kind).toMatch(/^(listed|unavailable)$/);
});
