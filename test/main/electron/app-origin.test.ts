import { expect, test } from 'vitest';
import { appSchemePrivileges, isOurs } from '../../../main/electron/app-origin.ts';

test.each(['app://console', 'app://console/', 'app://console/desk/index.html?bar#/calls', 'APP://console/'])(
  'ours: %s',
  (address) => {
    expect(isOurs(address)).toBe(true);
  },
);

test.each([
  '',
  'null',
  'console',
  'app:',
  'app://',
  'app:console',
  'app:/console',
  'app://console.evil/',
  'app://consol',
  'app://evil/console',
  'app://console:80/',
  'app://user@console/',
  'app://console@evil/',
  'app://CONSOLE/',
  'app:\\\\console\\',
  'application://console/',
  'https://console/',
  'http://app//console',
  'file:///app://console',
  'blob:app://console/1',
  'about:blank',
  'data:text/html,app://console',
  'javascript:location="app://console"',
  'devtools://devtools/',
  'view-source:app://console/',
  'chrome-extension://console/',
])('not ours: %s', (address) => {
  expect(isOurs(address)).toBe(false);
});

test('the scheme is CORS-enabled, else any origin could read our files (CVE-2026-70604)', () => {
  expect(appSchemePrivileges).toEqual({
    standard: true,
    secure: true,
    supportFetchAPI: true,
    corsEnabled: true,
    bypassCSP: false,
    allowServiceWorkers: false,
    stream: false,
  });
});
