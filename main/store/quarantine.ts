import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/** Makes a new folder in the quarantine, named by when and why; returns its name. */
export function quarantineFolder(quarantine: string, why: string, at: number): string {
  const stem = `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}-${why}`;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? stem : `${stem}-${count}`;
    if (existsSync(join(quarantine, name))) continue;
    mkdirSync(join(quarantine, name), { recursive: true, mode: 0o700 });
    syncDirectory(quarantine);
    return name;
  }
}
