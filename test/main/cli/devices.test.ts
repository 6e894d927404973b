import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portLines } from '../../../main/cli/devices.ts';
import { mockInfinity, mockStreamDeck } from '../../native/panels/mock-panels.ts';
import { type MockHeadset, startMockHeadset } from '../../rig/mock-headset.ts';

const runner = fileURLToPath(new URL('./run-command.ts', import.meta.url));

describe.skipIf(!existsSync('/usr/bin/umockdev-wrapper'))('hookline devices', () => {
  let mock: MockHeadset;
  beforeAll(async () => {
    mock = await startMockHeadset();
  });
  afterAll(() => mock.stop());
  const devices = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, ...mock.env };
    return (await promisify(execFile)(process.execPath, [runner, 'devices', ...args], { env })).stdout;
  };

  it('says so when nothing is plugged in', async () => {
    expect(await devices()).toBe('No call-control device is plugged in.\n');
    expect(JSON.parse(await devices('--json'))).toEqual([]);
  });

  it('lists what is plugged in and what it can do', async () => {
    await mock.plug('047f-c056-plantronics-blackwire-3220.telephony.json', 0);
    await mock.plug('047f-c056-plantronics-blackwire-3220.vendor-ffa0.json', 1);
    expect(JSON.parse(await devices('--json'))).toMatchObject([
      {
        deviceId: 'hid-047f-c056-ABC123-3',
        name: 'Plantronics Blackwire 3220 Series',
        kind: 'headset',
        path: '/dev/hidraw0',
        keys: ['Phone Mute', 'Hook Switch', 'Flash'],
        lamps: ['mute', 'off-hook', 'ring', 'speaker', 'hold', 'on-line'],
        state: { kind: 'open' },
      },
      { kind: 'unknown', path: '/dev/hidraw1', state: { kind: 'not-telephony' } },
    ]);
    const text = await devices();
    expect(text).toContain('keys   Phone Mute, Hook Switch, Flash');
    expect(text).toContain('1 other HID device(s)');
  });

  it('shows a panel and a pedal with their keys', async () => {
    await mock.plug(mockStreamDeck, 2);
    await mock.plug(mockInfinity, 3);
    const listed: readonly { kind: string; keys: readonly string[] }[] = JSON.parse(await devices('--json'));
    expect(listed.slice(-2).map(({ kind, keys }) => [kind, keys.length])).toEqual([
      ['panel', 15],
      ['pedal', 3],
    ]);
    const text = await devices();
    expect(text).toContain('panel  5 x 3: 15 with pictures, 0 with lamps');
    expect(text).toContain('pedal  3 x 1: 0 with pictures, 0 with lamps');
    expect(text).toContain('unproven: No public source has its report descriptor.');
  });
});

it('names the serial ports there are, or why they cannot be named', () => {
  const one = { path: '/dev/ttyUSB0', manufacturer: 'FTDI', serialNumber: 'A1', vendorId: '0403', productId: '6001' };
  const other = { path: '/dev/ttyACM0', manufacturer: '', serialNumber: '', vendorId: '', productId: '' };
  expect(portLines({ kind: 'listed', ports: [one, other] })).toBe(
    'Serial ports, for equipment (see: hookline serial --help)\n  /dev/ttyUSB0  FTDI  A1\n  /dev/ttyACM0\n',
  );
  expect(portLines({ kind: 'listed', ports: [] })).toBe('');
  expect(portLines({ kind: 'unavailable', detail: 'no udev' })).toBe('The serial ports cannot be listed: no udev\n');
});
