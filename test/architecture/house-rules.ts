/** The rooms of the house; each is a folder at the top. */
export type Room = 'core' | 'recording' | 'native' | 'main' | 'renderer' | 'switch' | 'hub' | 'test';

/** The arrows of architecture.md: which other rooms a room may import from, types included. Tests may import all. */
export const arrows: Readonly<Record<Room, readonly Room[]>> = {
  core: [],
  // The one reader of the recording's file format: bytes in, bytes out, no file and no network.
  recording: ['core'],
  native: ['core'],
  main: ['core', 'native', 'recording'],
  renderer: ['core'],
  switch: ['core'],
  hub: ['core', 'recording', 'switch'],
  test: ['core', 'recording', 'native', 'main', 'renderer', 'switch', 'hub'],
};

/** They choose implementations and start work, so only a test may import one. */
export const compositionRoots: readonly string[] = [
  'main/electron.ts',
  'main/browser.ts',
  'main/seat-utility.ts',
  'main/preload.cts',
  'native/device-process.ts',
  'hub/start.ts',
];

/** What `core` may import besides itself: it is arithmetic, so schemas and the contract's words. */
export const corePackages: readonly string[] = ['zod', '@orpc/contract'];

/** What `recording` may import of Node: bytes in, bytes out, in turns. Files and sockets are its callers' affair. */
export const recordingBuiltins: readonly string[] = ['node:crypto', 'node:timers/promises'];

/** A package behind one file: replacing it means rewriting that file. Tests may import them, to stand as a peer. */
export const soleImporters: Readonly<Record<string, readonly string[]>> = {
  jssip: ['renderer/phone/jssip-line.ts'],
  'better-sqlite3': ['main/store/connection.ts', 'hub/database/sqlite.ts'],
  pg: ['hub/database/postgres.ts'],
  'node-hid': ['native/hid/hid-bus.ts'],
  'node-pdu': ['native/modem/sms-pdu.ts'],
  serialport: ['native/serial/serial-bus.ts'],
  electron: ['main/electron.ts', 'main/preload.cts'],
};

/** Files of the renderer that run in Node at build time and so may import its builtins. */
export const buildFiles: readonly string[] = ['renderer/vite.config.ts'];

/** Everything that may lie at the top of the repository. */
export const topEntries: readonly (string | RegExp)[] = [
  'assets',
  'core',
  'docs',
  'hub',
  'main',
  'native',
  'recording',
  'renderer',
  'switch',
  'test',
  'package.json',
  'package-lock.json',
  'electron-builder.yml',
  'README.md',
  'README.zh-CN.md',
  'LICENSE',
  'biome.json',
  /^tsconfig(\.[a-z]+)?\.json$/,
  '.ci',
  '.gitignore',
  '.gitattributes',
  '.npmrc',
];

/** Names that say nothing about what is inside. */
export const emptyNames: readonly string[] = [
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'misc',
  'lib',
  'manager',
  'service',
  'services',
];

/** A file longer than this is not read in one sitting any more; it holds two ideas and wants to be two files. */
export const fileLinesMax = 350;
