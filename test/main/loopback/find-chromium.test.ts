import { describe, expect, test } from 'vitest';
import { chromiumPaths, type FindOptions, findChromium, findElectron } from '../../../main/loopback/find-chromium.ts';

const machine = (
  platform: NodeJS.Platform,
  programs: readonly string[],
  environment: FindOptions['environment'],
): FindOptions => ({ platform, environment, isProgram: (path) => programs.includes(path) });

describe('findChromium', () => {
  test('takes the first of the family on PATH, a snap last, and nothing by a relative PATH', () => {
    const environment = { PATH: 'bin:.:/snap/bin:/opt/x/bin:/usr/bin' };
    const find = (...programs: string[]): string | null => findChromium(machine('linux', programs, environment));
    expect(find('/usr/bin/chromium', '/usr/bin/google-chrome')).toBe('/usr/bin/google-chrome');
    expect(find('/snap/bin/chromium', '/usr/bin/microsoft-edge')).toBe('/usr/bin/microsoft-edge');
    expect(find('/snap/bin/chromium')).toBe('/snap/bin/chromium');
    expect(find('bin/chromium', './chromium', 'chromium')).toBeNull();
    expect(find()).toBeNull();
  });

  test('knows where Windows and macOS put them', () => {
    const windows = { PROGRAMFILES: 'C:\\Program Files', 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' };
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    expect(findChromium(machine('win32', [edge], windows))).toBe(edge);
    const chrome = '/Users/li/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findChromium(machine('darwin', [chrome], { HOME: '/Users/li' }))).toBe(chrome);
    expect(chromiumPaths({ platform: 'win32', environment: {} })).toEqual([]);
  });

  test('HOOKLINE_CHROMIUM wins, and is not replaced in silence when it is not there', () => {
    const programs = ['/usr/bin/chromium', '/my/chrome'];
    const find = (chosen: string): string | null =>
      findChromium(machine('linux', programs, { PATH: '/usr/bin', HOOKLINE_CHROMIUM: chosen }));
    expect([find('/my/chrome'), find('/gone'), find('')]).toEqual(['/my/chrome', null, '/usr/bin/chromium']);
  });
});

test('findElectron looks where npm puts the binary of each system', () => {
  const paths = {
    linux: '/hl/node_modules/electron/dist/electron',
    darwin: '/hl/node_modules/electron/dist/Electron.app/Contents/MacOS/Electron',
  } as const;
  expect(findElectron('/hl', machine('linux', [paths.linux], {}))).toBe(paths.linux);
  expect(findElectron('/hl', machine('darwin', [paths.darwin], {}))).toBe(paths.darwin);
  const windows = 'C:\\hl\\node_modules\\electron\\dist\\electron.exe';
  expect(findElectron('C:\\hl', machine('win32', [windows], {}))).toBe(windows);
  expect(findElectron('/hl', machine('linux', [], {}))).toBeNull();
});
