import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBuilder } from 'vite';
import { expect, it } from 'vitest';
import type { DeviceInfo } from '../../../core/device-api.ts';
import { forkChild } from '../../../native/device-child.ts';
import { startDeviceProcess } from '../../../native/device-client.ts';
import { shippedProfileIds } from '../../../native/serial/profile-file.ts';
import { shippedLayouts } from '../../../native/smdr/shipped-layouts.ts';
import { equipmentOf } from './equipment-bench.ts';

const house = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

it('bundled as the package ships it, in a folder without our sources, the device process knows every profile and layout', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-bundle-'));
  try {
    const outDir = join(folder, 'dist/main');
    const builder = await createBuilder({
      configFile: house('main/vite.config.ts'),
      logLevel: 'error',
      environments: { main: { build: { outDir, emptyOutDir: false, sourcemap: false } } },
    });
    const { main: environment } = builder.environments;
    if (environment === undefined) throw new Error('vite has no environment main');
    await builder.build(environment);
    // What cannot be bundled lies beside it in the package too.
    await symlink(house('node_modules'), join(folder, 'node_modules'));
    const fork = forkChild();
    let list: readonly DeviceInfo[] = [];
    const devices = startDeviceProcess({
      simulated: false,
      log: () => undefined,
      fork: (_path, args) => fork(join(outDir, 'device-process.js'), args),
    });
    devices.watchDevices((now) => {
      list = now;
    });
    const port = { path: join(folder, 'no-such-port') };
    const panels = shippedProfileIds.map((profile) => ({ id: profile, use: 'panel', port, profile }));
    const layouts = [...shippedLayouts().keys()];
    for (const group of [panels, layouts.slice(0, 16), layouts.slice(16)]) {
      const set = group.map((one) =>
        typeof one === 'string' ? { id: one, use: 'call-records', layout: one, source: { kind: 'port', port } } : one,
      );
      devices.setEquipment(folder, equipmentOf(set));
      // A title in place of the id: it was found and read.
      await expect
        .poll(() => list.filter(({ deviceId, name }) => name !== deviceId).length, { timeout: 20_000 })
        .toBe(set.length);
      expect(list.filter(({ state }) => state.kind === 'problem' && state.problem === 'bad-profile')).toEqual([]);
    }
    await devices.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
