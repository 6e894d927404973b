import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What electron-builder hands to its `afterPack` hook, as far as it is used. */
export type Packed = {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  readonly packager: { readonly appInfo: { readonly productFilename: string } };
};

/** The snapshot the main process loads when the fuse `LoadBrowserProcessSpecificV8Snapshot` is on. */
const browserSnapshot = 'browser_v8_context_snapshot.bin';

/**
 * Gives the main process a V8 snapshot of its own before the fuses are set: with the fuse on and no such file Electron
 * does not start. It is Electron's own snapshot, so that one changed for the pages' processes never reaches the process
 * with all rights. Throws when Electron's snapshot is not where this Electron keeps it.
 */
export default async function afterPack(packed: Packed): Promise<void> {
  const folder = snapshotFolder(packed);
  const names = await readdir(folder);
  // macOS names it by processor: v8_context_snapshot.arm64.bin
  const own = names.find((name) => /^v8_context_snapshot(\.[a-z0-9_]+)?\.bin$/.test(name));
  if (own === undefined) throw new Error(`no V8 snapshot in ${folder}: the fuse would keep Electron from starting`);
  await copyFile(join(folder, own), join(folder, browserSnapshot));
}

function snapshotFolder(packed: Packed): string {
  if (packed.electronPlatformName !== 'darwin') return packed.appOutDir;
  const app = `${packed.packager.appInfo.productFilename}.app`;
  const framework = 'Contents/Frameworks/Electron Framework.framework/Versions/A/Resources';
  return join(packed.appOutDir, app, framework);
}
