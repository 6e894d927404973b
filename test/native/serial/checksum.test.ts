import { expect, test } from 'vitest';
import { type ChecksumRule, checksumRule, isSealed, seal } from '../../../native/serial/checksum.ts';

const check = Buffer.from('123456789', 'latin1');
const last = (kind: ChecksumRule['kind'], width: number): ChecksumRule =>
  checksumRule.parse({ kind, to: -1 - width, at: -width, endian: 'be' });

test('the published check values of "123456789"', () => {
  const values: readonly (readonly [ChecksumRule['kind'], number, string])[] = [
    ['sum8', 1, 'dd'],
    ['negSum8', 1, '23'],
    ['lrc', 1, '23'],
    ['xor8', 1, '31'],
    ['crc8', 1, 'f4'],
    ['crc16modbus', 2, '4b37'],
    ['crc16ccitt', 2, '29b1'],
    ['crc16x', 2, '31c3'],
  ];
  for (const [kind, width, value] of values) {
    const sealed = seal(last(kind, width), check) ?? new Uint8Array(0);
    expect(Buffer.from(sealed.subarray(9)).toString('hex'), kind).toBe(value);
    expect(isSealed(last(kind, width), sealed), kind).toBe(true);
    expect(isSealed(last(kind, width), sealed.with(0, 0x30)), kind).toBe(false);
  }
});

test('a Modbus RTU frame and an NMEA-like line', () => {
  const modbus = checksumRule.parse({ kind: 'crc16modbus', to: -3, at: -2 });
  expect(isSealed(modbus, Buffer.from('010300000001840a', 'hex'))).toBe(true);
  const line = checksumRule.parse({ kind: 'xor8', from: 1, to: -4, at: -2, encoding: 'hexAscii' });
  expect(Buffer.from(seal(line, Buffer.from('$GPGLL*')) ?? []).toString()).toBe('$GPGLL*50');
  expect(isSealed(line, Buffer.from('$GPGLL*50'))).toBe(true);
});

test('too short a frame is wrong, not an error', () => {
  const rule = checksumRule.parse({ kind: 'crc16modbus', to: -3, at: -2 });
  expect([isSealed(rule, new Uint8Array(0)), isSealed(rule, new Uint8Array(2)), seal(rule, new Uint8Array(0))]).toEqual(
    [false, false, undefined],
  );
});
