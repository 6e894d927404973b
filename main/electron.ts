import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  type MessagePortMain,
  nativeImage,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  shell,
  systemPreferences,
  Tray,
  utilityProcess,
  type WebContents,
} from 'electron';
import { notesFlag } from '../native/crash-notes.ts';
import { driverThreads } from '../native/device-child.ts';
import { twinsFileName, twinsFlag } from '../native/twin-names.ts';
import { listAppFiles } from './app-files.ts';
import { appScheme, appSchemePrivileges } from './electron/app-origin.ts';
import { answerAppRequest } from './electron/app-response.ts';
import { ownSwitches, readElectronOptions, refusedSwitch } from './electron/command-line.ts';
import { policyOf } from './electron/content-security-policy.ts';
import { readDialArgument } from './electron/dial-argument.ts';
import { decideExternalLink } from './electron/external-link.ts';
import { hardenContents, hardenSession } from './electron/harden.ts';
import { answerPortRequest, portChannel } from './electron/page-link.ts';
import { deskAddressToDial, pageOfWindow, type SeatWindow, windowAddress } from './electron/page-windows.ts';
import { restartDelayAfter } from './electron/process-supervisor.ts';
import { openSafeKey } from './electron/safe-key.ts';
import type { FromSeat } from './electron/seat-message.ts';
import { runSeatShell, type SeatShell } from './electron/seat-shell.ts';
import { switchOrigin } from './electron/web-request.ts';
import {
  barWindowOptions,
  deskWindowOptions,
  phoneWindowOptions,
  type WindowSetup,
} from './electron/window-options.ts';
import { profileFolder } from './profile-folder.ts';
import type { Log } from './seat-ports.ts';
import { profilePaths } from './store/profile-paths.ts';
import { seatFolder } from './store/seat-folder.ts';
import { claimInstance } from './store/single-instance.ts';

/**
 * Composition root of the Electron shell, and the only file that knows Electron: windows, sessions, the two processes
 * behind the pages, tray. Every decision is a function in electron/; this file asks and obeys. Runs bundled, from
 * dist/main (main/vite.config.ts).
 */

const isRelease = app.isPackaged;
const args = process.argv.slice(isRelease ? 1 : 2);
const log: Log = (level, message) => {
  if (level !== 'info') console.error(`hookline: ${message}`);
};

/** Hosts a page may open in the person's own browser. No screen links outside yet, so there are none. */
const outsideHosts: readonly string[] = [];

/** Keys of switches are pinned by the hub; a seat without one trusts what the system trusts. */
const certificatePins = [] as const;

function start(): void {
  const options = readElectronOptions(args);
  const directory = options.profile ?? profileFolder(process.platform, process.env);
  // On a disk that takes nothing the locks and Electron's own files lie where the seat works instead.
  const folder = seatFolder(directory);
  const own = folder.kind === 'none' ? directory : folder.directory;
  // The lock of Electron's single instance is a lock on this folder, so it is one a profile.
  app.setPath('userData', join(own, 'electron'));
  app.setAppUserModelId('app.hookline.console');
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: appSchemePrivileges }]);
  for (const [name, value] of ownSwitches) app.commandLine.appendSwitch(name, value);

  const opened = new ConsoleShell(directory, own, options.isPractice);
  app.on('session-created', (session) => {
    const readsHid = process.platform !== 'linux';
    hardenSession(session, { switches: () => opened.switches, pins: certificatePins, now: Date.now, readsHid });
  });
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, openOutside));
  app.on('second-instance', (_event, argv) => opened.show(argv.slice(1)));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    opened.show([url]);
  });
  app.on('activate', () => opened.show([]));
  // Closing the desk only hides it; the seat ends by Quit.
  app.on('window-all-closed', () => {});
  // Before the windows are asked, because the desk never closes by itself.
  app.on('before-quit', (event) => {
    event.preventDefault();
    void opened.stop().finally(() => app.exit(0));
  });
  for (const scheme of ['tel', 'sip', 'sips']) if (isRelease) app.setAsDefaultProtocolClient(scheme, undefined, ['--']);
  app.whenReady().then(
    () => opened.open().then(() => opened.show(args)),
    (error: unknown) => refuse('Hookline cannot start.', String(error)),
  );
}

/** What is open: three windows, two processes, a tray. Made before Electron is ready, opened after. */
class ConsoleShell {
  /** Origins of the switches the phone may reach now. */
  switches: readonly string[] = [];
  readonly #directory: string;
  /** Where files of this run lie: the profile's folder, or its stand-in. */
  readonly #own: string;
  readonly #isPractice: boolean;
  readonly #windows = new Map<SeatWindow, BrowserWindow>();
  #seat: SeatShell<MessagePortMain> | null = null;
  #tray: Tray | null = null;
  #sleepBlocker: number | null = null;
  #isPhoneStale = false;

  constructor(directory: string, own: string, isPractice: boolean) {
    this.#directory = directory;
    this.#own = own;
    this.#isPractice = isPractice;
  }

  async open(): Promise<void> {
    const instance = await claimInstance({ directory: this.#own, onFocus: () => this.show([]) });
    if (instance.kind === 'second') {
      app.exit(instance.wasFocused ? 0 : 1);
      return;
    }
    if (instance.kind === 'cannot') {
      refuse('The profile folder cannot be used.', instance.detail);
      return;
    }
    const paths = profilePaths(this.#directory);
    const { outcome, warning } = await openSafeKey({ storage: safeStorage, platform: process.platform, paths });
    if (outcome.kind === 'refused') {
      refuse(outcome.error.message, outcome.error.detail);
      return;
    }
    if (warning !== null) log('warn', `the profile's key lies in a file for its owner alone: ${warning}`);
    const files = listAppFiles([{ at: '/', folder: join(app.getAppPath(), 'dist/renderer') }]);
    protocol.handle(appScheme, (request) =>
      answerAppRequest(files, request, (address) => policyOf(address, this.switches)),
    );
    ipcMain.on(portChannel, (event) => this.#answerPort(event));
    this.#setMenu();
    // The machine is shut down: end as by Quit, so that the store is closed and the lamps are dark.
    powerMonitor.on('shutdown', () => app.quit());
    // macOS asks the person once; the answer shows itself as the microphone's light on the desk.
    if (process.platform === 'darwin') void systemPreferences.askForMediaAccess('microphone');
    this.#seat = this.#runSeat(outcome.key);
  }

  /** Brings the desk to the front, with a number to dial when the arguments name one. */
  show(argv: readonly string[]): void {
    const dial = readDialArgument(argv);
    if (dial.kind === 'refused') log('warn', `a telephone link was refused: ${dial.why}`);
    const desk = this.#windows.get('desk');
    if (desk === undefined) return;
    if (desk.isMinimized()) desk.restore();
    desk.show();
    desk.focus();
    if (dial.kind === 'dial') void desk.loadURL(deskAddressToDial(dial.number));
  }

  async stop(): Promise<void> {
    this.#tray?.destroy();
    for (const window of this.#windows.values()) window.destroy();
    await this.#seat?.stop();
  }

  #runSeat(key: Uint8Array): SeatShell<MessagePortMain> {
    const utility =
      (file: string, serviceName: string, forkArgs: string[] = []) =>
      () =>
        utilityProcess.fork(join(import.meta.dirname, file), forkArgs, {
          serviceName,
          stdio: 'inherit',
          env: { ...process.env, UV_THREADPOOL_SIZE: String(driverThreads) },
        });
    return runSeatShell<MessagePortMain>({
      forkSeat: utility('seat-utility.js', 'Hookline seat'),
      forkDevices: utility('device-process.js', 'Hookline devices', [
        '--simulated',
        `${notesFlag}${join(this.#own, 'device-notes.json')}`,
        `${twinsFlag}${join(this.#own, twinsFileName)}`,
      ]),
      makeChannel: () => new MessageChannelMain(),
      start: {
        kind: 'start',
        profile: this.#directory,
        key: new Uint8Array(key),
        version: app.getVersion(),
        locale: app.getLocale(),
        isPractice: this.#isPractice,
      },
      onState: (state) => this.#follow(state),
      onRefused: refuse,
      now: Date.now,
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
      log,
    });
  }

  #answerPort(event: Electron.IpcMainEvent): void {
    answerPortRequest<WebContents, MessagePortMain>(event, {
      pageOf: (contents) => {
        const found = [...this.#windows].find(([, window]) => window.webContents === contents);
        return found === undefined ? null : pageOfWindow[found[0]];
      },
      makeChannel: () => new MessageChannelMain(),
      giveToSeat: (page, port) => this.#seat?.givePage(page, port) ?? false,
      onRefused: (why) => log('warn', `a port was refused: ${why}`),
    });
  }

  /** The seat runs, or something of it changed: reach for its switch, keep the machine awake in a call, ask for eyes. */
  #follow(state: Extract<FromSeat, { kind: 'state' }>): void {
    const origin = state.server === null ? null : switchOrigin(state.server);
    const switches = origin === null ? [] : [origin];
    if (switches.join() !== this.switches.join()) this.#isPhoneStale = this.#windows.has('phone');
    this.switches = switches;
    if (!this.#windows.has('phone')) this.#openWindows();
    // A page keeps the policy it was loaded with, so the phone is loaded anew for another switch; never in a call.
    if (this.#isPhoneStale && state.liveCalls === 0) {
      this.#isPhoneStale = false;
      this.#windows.get('phone')?.webContents.reload();
    }
    if (state.liveCalls > 0) this.#sleepBlocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#sleepBlocker !== null) {
      powerSaveBlocker.stop(this.#sleepBlocker);
      this.#sleepBlocker = null;
    }
    this.#windows.get('desk')?.flashFrame(state.isRinging);
  }

  #openWindows(): void {
    const icon = iconPath();
    const preload = join(import.meta.dirname, 'preload.cjs');
    const setup: WindowSetup = { preload, isRelease, title: 'Hookline', icon };
    this.#openWindow('phone', new BrowserWindow(phoneWindowOptions(setup)));
    const desk = this.#openWindow('desk', new BrowserWindow(deskWindowOptions(setup)));
    const bar = this.#openWindow(
      'bar',
      new BrowserWindow(barWindowOptions(setup, screen.getPrimaryDisplay().workArea)),
    );
    desk.once('ready-to-show', () => this.show(args));
    desk.on('close', (event) => {
      event.preventDefault();
      desk.hide();
    });
    bar.on('close', (event) => event.preventDefault());
    // The bar stands in for a desk that is out of sight.
    const showBar = (): void => bar.showInactive();
    desk.on('minimize', showBar).on('hide', showBar);
    const hideBar = (): void => bar.hide();
    desk.on('restore', hideBar).on('show', hideBar);
    this.#tray = new Tray(nativeImage.createFromPath(icon).resize({ width: 20, height: 20 }));
    this.#tray.setToolTip('Hookline');
    this.#tray.on('click', () => this.show([]));
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([{ label: 'Hookline', click: () => this.show([]) }, { role: 'quit' }]),
    );
  }

  #openWindow(name: SeatWindow, window: BrowserWindow): BrowserWindow {
    this.#windows.set(name, window);
    const crashes: number[] = [];
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      crashes.push(Date.now());
      const delayMs = restartDelayAfter(crashes, Date.now());
      log('error', `the ${name} page ended: ${reason}`);
      if (delayMs === null) refuse('A page of Hookline ends again and again.', `${name}: ${reason}`);
      else setTimeout(() => window.isDestroyed() || window.webContents.reload(), delayMs);
    });
    void window.loadURL(windowAddress[name]);
    return window;
  }

  /** No menu has a way to DevTools or a reload; macOS needs one for copying and quitting. */
  #setMenu(): void {
    const roles = [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }] as const;
    Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([...roles]) : null);
  }
}

function openOutside(address: string): void {
  const link = decideExternalLink(address, outsideHosts);
  if (link.kind === 'open') void shell.openExternal(link.url);
  else log('warn', `a link was not opened: ${link.why}`);
}

function iconPath(): string {
  return isRelease ? join(process.resourcesPath, 'hookline.png') : join(app.getAppPath(), 'assets/icons/hookline.png');
}

/** Says why the console ends, in a window where there can be one, and ends it. */
function refuse(message: string, detail: string): void {
  log('error', `${message} ${detail}`);
  if (app.isReady()) dialog.showErrorBox(message, detail);
  app.exit(1);
}

// Last, because the class above is only there once it has been read.
const refused = refusedSwitch((name) => app.commandLine.hasSwitch(name), isRelease);
if (refused === null) start();
else refuse('Hookline does not start with this switch.', `--${refused}`);
