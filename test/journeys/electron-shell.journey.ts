import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { buildPages, runVite } from '../../main/build-pages.ts';
import { windowAddress } from '../../main/electron/page-windows.ts';
import { electronBinary } from '../../main/find-electron.ts';

/**
 * The Electron shell itself, where there is an Electron binary (the npm package has fetched it, or HOOKLINE_ELECTRON
 * names one) and a display. Elsewhere everything but Electron is seen in test/main/electron: each rule, that the shell
 * asks it, the bundled processes, the pages under their policy, the package.
 */
const house = fileURLToPath(new URL('../..', import.meta.url));
const electron = electronBinary(house, process.env);
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

if (electron === null || !hasDisplay) {
  test('without an Electron binary and a display nothing is claimed of them', () => {
    expect(electron === null || !hasDisplay).toBe(true);
  });
} else {
  test('a console opens: three windows, no Node in them, nowhere to go, and the seat behind them', async () => {
    const { app, windowAt } = await launch(electron);
    const desk = await windowAt(windowAddress.desk);
    const phone = await windowAt(windowAddress.phone);
    await windowAt(windowAddress.bar);
    await desk.waitForSelector('main');

    expect(await phone.evaluate(seenFromInside)).toEqual(nothing);
    expect(await desk.evaluate(seenFromInside)).toEqual(nothing);
    const escapes = await desk.evaluate(async () => {
      const opened = window.open('about:blank');
      location.href = 'https://example.test/';
      const fetched = await fetch('http://127.0.0.1:9/').then(
        () => true,
        () => false,
      );
      const media = await navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => true,
        () => false,
      );
      return { opened: opened !== null, fetched, media };
    });
    expect(escapes).toEqual({ opened: false, fetched: false, media: false });
    expect(desk.url()).toContain(windowAddress.desk);
    expect(app.windows()).toHaveLength(3);
    // Root has no sandbox to look for; a person at a seat is never root.
    if (process.platform === 'linux' && process.getuid?.() !== 0)
      expect(await sandboxOf(app, desk)).toEqual({ seccomp: '2', noNewPrivileges: '1' });
  });
}

const nothing = { require: 'undefined', process: 'undefined', Buffer: 'undefined', module: 'undefined' };

function seenFromInside(): Record<string, string> {
  const names = ['require', 'process', 'Buffer', 'module'];
  return Object.fromEntries(names.map((name) => [name, typeof Reflect.get(globalThis, name)]));
}

async function launch(executablePath: string) {
  await buildPages(house, () => {});
  await runVite(house, 'main/vite.config.ts');
  const profile = mkdtempSync(join(tmpdir(), 'hookline-electron-shell-'));
  const isRoot = process.getuid?.() === 0;
  const args = [...(isRoot ? ['--no-sandbox'] : []), house, '--profile', profile, '--practice'];
  const app = await _electron.launch({ executablePath, args });
  onTestFinished(async () => {
    await app.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const windowAt = async (address: string): Promise<Page> =>
    app.windows().find((page) => page.url() === address) ??
    app.waitForEvent('window', { predicate: (page) => page.waitForURL(address).then(() => true) });
  return { app, windowAt };
}

/** What the kernel says of the process that draws a page: seccomp filter on, no way back to more rights. */
async function sandboxOf(app: ElectronApplication, page: Page) {
  const url = page.url();
  const pid = await app.evaluate(
    ({ webContents }, address) =>
      webContents
        .getAllWebContents()
        .find((each) => each.getURL() === address)
        ?.getOSProcessId(),
    url,
  );
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { seccomp: /^Seccomp:\t(\d)/m.exec(status)?.[1], noNewPrivileges: /^NoNewPrivs:\t(\d)/m.exec(status)?.[1] };
}
