import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** What finding depends on; everything has its value for the real machine. */
export interface FindOptions {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isProgram: (path: string) => boolean;
}

const thisMachine: FindOptions = {
  platform: process.platform,
  environment: process.env,
  isProgram: (path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      // Not there, or not for us: either way it cannot be started.
      return false;
    }
  },
};

/**
 * The first browser of the Chromium family this machine has, or null. `HOOKLINE_CHROMIUM` names another and wins.
 * A browser that is packed as a snap is taken last: it may not read a profile outside its own folders.
 */
export function findChromium(options: FindOptions = thisMachine): string | null {
  const chosen = options.environment.HOOKLINE_CHROMIUM;
  const paths = chosen === undefined || chosen === '' ? chromiumPaths(options) : [chosen];
  return paths.find(options.isProgram) ?? null;
}

/** The Electron binary that npm put under `packageFolder`/node_modules, or null where its download did not happen. */
export function findElectron(packageFolder: string, options: FindOptions = thisMachine): string | null {
  const inside: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    win32: ['electron.exe'],
    darwin: ['Electron.app', 'Contents', 'MacOS', 'Electron'],
  };
  const join = options.platform === 'win32' ? win32.join : posix.join;
  const path = join(packageFolder, 'node_modules', 'electron', 'dist', ...(inside[options.platform] ?? ['electron']));
  return options.isProgram(path) ? path : null;
}

/** Where browsers of the Chromium family lie, best first. */
export function chromiumPaths({ platform, environment }: Omit<FindOptions, 'isProgram'>): readonly string[] {
  switch (platform) {
    case 'win32':
      return windowsPaths(environment);
    case 'darwin':
      return macPaths(environment.HOME);
    default:
      return linuxPaths(environment.PATH ?? '');
  }
}

const linuxNames = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
];

function linuxPaths(path: string): readonly string[] {
  // Relative parts of PATH are left out: what they mean depends on where somebody happens to stand.
  const folders = [...path.split(':').filter((folder) => folder.startsWith('/')), '/usr/bin', '/usr/local/bin'];
  const found = linuxNames.flatMap((name) => folders.map((folder) => posix.join(folder, name)));
  const isSnap = (candidate: string): boolean => candidate.startsWith('/snap/');
  const all = [...found.filter((candidate) => !isSnap(candidate)), ...found.filter(isSnap), '/snap/bin/chromium'];
  return [...new Set(all)];
}

function macPaths(home: string | undefined): readonly string[] {
  const programs = [
    ['Google Chrome.app', 'Google Chrome'],
    ['Chromium.app', 'Chromium'],
    ['Microsoft Edge.app', 'Microsoft Edge'],
    ['Brave Browser.app', 'Brave Browser'],
  ] as const;
  const folders = ['/Applications', ...(home === undefined ? [] : [posix.join(home, 'Applications')])];
  return programs.flatMap(([app, program]) =>
    folders.map((folder) => posix.join(folder, app, 'Contents', 'MacOS', program)),
  );
}

function windowsPaths(environment: FindOptions['environment']): readonly string[] {
  const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .map((name) => environment[name])
    .filter((folder) => folder !== undefined);
  const programs = [
    ['Google', 'Chrome', 'Application', 'chrome.exe'],
    ['Chromium', 'Application', 'chrome.exe'],
    // Every Windows 10 and 11 has Edge.
    ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
    ['BraveSoftware', 'Brave-Browser', 'Application', 'brave.exe'],
  ];
  return programs.flatMap((parts) => folders.map((folder) => win32.join(folder, ...parts)));
}
