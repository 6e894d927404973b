import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  chosenDevice,
  mayHaveDevice,
  mayHavePermission,
  noScreen,
  type PermissionAsked,
} from '../../../main/electron/permissions.ts';

/** Every permission name of the installed Electron, read from its typings, so that a new one is seen at the update. */
const names = readPermissionNames();

const granted = ['media', 'speaker-selection', 'notifications', 'clipboard-sanitized-write'];
const grantedWithSwitch = [...granted, 'local-network', 'local-network-access', 'loopback-network'];

const asked = (change: Partial<PermissionAsked>): PermissionAsked => ({
  permission: 'notifications',
  requester: 'app://console',
  isMainFrame: true,
  media: ['audio'],
  hasSwitch: false,
  readsHid: false,
  ...change,
});

test('the typings were read', () => {
  expect(names.length).toBeGreaterThan(40);
  expect(names).toEqual(expect.arrayContaining([...grantedWithSwitch, 'hid', 'serial', 'usb', 'unknown']));
});

test('of all names, our page gets these and no other', () => {
  expect(names.filter((permission) => mayHavePermission(asked({ permission }))).sort()).toEqual([...granted].sort());
});

test('with a switch it may reach the local network too', () => {
  const got = names.filter((permission) => mayHavePermission(asked({ permission, hasSwitch: true })));
  expect(got.sort()).toEqual([...grantedWithSwitch].sort());
});

test.each([
  'null',
  '',
  undefined,
  'https://evil.test',
  'http://127.0.0.1',
  'app://other',
  'app://console.evil',
  'file://',
  'about:blank',
])('nobody else gets anything: %s', (requester) => {
  expect(names.filter((permission) => mayHavePermission(asked({ permission, requester, hasSwitch: true })))).toEqual(
    [],
  );
});

test('a frame inside our page gets nothing, even from our origin', () => {
  const got = names.filter((permission) =>
    mayHavePermission(asked({ permission, isMainFrame: false, hasSwitch: true })),
  );
  expect(got).toEqual([]);
});

test.each([
  [['audio'], true],
  [['video'], false],
  [['audio', 'video'], false],
  [['unknown'], false],
  [[], false],
])('media %j: %s', (media, isGranted) => {
  expect(mayHavePermission(asked({ permission: 'media', media }))).toBe(isGranted);
});

test('a name that does not exist yet is refused', () => {
  expect(mayHavePermission(asked({ permission: 'telepathy', hasSwitch: true }))).toBe(false);
});

test('off Linux it may read what headsets mean; on Linux it may not even do that', () => {
  const got = (readsHid: boolean) => names.filter((permission) => mayHavePermission(asked({ permission, readsHid })));
  expect([got(true).includes('hid'), got(false).includes('hid')]).toEqual([true, false]);
  expect(mayHavePermission(asked({ permission: 'hid', readsHid: true, requester: 'https://evil.test' }))).toBe(false);
});

test('of devices, our page sees those with call or volume keys, and nobody sees the screen', () => {
  const headset = {
    deviceId: 'h',
    collections: [{ usagePage: 1 }, { usagePage: 0xff00, children: [{ usagePage: 11 }] }],
  };
  const volume = { deviceId: 'v', collections: [{ usagePage: 12 }] };
  const keyboard = { deviceId: 'k', collections: [{ usagePage: 1, children: [{ usagePage: 7 }] }] };
  const may = (device: object, origin = 'app://console', deviceType = 'hid', readsHid = true): boolean =>
    mayHaveDevice({ deviceType, origin, device }, readsHid);
  expect([headset, volume, keyboard, {}, { collections: null }].map((device) => may(device))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([
    may(headset, 'https://evil.test'),
    may(headset, 'app://console', 'usb'),
    may(headset, 'app://console', 'hid', false),
  ]).toEqual([false, false, false]);
  expect([
    chosenDevice('app://console/phone/', [keyboard, headset], true),
    chosenDevice('app://console/phone/', [keyboard], true),
    chosenDevice('https://evil.test/', [headset], true),
  ]).toEqual(['h', null, null]);
  expect(noScreen).toBeNull();
});

function readPermissionNames(): string[] {
  const electron = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const typings = readFileSync(join(electron, 'electron.d.ts'), 'utf8');
  const unions = typings.matchAll(/setPermission(?:Request|Check)Handler\(handler: .*?permission: ([^,]+),/g);
  return [
    ...new Set([...unions].flatMap(([, union = '']) => [...union.matchAll(/'([^']+)'/g)].map(([, name = '']) => name))),
  ];
}
