import { expect, test } from 'vitest';
import { chooseShell, type ShellFacts } from '../../main/shell-choice.ts';
import { readStartOptions } from '../../main/start-options.ts';

const facts: ShellFacts = {
  platform: 'linux',
  env: { DISPLAY: ':0' },
  isDemo: false,
  isHeadless: false,
  printsUrl: false,
  electron: '/electron',
};

test.each<[string, Partial<ShellFacts>, string]>([
  ['Electron where it is there', {}, 'electron'],
  ['a browser where it is not', { electron: null }, 'browser'],
  ['the demo without a display', { env: {} }, 'demo'],
  ['Wayland is a display', { env: { WAYLAND_DISPLAY: 'wayland-0' } }, 'electron'],
  ['Windows always has a display', { env: {}, platform: 'win32' }, 'electron'],
  ['headless is the browser shell', { isHeadless: true, env: {} }, 'browser'],
  ['the address alone is the browser shell', { printsUrl: true, env: {} }, 'browser'],
  ['the demo when asked', { isDemo: true }, 'demo'],
])('%s', (_name, change, shell) => {
  expect(chooseShell({ ...facts, ...change })).toBe(shell);
});

test('a wrong word on the command line is an error in words', () => {
  expect(readStartOptions(['--profle', 'x'])).toEqual({ error: expect.stringContaining('--profle') });
});

test('options are read', () => {
  expect(readStartOptions(['--profile', 'x', '--demo', '--json'])).toEqual({
    profile: 'x',
    practice: false,
    headless: false,
    demo: true,
    json: true,
    printUrl: false,
    help: false,
  });
});
