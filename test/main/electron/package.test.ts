import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { build, Platform } from 'electron-builder';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fromSeat, type ToSeat } from '../../../main/electron/seat-message.ts';
import { bundleMain, utilityOf } from './bundled-main.ts';

/**
 * Packs the console with electron-builder as `npm run package` does, around a stand-in where Electron's binary would be
 * (it holds nothing but the fuse wire). So everything that is ours is real here: what is in the package, that it is all
 * the seat needs, and that the fuses were burnt. Only Electron itself is not run.
 */
const house = fileURLToPath(new URL('../../..', import.meta.url));
const ofElectronBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const asar = createRequire(ofElectronBuilder.resolve('app-builder-lib/package.json'))('@electron/asar');

/** electron-builder copies a few dozen MB and reads the tree of packages; on two busy cores that takes a while. */
const patienceMs = 60_000;

/** What marks the fuses in Electron's binary (@electron/fuses, constants.ts), then version 1 and nine fuses as shipped. */
const fuseWire = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 9]),
  Buffer.from('101100011'),
]);

let folder = '';
let packed = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hookline-package-'));
  const electronDist = standIn(join(folder, 'electron'));
  await bundleMain(join(house, 'dist/main'));
  await build({
    projectDir: house,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: {
      extends: join(house, 'electron-builder.yml'),
      electronDist,
      directories: { output: join(folder, 'out') },
    },
  });
  packed = join(folder, 'out/linux-unpacked');
}, patienceMs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function standIn(where: string): string {
  mkdirSync(join(where, 'resources'), { recursive: true });
  mkdirSync(join(where, 'locales'));
  for (const name of [
    'LICENSE',
    'LICENSES.chromium.html',
    'chrome-sandbox',
    'v8_context_snapshot.bin',
    'snapshot_blob.bin',
  ]) {
    writeFileSync(join(where, name), 'stand-in');
  }
  for (const locale of ['en-US', 'zh-CN', 'de']) writeFileSync(join(where, 'locales', `${locale}.pak`), 'stand-in');
  writeFileSync(join(where, 'version'), '45.4.1');
  writeFileSync(join(where, 'electron'), Buffer.concat([Buffer.alloc(64), fuseWire, Buffer.alloc(64)]));
  chmodSync(join(where, 'electron'), 0o755);
  return where;
}

test('the fuses are burnt into the binary, and the snapshot one of them asks for is there', async () => {
  const wire = await getCurrentFuseWire(join(packed, 'hookline'));
  const states = Object.fromEntries(
    Object.entries(FuseV1Options).flatMap(([name, index]) =>
      typeof index === 'number' ? [[name, wire[index] === FuseState.ENABLE]] : [],
    ),
  );
  expect(states).toMatchObject({
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: true,
    GrantFileProtocolExtraPrivileges: false,
  });
  expect(existsSync(join(packed, 'browser_v8_context_snapshot.bin'))).toBe(true);
});

test('the asar holds our bundles and the native packages, no source and no test', () => {
  const files: string[] = asar.listPackage(join(packed, 'resources/app.asar'));
  const tops = new Set(files.map((file) => file.split('/').slice(1, 3).join('/')));
  // The udev rules, which the console installs for whoever asks for it.
  expect([...tops].filter((top) => !/^(dist|node_modules|package\.json|assets$|assets\/udev)/.test(top))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(
      ['electron.js', 'seat-utility.js', 'device-process.js', 'preload.cjs'].map((name) => `/dist/main/${name}`),
    ),
  );
  expect(files.filter((file) => /\.(map|tsx?|cts)$/.test(file))).toEqual([]);
  expect([...tops].filter((top) => /react|mantine|vite|electron/.test(top))).toEqual([]);
  const libraries = files.filter((file) => file.endsWith('.node'));
  expect(libraries.some((file) => /darwin|win32|android|musl/.test(file))).toBe(false);
  // A library inside the archive could not be loaded.
  expect(libraries.filter((file) => !existsSync(join(packed, 'resources/app.asar.unpacked', file)))).toEqual([]);
});

test(
  'with nothing but what is in the package, the seat starts and finds its devices',
  async () => {
    const unpacked = join(folder, 'unpacked');
    asar.extractAll(join(packed, 'resources/app.asar'), unpacked);
    const ofPackage = createRequire(join(unpacked, 'dist/main/device-process.js'));
    const libraries = ['better-sqlite3', 'node-hid', 'serialport', '@napi-rs/canvas'];
    expect(libraries.map((name) => typeof ofPackage(name))).toEqual(['function', 'object', 'object', 'object']);
    const seat = utilityOf(join(unpacked, 'dist/main/seat-utility.js'));
    onTestFinished(() => void seat.kill());
    const heard: string[] = [];
    const isReady = new Promise<void>((resolve, reject) => {
      seat.on('message', (message) => {
        const said = fromSeat.parse(message);
        heard.push(said.kind);
        if (said.kind === 'refused') reject(new Error(`${said.message} ${said.detail}`));
        if (heard.includes('state') && heard.includes('fork-devices')) resolve();
      });
    });
    const start: ToSeat = {
      kind: 'start',
      profile: join(folder, 'profile'),
      key: new Uint8Array(randomBytes(32)),
      version: '0.0.0',
      locale: 'zh-CN',
      isPractice: true,
    };
    seat.postMessage(start);
    await isReady;
    expect(existsSync(join(folder, 'profile/hookline.db'))).toBe(true);
  },
  patienceMs,
);
