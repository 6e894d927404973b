// A twin of Electron's main process, as far as main/electron.ts uses it: what it calls is printed, line by line, as JSON;
// utility processes are worker threads. Registered as the module `electron` by electron-twin-hook.mjs.
import { EventEmitter } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';

const tell = (what, ...details) => process.stdout.write(`${JSON.stringify([what, ...details])}\n`);
const teller =
  (name, answer) =>
  (...args) => {
    tell(name, ...args.filter((arg) => typeof arg === 'string' || typeof arg === 'boolean'));
    return answer;
  };

export const app = Object.assign(new EventEmitter(), {
  isPackaged: process.env.TWIN_RELEASE === '1',
  commandLine: { hasSwitch: (name) => process.env.TWIN_SWITCH === name, appendSwitch: teller('appendSwitch') },
  setPath: teller('setPath'),
  setAppUserModelId: () => {},
  requestSingleInstanceLock: teller('requestSingleInstanceLock', process.env.TWIN_SECOND !== '1'),
  enableSandbox: teller('enableSandbox'),
  isReady: () => true,
  whenReady: async () => tell('whenReady'),
  getAppPath: () => process.env.TWIN_APP,
  getVersion: () => '0.0.0',
  getLocale: () => 'en',
  quit: () => {
    tell('quit');
    if (app.listenerCount('before-quit') === 0) process.exit(0);
    app.emit('before-quit', { preventDefault: () => {} });
  },
  exit: (code) => {
    tell('exit', code);
    process.exit(code);
  },
});

const session = Object.assign(new EventEmitter(), { webRequest: { onBeforeRequest: teller('onBeforeRequest') } });
for (const setter of [
  'setPermissionRequestHandler',
  'setPermissionCheckHandler',
  'setDevicePermissionHandler',
  'setDisplayMediaRequestHandler',
  'setUSBProtectedClassesHandler',
  'setCertificateVerifyProc',
  'setSpellCheckerEnabled',
])
  session[setter] = teller(setter);

export class MessageChannelMain {
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = mainPort(port1);
    this.port2 = mainPort(port2);
  }
}
const mainPort = (raw) => ({
  raw,
  on: (event, listener) => raw.on(event, (data) => listener({ data })),
  postMessage: (message) => raw.postMessage(message),
  start: () => raw.start(),
  close: () => raw.close(),
});

export const utilityProcess = {
  fork: (program, args) => {
    tell('fork', program.split('/').at(-1));
    const prelude = new URL('./process-prelude.mjs', import.meta.url);
    const worker = new Worker(prelude, { workerData: { program: `file://${program}`, args }, stderr: true });
    return {
      postMessage: (message, transfer = []) => {
        const ports = transfer.map(({ raw }) => raw);
        worker.postMessage({ message, ports }, ports);
      },
      kill: () => Boolean(worker.terminate()),
      on: (event, listener) => worker.on(event, listener),
    };
  },
};

let windows = 0;
export class BrowserWindow extends EventEmitter {
  constructor(options) {
    super();
    if (windows === 0) app.emit('session-created', session);
    windows += 1;
    tell('window', options.webPreferences.sandbox, options.webPreferences.contextIsolation);
    this.webContents = Object.assign(new EventEmitter(), {
      mainFrame: { url: '' },
      getURL: () => this.webContents.mainFrame.url,
      setWindowOpenHandler: teller('setWindowOpenHandler'),
      reload: () => {},
      postMessage: (channel, _message, ports) => {
        // A page that got its port says a probe on it (core/carrier-frame.ts), and the seat process answers.
        ports[0].on('message', ({ data }) => {
          tell('answered', channel, data);
          app.quit();
        });
        ports[0].postMessage('?');
      },
    });
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url) {
    tell('loadURL', url);
    this.webContents.mainFrame.url = url;
    if (!url.includes('/desk/')) return;
    const { mainFrame } = this.webContents;
    const stranger = { url: 'https://evil.test/' };
    ipcMain.emit('hookline:port', { sender: this.webContents, senderFrame: stranger });
    if (!url.includes('?bar')) ipcMain.emit('hookline:port', { sender: this.webContents, senderFrame: mainFrame });
  }
  isDestroyed = () => false;
  isMinimized = () => false;
  show = teller('show');
  showInactive = () => {};
  hide = () => {};
  focus = () => {};
  restore = () => {};
  flashFrame = () => {};
  destroy = teller('destroy');
}

export const ipcMain = new EventEmitter();
export const protocol = {
  registerSchemesAsPrivileged: ([{ scheme, privileges }]) => tell('privileged', scheme, privileges.corsEnabled),
  handle: teller('protocol.handle'),
};
export const safeStorage = { isAsyncEncryptionAvailable: async () => false };
export class Tray extends EventEmitter {
  setToolTip() {}
  setContextMenu() {}
  destroy() {}
}
const image = { resize: () => image };
export const nativeImage = { createFromPath: () => image };
export const Menu = { setApplicationMenu: () => {}, buildFromTemplate: () => ({}) };
export const dialog = { showErrorBox: teller('showErrorBox') };
export const powerMonitor = new EventEmitter();
export const powerSaveBlocker = { start: () => 1, stop: () => {} };
export const screen = { getPrimaryDisplay: () => ({ workArea: { x: 0, y: 0, width: 1920 } }) };
export const shell = { openExternal: teller('openExternal') };
export const systemPreferences = { askForMediaAccess: async () => true };
