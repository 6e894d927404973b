import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { baselineOf, handWrittenNames } from './copy-profile.ts';
import type { ProfilePaths } from './profile-paths.ts';
import { syncDirectoryLater } from './sync-directory.ts';

/**
 * Brings home what a stand-in has beside the log: recordings that are ended, and settings and keys that were changed
 * there. Each is whole at home before it counts. Doing it again changes nothing. Rejects with what the disk says.
 */
export async function bringFiles(
  standIn: ProfilePaths,
  home: ProfilePaths,
  isBeingRecorded: (recordingId: string) => boolean,
): Promise<void> {
  for (const name of handWrittenNames) {
    const changed = await bytesOf(join(standIn.directory, name));
    if (changed === null || (await bytesOf(join(baselineOf(standIn), name)))?.equals(changed) === true) continue;
    if ((await bytesOf(join(home.directory, name)))?.equals(changed) === true) continue;
    await copyWhole(join(standIn.directory, name), join(home.directory, name));
    await syncDirectoryLater(home.directory);
  }
  if (!existsSync(standIn.recordings)) return;
  await mkdir(home.recordings, { recursive: true, mode: 0o700 });
  for (const name of await readdir(standIn.recordings)) {
    const from = join(standIn.recordings, name);
    const to = join(home.recordings, name);
    const found = await stat(from);
    if (!found.isFile() || isBeingRecorded(name.replace(/\..*$/, ''))) continue;
    if ((await stat(to).catch(() => null))?.size === found.size) continue;
    await copyWhole(from, to);
  }
  await syncDirectoryLater(home.recordings);
}

async function bytesOf(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  }
}

/** A cut leaves the old file or the new one, whole; its name is durable once the folder is synced. */
async function copyWhole(from: string, to: string): Promise<void> {
  const draft = `${to}.draft`;
  await rm(draft, { force: true });
  await copyFile(from, draft);
  const file = await open(draft, 'r+');
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, to);
}
