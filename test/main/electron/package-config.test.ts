import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseV1Options } from '@electron/fuses';
import { Ajv } from 'ajv';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import afterPack from '../../../main/electron/after-pack.ts';

const house = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(house, path), 'utf8');

/** electron-builder's own parts, found from where it lies: the schema it checks with and the YAML reader it reads with. */
const ofElectronBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const builderFolder = dirname(ofElectronBuilder.resolve('app-builder-lib/package.json'));
const ofBuilderLibrary = createRequire(join(builderFolder, 'package.json'));
const schema = JSON.parse(readFileSync(join(builderFolder, 'scheme.json'), 'utf8'));
const config = ofBuilderLibrary('js-yaml').load(read('electron-builder.yml'));

/** Their schema repeats type names in unions; that is theirs to mend. */
const isValid = new Ajv({ strict: false, allErrors: true }).compile(schema);

test('the config is what electron-builder says a config is', () => {
  isValid(config);
  expect(isValid.errors).toBe(null);
});

test.each([
  ['a misspelt key', { ...config, electronFuse: {} }],
  ['a fuse nobody knows', { ...config, electronFuses: { ...config.electronFuses, runAsNodes: false } }],
  ['a target of the wrong type', { ...config, win: { target: 7 } }],
])('and the schema would say so: %s', (_what, wrong) => {
  expect(isValid(wrong)).toBe(false);
});

test('fuses as facts/security.md row 19 asks', () => {
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

test('no fuse of the installed @electron/fuses is left undecided', () => {
  const nameInConfig = (fuse: string): string => fuse.charAt(0).toLowerCase() + fuse.slice(1);
  const all = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  const undecided = all.filter((fuse) => !Object.hasOwn(config.electronFuses, nameInConfig(fuse)));
  // How WebAssembly traps are caught: no door of ours, and electron-builder 26 has no key for it.
  expect(undecided).toEqual(['WasmTrapHandlers']);
});

test('installers for the three systems, the app in an asar with its libraries beside it', () => {
  const { asar, asarUnpack, npmRebuild, win, mac, linux } = config;
  expect({ asar, asarUnpack, npmRebuild, targets: [win.target, mac.target, linux.target] }).toEqual({
    asar: true,
    asarUnpack: ['**/*.node'],
    npmRebuild: false,
    targets: ['nsis', 'dmg', ['AppImage', 'deb']],
  });
  expect(mac).toMatchObject({
    hardenedRuntime: true,
    extendInfo: { NSMicrophoneUsageDescription: expect.any(String) },
  });
  expect(read(mac.entitlements)).toContain('com.apple.security.device.audio-input');
  expect(config.protocols.flatMap(({ schemes }: { schemes: string[] }) => schemes)).toEqual(['tel', 'sip', 'sips']);
});

test('every file the config names is there', () => {
  const rule = config.deb.fpm[0].split('=')[0];
  const named = [mac('entitlements'), mac('entitlementsInherit'), mac('icon'), config.win.icon, config.linux.icon];
  const more = [
    config.deb.afterInstall,
    config.afterPack,
    rule,
    ...config.extraResources.map((each: { from: string }) => each.from),
  ];
  for (const path of [...named, ...more]) expect(read(path).length).toBeGreaterThan(0);
});

function mac(key: string): string {
  return config.mac[key];
}

test('whatever the bundle leaves outside goes into the package, with all that it loads in its turn', () => {
  const outside = /external = \[([^\]]*)\]/.exec(read('main/vite.config.ts'))?.[1] ?? '';
  const packages = [...outside.matchAll(/'([^']+)'/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'electron');
  const shipped = (name: string): boolean =>
    config.files.some(
      (pattern: string) =>
        pattern.startsWith(`node_modules/${name}/`) ||
        (name.startsWith('@serialport/') && pattern === 'node_modules/@serialport/**'),
    );
  const seen = new Set<string>();
  const add = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    // node-addon-api is headers, needed only to compile.
    const { dependencies = {} } = manifest.parse(JSON.parse(read(`node_modules/${name}/package.json`)));
    for (const dependency of Object.keys(dependencies)) if (dependency !== 'node-addon-api') add(dependency);
  };
  for (const name of packages) add(name);
  expect([packages.length, [...seen].filter((name) => !shipped(name))]).toEqual([4, []]);
  // Drawing comes as a package of its own for each system; npm lays down the one that fits.
  expect(config.files).toContain('node_modules/@napi-rs/canvas-*/{package.json,*.node}');
});

const manifest = z.object({ dependencies: z.record(z.string(), z.string()).optional() });

test('the deb keeps what electron-builder does after installing, and wakes the udev rule', () => {
  const theirs = readFileSync(join(builderFolder, 'templates/linux/after-install.tpl'), 'utf8');
  const ours = read('assets/linux/after-install.sh');
  expect(ours.startsWith(theirs)).toBe(true);
  expect(ours.slice(theirs.length)).toContain('udevadm trigger --subsystem-match=hidraw');
});

test('the udev rule gives headsets to whoever sits at the machine, and never to everybody', () => {
  const rule = read('assets/udev/70-hookline.rules').replaceAll(/^#.*$/gm, '');
  expect(rule).toMatch(/ENV\{ID_USB_INTERFACES\}=="\*:01\?{4}:\*", TAG\+="uaccess"/);
  expect(rule).not.toMatch(/MODE|GROUP|RUN/);
  // systemd turns the tag into access in 73-seat-late.rules.
  expect(readdirSync(join(house, 'assets/udev'))).toEqual(['70-hookline.rules']);
});

test.each([
  ['linux', '', 'v8_context_snapshot.bin'],
  ['win32', '', 'v8_context_snapshot.bin'],
  [
    'darwin',
    'Hookline.app/Contents/Frameworks/Electron Framework.framework/Versions/A/Resources',
    'v8_context_snapshot.arm64.bin',
  ],
])('on %s the main process gets a snapshot of its own, which its fuse asks for', async (platform, folder, name) => {
  const appOutDir = await mkdtemp(join(tmpdir(), 'hookline-packed-'));
  onTestFinished(() => rm(appOutDir, { recursive: true }));
  const packed = { appOutDir, electronPlatformName: platform, packager: { appInfo: { productFilename: 'Hookline' } } };
  await mkdir(join(appOutDir, folder), { recursive: true });
  await writeFile(join(appOutDir, folder, 'snapshot_blob.bin'), 'another');
  await expect(afterPack(packed)).rejects.toThrow('no V8 snapshot');
  await writeFile(join(appOutDir, folder, name), 'snapshot');
  await afterPack(packed);
  expect(await readFile(join(appOutDir, folder, 'browser_v8_context_snapshot.bin'), 'utf8')).toBe('snapshot');
});
