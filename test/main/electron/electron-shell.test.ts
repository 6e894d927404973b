import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleMain } from './bundled-main.ts';

/** The bundled main/electron.ts, run to its end on a twin of Electron (electron-twin.mjs); the seat behind it is real. */

/** Three programs are bundled and loaded, and a store is made; on two busy cores that takes a while. */
const patienceMs = 60_000;

let folder = '';
let program = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hookline-shell-'));
  mkdirSync(join(folder, 'app/dist/renderer/desk'), { recursive: true });
  writeFileSync(join(folder, 'app/dist/renderer/desk/index.html'), '<!doctype html>');
  const file = await bundleMain(join(import.meta.dirname, '../../../node_modules/.cache/hookline-test/shell'));
  program = file('electron.js');
}, patienceMs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it; answers what it called, in order, and how it ended. */
function run(
  profile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ calls: unknown[][]; code: number | null; stderr: string }> {
  const hook = new URL('./electron-twin-hook.mjs', import.meta.url).href;
  const args = ['--import', hook, program, folder, '--profile', join(folder, profile), '--practice'];
  const child = spawn(process.execPath, args, { env: { ...process.env, TWIN_APP: join(folder, 'app'), ...env } });
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const lines = Buffer.concat(out)
        .toString()
        .trim()
        .split('\n')
        .filter((line) => line !== '');
      resolve({ calls: lines.map((line) => JSON.parse(line)), code, stderr: Buffer.concat(errors).toString() });
    });
  });
}

test(
  'it opens, hands the desk its port, refuses a stranger, and ends by Quit with the seat closed',
  async () => {
    const { calls, code, stderr } = await run('opened');
    const names = calls.map(([name]) => name);
    expect({ code, last: calls.at(-1), stderr }).toMatchObject({ code: 0, last: ['exit', 0] });
    // Before Electron is ready: sandbox, scheme, lock, switches.
    const early = names.slice(0, names.indexOf('whenReady'));
    expect(early).toEqual([
      'setPath',
      'requestSingleInstanceLock',
      'enableSandbox',
      'privileged',
      'appendSwitch',
      'appendSwitch',
    ]);
    expect(calls.filter(([name]) => name === 'privileged')).toEqual([['privileged', 'app', true]]);
    expect(names.indexOf('protocol.handle')).toBeLessThan(names.indexOf('window'));
    expect(names.filter((name) => name === 'setPermissionRequestHandler')).toHaveLength(1);
    expect(calls.filter(([name]) => name === 'window')).toEqual(
      Array.from({ length: 3 }, () => ['window', true, true]),
    );
    expect(calls.filter(([name]) => name === 'fork')).toEqual([
      ['fork', 'seat-utility.js'],
      ['fork', 'device-process.js'],
    ]);
    expect(calls.filter(([name]) => name === 'answered')).toEqual([['answered', 'hookline:port', '!']]);
    expect(stderr.match(/a port was refused: sender/g)).toHaveLength(2);
    expect(stderr).toContain('no-key-ring');
    expect(existsSync(join(folder, 'opened/hookline.db'))).toBe(true);
  },
  patienceMs,
);

test(
  'a second one on the same profile gives way at once',
  async () => {
    const { calls, code } = await run('second', { TWIN_SECOND: '1' });
    expect([calls.map(([name]) => name), code]).toEqual([['setPath', 'requestSingleInstanceLock', 'quit'], 0]);
  },
  patienceMs,
);

test(
  'a profile that cannot be opened is refused in words, in a box',
  async () => {
    mkdirSync(join(folder, 'torn'));
    writeFileSync(join(folder, 'torn/hookline.db'), 'not a database');
    const { calls, code } = await run('torn');
    const box = calls.find(([name]) => name === 'showErrorBox');
    expect([code, calls.some(([name]) => name === 'window')]).toEqual([1, false]);
    expect(box?.[1]).toMatch(/^The key file of this profile is gone\./);
  },
  patienceMs,
);

test(
  'a release does not start with a debugger asked for; nothing at all is touched',
  async () => {
    const { calls, code } = await run('debugged', { TWIN_RELEASE: '1', TWIN_SWITCH: 'remote-debugging-port' });
    expect([calls.map(([name]) => name), code]).toEqual([['showErrorBox', 'exit'], 1]);
    expect(existsSync(join(folder, 'debugged'))).toBe(false);
  },
  patienceMs,
);
