import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDeviceProcess } from '../native/device-client.ts';
import { twinsFileName } from '../native/twin-names.ts';
import packageFile from '../package.json' with { type: 'json' };
import { listAppFiles } from './app-files.ts';
import { socketWire } from './carriers/socket-wire.ts';
import { demoResult } from './demo-run.ts';
import { readLightRules } from './lights-file.ts';
import { findChromium } from './loopback/find-chromium.ts';
import { launchChromium } from './loopback/launch-chromium.ts';
import { type LoopbackHost, startLoopbackHost } from './loopback/loopback-host.ts';
import { profileFolder } from './profile-folder.ts';
import { type RunningSeat, runSeat } from './running-seat.ts';
import type { Log, SeatDevices } from './seat-ports.ts';
import { readStartOptions, type StartOptions, startHelp } from './start-options.ts';
import { fileKeyKeeper } from './store/profile-key.ts';
import { profilePaths } from './store/profile-paths.ts';
import { seatFolder } from './store/seat-folder.ts';
import { claimInstance } from './store/single-instance.ts';

/** Composition root of the browser shell: plain Node, a loopback host, and a Chromium window in front of it. */

const house = dirname(dirname(fileURLToPath(import.meta.url)));
const log: Log = (level, message) => {
  if (level !== 'info') console.error(`hookline: ${message}`);
};

// A promise nobody waited for is a fault to be told, and no reason to end a seat in the middle of a call.
process.on('unhandledRejection', (error) => log('error', `a promise nobody waited for failed: ${String(error)}`));

const options = readStartOptions(process.argv.slice(2));
if ('error' in options) {
  console.error(`hookline: ${options.error}\n${startHelp}`);
  process.exitCode = 2;
} else {
  process.exitCode = await main(options);
  // The last log lines are written; whatever handle a library still holds must not keep a closed console alive.
  process.exit();
}

async function main(asked: StartOptions): Promise<number> {
  const directory =
    asked.profile ??
    (asked.demo ? mkdtempSync(join(tmpdir(), 'hookline-demo-')) : profileFolder(process.platform, process.env));
  let focus = (): void => {};
  // On a disk that takes nothing the lock and the window's own files lie where the seat works instead.
  const folder = seatFolder(directory);
  const own = folder.kind === 'none' ? directory : folder.directory;
  const instance = await claimInstance({ directory: own, onFocus: () => focus() });
  if (instance.kind === 'second') {
    console.error('hookline: this profile is open already; its window has been asked to come to the front.');
    return instance.wasFocused ? 0 : 1;
  }
  if (instance.kind === 'cannot') return refuse('The profile folder cannot be used.', instance.detail);
  const lights = await readLightRules(directory);
  const devices: SeatDevices = startDeviceProcess({
    simulated: true,
    log,
    lightRules: lights.rules,
    twinsPath: join(own, twinsFileName),
  });
  const outcome = await runSeat({
    directory,
    keys: fileKeyKeeper(profilePaths(directory).key),
    devices,
    firstNotices: lights.notices,
    version: packageFile.version,
    isPractice: asked.practice || asked.demo,
    locale: process.env.LC_ALL || process.env.LANG || 'en',
    log,
  });
  if (outcome.kind === 'refused') {
    await devices.close();
    return refuse(outcome.message, outcome.detail);
  }
  const { running } = outcome;
  const host = await startLoopbackHost({
    files: listAppFiles([{ at: '/', folder: join(house, 'dist/renderer') }]),
    serve: (page, socket) => running.console.serve(page, socketWire(socket)),
    onRefused: (why) => log('warn', why),
  });
  try {
    if (asked.demo) return await demo(asked, directory, running, host, devices);
    return await open(asked, own, running, host, (show) => {
      focus = show;
    });
  } finally {
    await host.close();
    await running.close();
    instance.release();
  }
}

/** How many windows may be asked for; somebody who starts the console over and over does not want more. */
const windowsMax = 8;

/** Shows the console until its window is closed or somebody ends it. */
async function open(
  asked: StartOptions,
  directory: string,
  running: RunningSeat,
  host: LoopbackHost,
  onFocus: (show: () => void) => void,
): Promise<number> {
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(0));
  });
  const program = asked.printUrl ? null : findChromium();
  if (program === null) {
    if (!asked.printUrl) console.error('hookline: no Chromium found; open this address in a browser on this machine:');
    console.log(JSON.stringify({ url: host.url }));
    return stopped;
  }
  const launch = (launchUrl: string) =>
    launchChromium({
      program,
      profileFolder: directory,
      launchUrl,
      launched: host.launched(),
      isHeadless: asked.headless,
      extraFlags: [],
      isRoot: process.getuid?.() === 0,
      onWarning: (sentence) => console.error(`hookline: ${sentence}`),
    });
  const windows = [await launch(host.url)];
  // Chromium opens a window of a profile that is open already in the program that has it; without a screen there is
  // nothing to bring to the front.
  onFocus(() => {
    if (asked.headless || windows.length >= windowsMax) return;
    launch(host.newLaunchUrl()).then(
      (window) => windows.push(window),
      (error: unknown) => log('warn', `bringing the window to the front: ${String(error)}`),
    );
  });
  console.error(`hookline: ${running.seat.view.value.seat} is open.`);
  const code = await Promise.race([stopped, windows[0]?.closed.then(({ exitCode }) => exitCode ?? 0) ?? 0]);
  await Promise.all(windows.map((window) => window.close()));
  return code;
}

async function demo(
  asked: StartOptions,
  directory: string,
  running: RunningSeat,
  host: LoopbackHost,
  devices: SeatDevices,
): Promise<number> {
  const program = findChromium();
  if (program === null)
    return refuse('The demo needs a Chromium.', 'install Debian’s chromium, or set HOOKLINE_CHROMIUM');
  // Playwright takes a quarter of a second to load; only the demo waits for it.
  const { demoBrowser } = await import('./demo-browser.ts');
  const browser = await demoBrowser({ program, url: host.url, isRoot: process.getuid?.() === 0 });
  try {
    const say = (line: string): void => console.log(line);
    const result = await demoResult({ directory, running, devices, browser, say });
    if (asked.json) console.log(JSON.stringify(result));
    return result.recording.verified ? 0 : 1;
  } catch (error) {
    return refuse('The demo did not come to its end.', `${String(error)}\n${browser.lastWords()}`);
  } finally {
    await browser.close();
  }
}

function refuse(message: string, detail: string): number {
  console.error(`hookline: ${message}\n${detail}`);
  return 1;
}
