import { readFileSync } from 'node:fs';
import { type ESTree, parseSync } from 'vite';
import { expect, test } from 'vitest';

/**
 * The rules are tested one by one; here it is seen that the shell really asks them, without an Electron: every call that
 * main/electron.ts makes, read from its syntax tree.
 */
const calls = callsIn('../../../main/electron.ts');
const preloadCalls = callsIn('../../../main/preload.cts');

type Call = { readonly callee: string; readonly args: readonly string[]; readonly at: number };

function callsIn(path: string): readonly Call[] {
  const source = readFileSync(new URL(path, import.meta.url), 'utf8');
  const found: Call[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (!isNode(node)) return;
    if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      const text = (part: ESTree.Node): string => source.slice(part.start, part.end);
      found.push({ callee: text(node.callee), args: node.arguments.map(text), at: node.start });
    }
    Object.values(node).forEach(visit);
  };
  visit(parseSync(path.replace('.cts', '.ts'), source).program);
  return found;
}

function isNode(value: unknown): value is ESTree.Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

const called = (callee: string): readonly Call[] => calls.filter((call) => call.callee === callee);
const firstArgs = (callee: string): readonly string[] => called(callee).map(({ args }) => args[0] ?? '');

test('every rule is asked', () => {
  const rules = [
    'refusedSwitch',
    'hardenSession',
    'hardenContents',
    'answerAppRequest',
    'policyOf',
    'listAppFiles',
    'openSafeKey',
    'answerPortRequest',
    'decideExternalLink',
    'readDialArgument',
    'switchOrigin',
    'restartDelayAfter',
    'claimInstance',
    'runSeatShell',
    'app.enableSandbox',
    'app.requestSingleInstanceLock',
    'utilityProcess.fork',
  ];
  expect(rules.filter((rule) => called(rule).length === 0)).toEqual([]);
});

test('on every session and every contents there will ever be, and on every second start', () => {
  const handled = calls.filter(({ callee }) => callee === 'app.on').map(({ args }) => `${args[0]} ${args[1]}`);
  const of = (event: string) => handled.find((each) => each.startsWith(`'${event}'`));
  expect(of('session-created')).toContain('hardenSession(session');
  expect(of('web-contents-created')).toContain('hardenContents(contents');
  expect(of('second-instance')).toContain('show(');
  expect(of('open-url')).toContain('preventDefault');
  // Not `will-quit`: the desk refuses to close, so quitting would never come that far.
  expect(of('before-quit')).toContain('stop()');
  expect(of('will-quit')).toBe(undefined);
});

test('sandbox, scheme and lock come before Electron is ready', () => {
  const ready = called('app.whenReady')[0]?.at ?? 0;
  const before = [
    'app.enableSandbox',
    'protocol.registerSchemesAsPrivileged',
    'app.requestSingleInstanceLock',
    'app.commandLine.appendSwitch',
    'app.setPath',
  ];
  expect(before.filter((callee) => (called(callee)[0]?.at ?? Number.POSITIVE_INFINITY) > ready)).toEqual([]);
  const sandboxAt = called('app.enableSandbox')[0]?.at ?? 0;
  expect(called('app.on').every(({ at }) => at > sandboxAt)).toBe(true);
});

test('windows are made with the options of the rules alone', () => {
  expect(firstArgs('BrowserWindow').map((options) => options.split('(')[0])).toEqual([
    'phoneWindowOptions',
    'deskWindowOptions',
    'barWindowOptions',
  ]);
});

test('one channel is heard, and it is the one that is checked', () => {
  expect(
    calls.filter(({ callee }) => callee.startsWith('ipcMain.')).map(({ callee, args }) => [callee, args[0]]),
  ).toEqual([['ipcMain.on', 'portChannel']]);
});

test('links leave by the one function that decides', () => {
  expect(calls.filter(({ callee }) => callee.startsWith('shell.'))).toMatchObject([
    { callee: 'shell.openExternal', args: ['link.url'] },
  ]);
});

test('nothing opens what the rules have closed', () => {
  const forbidden =
    /openDevTools|executeJavaScript|insertCSS|setCertificateVerifyProc|setPermission|fork$|spawn|exec$|fromPartition|openPath|disableHardwareAcceleration|removeAllListeners/;
  expect(calls.map(({ callee }) => callee).filter((callee) => forbidden.test(callee))).toEqual(['utilityProcess.fork']);
});

test('the preload puts no name into the page, and speaks on one channel', () => {
  expect(preloadCalls.map(({ callee, args }) => `${callee}(${args[0]})`)).toEqual([
    "require('electron')",
    "require('../core/carrier-frame.ts')",
    "require('./electron/page-link.ts')",
    "window.addEventListener('message')",
    'ipcRenderer.send(portChannel)',
    'ipcRenderer.on(portChannel)',
    'window.postMessage(portHere)',
  ]);
});
