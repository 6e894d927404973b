import { expect, test } from 'vitest';
import { isOurs } from '../../../main/electron/app-origin.ts';
import { pageOfWindow, windowAddress } from '../../../main/electron/page-windows.ts';
import {
  barWindowOptions,
  deskWindowOptions,
  phoneWindowOptions,
  refuseWebview,
} from '../../../main/electron/window-options.ts';

const setup = { preload: '/app/preload.cjs', isRelease: true, title: 'Hookline', icon: '/app/icon.png' };
const area = { x: 100, y: 24, width: 1920 };
const windows = {
  phone: phoneWindowOptions(setup),
  desk: deskWindowOptions(setup),
  bar: barWindowOptions(setup, area),
};

test.each(Object.entries(windows))(
  'the %s window has no Node, no tag for other pages and no DevTools',
  (_name, options) => {
    expect(options.webPreferences).toMatchObject({
      preload: '/app/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      devTools: false,
    });
    expect(Object.keys(options.webPreferences)).not.toContain('enableBlinkFeatures');
  },
);

test('DevTools are there in a build at hand', () => {
  expect(deskWindowOptions({ ...setup, isRelease: false }).webPreferences.devTools).toBe(true);
});

test('the phone is never seen and never slowed down, and rings without a click', () => {
  expect(windows.phone).toMatchObject({
    show: false,
    skipTaskbar: true,
    webPreferences: { backgroundThrottling: false, autoplayPolicy: 'no-user-gesture-required' },
  });
});

test('the desk is never smaller than the screens are drawn for', () => {
  expect(windows.desk).toMatchObject({ show: false, minWidth: 1024, minHeight: 640 });
});

test('the bar stays on top, in the middle of the upper edge, also of a screen narrower than it', () => {
  expect(windows.bar).toMatchObject({ alwaysOnTop: true, frame: false, x: 820, y: 24, width: 480, height: 64 });
  expect(barWindowOptions(setup, { x: -320, y: 0, width: 320 })).toMatchObject({ x: -320, y: 0 });
});

test('windows show our pages, and speak as the page they show', () => {
  expect(Object.values(windowAddress).map(isOurs)).toEqual([true, true, true]);
  expect(pageOfWindow).toEqual({ phone: 'phone', desk: 'desk', bar: 'desk' });
});

test('a webview is not attached', () => {
  let wasPrevented = false;
  refuseWebview({
    preventDefault: () => {
      wasPrevented = true;
    },
  });
  expect(wasPrevented).toBe(true);
});
