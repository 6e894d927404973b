import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { copyForStandIn, sizeOfCopy } from './copy-profile.ts';
import { type ProfilePaths, profilePaths } from './profile-paths.ts';

/**
 * Where a seat works. `home`: in its own folder. `stand-in`: its disk takes nothing, so it works on a copy of what could
 * be read, in a folder for its owner alone, encrypted with the same key; what is written there is brought home later.
 * `none`: there is no profile to stand in for, or no folder on this machine takes anything.
 */
export type SeatFolder =
  | { readonly kind: 'home'; readonly directory: string }
  | { readonly kind: 'stand-in'; readonly directory: string; readonly why: string }
  | { readonly kind: 'none'; readonly why: string };

/** Finds where to work: the profile's own folder, or a stand-in, which is made when there is none yet. */
export function seatFolder(directory: string, places: readonly string[] = standInPlaces()): SeatFolder {
  const home = profilePaths(directory);
  const why = diskProblem(home);
  if (why === null) return { kind: 'home', directory };
  return standInFor(directory, why, places);
}

/** A stand-in for a folder of which something else has shown that it can't be worked in. */
export function standInFor(directory: string, why: string, places: readonly string[] = standInPlaces()): SeatFolder {
  // A folder that is not there is a name typed wrong more often than a disk that fails.
  if (!existsSync(directory)) return { kind: 'none', why };
  const left = leftStandIn(directory, places);
  if (left !== null) return { kind: 'stand-in', directory: left, why };
  const home = profilePaths(directory);
  const bytes = sizeOfCopy(home) + roomForWork;
  for (const place of places) {
    if (roomIn(place) < bytes) continue;
    const made = makeStandIn(home, join(place, standInName(directory)));
    if (made !== null) return { kind: 'stand-in', directory: made, why };
  }
  return { kind: 'none', why };
}

/** A stand-in of this profile that an earlier life left behind with what it could not bring home; null when there is none. */
export function leftStandIn(directory: string, places: readonly string[] = standInPlaces()): string | null {
  const name = standInName(directory);
  return places.map((place) => join(place, name)).find(isOursAlone) ?? null;
}

/** Whether a profile's folder takes what is written: null, or a sentence of the system that says why not. */
export function diskProblem(paths: ProfilePaths): string | null {
  const probe = join(paths.directory, `.probe-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(paths.directory, { recursive: true, mode: 0o700 });
    writeProbe(probe);
    const { database, instanceLock } = paths;
    for (const path of [database, `${database}-wal`, `${database}-shm`, `${database}.lock`, instanceLock]) {
      if (existsSync(path)) closeSync(openSync(path, 'r+'));
    }
    return null;
  } catch (cause) {
    // A full disk gives the log the space that was kept back for it.
    if (isNoSpace(cause) && existsSync(paths.reserve)) return null;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Folders that may take a stand-in, the ones that outlive a restart of the machine first. */
function standInPlaces(): readonly string[] {
  const { XDG_RUNTIME_DIR: ofSession } = process.env;
  const ofLinux = process.platform === 'linux';
  return [
    ...(ofLinux ? ['/var/tmp'] : []),
    tmpdir(),
    ...(ofSession === undefined ? [] : [ofSession]),
    ...(ofLinux ? ['/dev/shm'] : []),
  ];
}

/** What a stand-in may need beyond the copy: three days of a busy seat's log, and some sound. */
const roomForWork = 128 * 1024 * 1024;

/** As much as a file system takes up at once, so that a probe can't be answered from a cache alone. */
const probeBytes = 4096;

function writeProbe(path: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, randomBytes(probeBytes));
    fsyncSync(file);
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

function standInName(directory: string): string {
  const hash = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 24);
  return `hookline-stand-in-${hash}`;
}

/** Anybody may write into a folder for temporary things: only one that is ours, and closed to others, is used. */
function isOursAlone(folder: string): boolean {
  try {
    const { uid, mode } = lstatSync(folder);
    if (!lstatSync(folder).isDirectory()) return false;
    return process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o077) === 0);
  } catch {
    // It is not there, which is the usual case, or can't be looked at: either way it is not used.
    return false;
  }
}

function roomIn(place: string): number {
  try {
    if (!statSync(place).isDirectory()) return 0;
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize;
  } catch {
    // A place this machine does not have.
    return 0;
  }
}

/** The copy is made under another name and renamed: a stand-in is there whole, or not at all. Null: it can't be made here. */
function makeStandIn(home: ProfilePaths, folder: string): string | null {
  const draft = `${folder}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    copyForStandIn(home, profilePaths(draft));
    renameSync(draft, folder);
    return isOursAlone(folder) ? folder : null;
  } catch {
    // Read-only too, full, or somebody else's folder has the name: the next place is tried.
    rmSync(draft, { recursive: true, force: true });
    return isOursAlone(folder) ? folder : null;
  }
}

function isNoSpace(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
}
