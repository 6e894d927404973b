import { expect, test } from 'vitest';
import {
  type HardenedContents,
  type HardenedSession,
  hardenContents,
  hardenSession,
} from '../../../main/electron/harden.ts';

type Handlers = Record<string, (...args: never[]) => unknown>;

/** A session that remembers each handler by the name of its setter or event. */
function fakeSession() {
  const handlers: Handlers = {};
  const keep = (name: string) => (handler: unknown) => {
    if (typeof handler === 'function') Object.assign(handlers, { [name]: handler });
  };
  const session: HardenedSession = {
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('display'),
    setUSBProtectedClassesHandler: keep('usb'),
    setCertificateVerifyProc: keep('certificate'),
    webRequest: { onBeforeRequest: keep('fetch') },
    on: (event: string, listener: unknown) => keep(event)(listener),
    setSpellCheckerEnabled: (isEnabled) => keep('spelling')(() => isEnabled),
  };
  return { session, call: (name: string, ...args: unknown[]): unknown => handlers[name]?.(...(args as never[])) };
}

function hardened(switches: readonly string[] = []) {
  const { session, call } = fakeSession();
  hardenSession(session, {
    switches: () => switches,
    pins: [{ host: 'hub.example', keys: ['a'] }],
    now: () => 0,
    readsHid: true,
  });
  const answerOf = (name: string, ...args: unknown[]): unknown => {
    let answer: unknown = 'no answer';
    call(name, ...args, (given: unknown) => {
      answer = given;
    });
    return answer;
  };
  return { call, answerOf };
}

const ours = { isMainFrame: true, requestingUrl: 'app://console/desk/index.html' };

test('a permission request is decided by the frame that asks, whatever window it is in', () => {
  const { session, call } = fakeSession();
  hardenSession(session, { switches: () => [], pins: [], now: () => 0, readsHid: true });
  const request = (permission: string, details: object): unknown => {
    let answer: unknown = 'no answer';
    call(
      'request',
      { getURL: () => 'app://console/desk/index.html' },
      permission,
      (given: unknown) => {
        answer = given;
      },
      details,
    );
    return answer;
  };
  expect([
    request('media', { ...ours, mediaTypes: ['audio'] }),
    request('media', { ...ours, mediaTypes: ['audio', 'video'] }),
    request('media', ours),
    request('notifications', ours),
    request('notifications', { ...ours, isMainFrame: false }),
    request('notifications', { ...ours, requestingUrl: 'https://evil.test/' }),
    request('geolocation', ours),
  ]).toEqual([true, false, false, true, false, false, false]);
});

test('a permission check likewise, also with no window and for the local network of the moment', () => {
  const check = (switches: readonly string[], permission: string, origin: string, details: object) =>
    hardened(switches).call('check', null, permission, origin, details);
  expect([
    check([], 'media', 'app://console', { ...ours, mediaType: 'audio' }),
    check([], 'media', 'app://console', { ...ours, mediaType: 'video' }),
    check([], 'media', 'app://console', ours),
    check([], 'local-network-access', 'app://console', ours),
    check(['wss://switch.example'], 'local-network-access', 'app://console', ours),
    check(['wss://switch.example'], 'local-network-access', 'null', ours),
  ]).toEqual([true, false, false, false, true, false]);
});

test('devices, screens, spelling, downloads but files our page made: no', () => {
  const { call, answerOf } = hardened();
  const isPrevented = (address: string): boolean => {
    let wasPrevented = false;
    const preventDefault = (): void => {
      wasPrevented = true;
    };
    call('will-download', { preventDefault }, { getURL: () => address });
    return wasPrevented;
  };
  expect({
    device: call('device', { deviceType: 'hid', origin: 'app://console', device: { collections: [{ usagePage: 1 }] } }),
    headset: call('device', {
      deviceType: 'hid',
      origin: 'app://console',
      device: { collections: [{ usagePage: 11 }] },
    }),
    chosen: answerOf('select-hid-device', { preventDefault: () => undefined }, { deviceList: [], frame: null }),
    display: answerOf('display', {}),
    usb: call('usb', { protectedClasses: ['hid', 'audio'] }),
    downloads: [
      'https://files.example/a.exe',
      'blob:https://files.example/1',
      'blob:null/1',
      'app://console/main.js',
      'blob:app://console/1',
    ].map(isPrevented),
    spelling: call('spelling'),
  }).toEqual({
    device: false,
    headset: true,
    chosen: null,
    display: null,
    usb: ['hid', 'audio'],
    downloads: [true, true, true, true, false],
    spelling: false,
  });
});

test('requests outside of our files and the switch are cancelled', () => {
  const { answerOf } = hardened(['wss://switch.example']);
  const fetched = (url: string) => answerOf('fetch', { url });
  expect([fetched('app://console/'), fetched('wss://switch.example/ws'), fetched('https://evil.test/')]).toEqual([
    { cancel: false },
    { cancel: false },
    { cancel: true },
  ]);
});

test('a pinned host is judged by its pin, every other by Chromium', () => {
  const { answerOf } = hardened();
  const shown = (hostname: string) => ({ hostname, certificate: { data: 'x' }, verificationResult: 'net::OK' });
  expect([answerOf('certificate', shown('hub.example')), answerOf('certificate', shown('other.example'))]).toEqual([
    -2, -3,
  ]);
});

test('contents: every way to navigate is guarded, a webview is not attached, a window is denied', () => {
  const handlers: Handlers = {};
  const opened: string[] = [];
  let windowHandler: Parameters<HardenedContents['setWindowOpenHandler']>[0] | null = null;
  const contents: HardenedContents = {
    on: (event: string, listener: unknown) => Object.assign(handlers, { [event]: listener }),
    setWindowOpenHandler: (handler) => {
      windowHandler = handler;
    },
    getURL: () => 'app://console/desk/index.html',
  };
  hardenContents(contents, (address) => opened.push(address));
  const wasPrevented = (event: string, url: string, isMainFrame = true): boolean => {
    let isPrevented = false;
    handlers[event]?.({
      url,
      isMainFrame,
      preventDefault: () => {
        isPrevented = true;
      },
    } as never);
    return isPrevented;
  };
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
    expect([
      wasPrevented(event, 'app://console/desk/index.html'),
      wasPrevented(event, 'https://evil.test/'),
      wasPrevented(event, 'app://console/desk/index.html', false),
    ]).toEqual([false, true, true]);
  }
  expect(wasPrevented('will-attach-webview', '')).toBe(true);
  const deny = windowHandler as unknown as (asked: { url: string }) => unknown;
  expect([deny({ url: 'javascript:alert(1)' }), opened]).toEqual([{ action: 'deny' }, ['javascript:alert(1)']]);
});
