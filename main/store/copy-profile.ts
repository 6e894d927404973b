import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ProfilePaths } from './profile-paths.ts';

/** What a person may have changed on the screen: brought home only when it is not as it was copied. */
export const handWrittenNames = ['settings.json', 'keys.json', 'lights.json'] as const;

/** Where the hand-written files lie as they were copied. */
export function baselineOf(standIn: ProfilePaths): string {
  return join(standIn.directory, 'as-copied');
}

/**
 * Copies what a seat needs to work out of a folder that may only be read, or not even wholly that: the log, its side
 * journal, settings, keys and profiles of lines. Not the sound (it is read where it lies), the key, or what was set aside.
 * What can't be read is left out; the log mends itself when it is opened.
 */
export function copyForStandIn(home: ProfilePaths, to: ProfilePaths): void {
  for (const suffix of ['', '-wal']) copyReadable(home.database + suffix, to.database + suffix);
  mkdirSync(to.sideJournal, { mode: 0o700 });
  for (const name of namesIn(home.sideJournal)) copyReadable(join(home.sideJournal, name), join(to.sideJournal, name));
  const baseline = baselineOf(to);
  mkdirSync(baseline, { mode: 0o700 });
  for (const name of handWrittenNames) {
    copyReadable(join(home.directory, name), join(to.directory, name));
    if (existsSync(join(to.directory, name))) copyFileSync(join(to.directory, name), join(baseline, name));
  }
  const profiles = join(home.directory, 'serial-profiles');
  try {
    if (existsSync(profiles)) cpSync(profiles, join(to.directory, 'serial-profiles'), { recursive: true });
  } catch {
    // One of them can't be read: the seat names the line whose profile is missing.
  }
}

/** How many bytes `copyForStandIn` writes. */
export function sizeOfCopy(home: ProfilePaths): number {
  const files = [
    home.database,
    `${home.database}-wal`,
    ...namesIn(home.sideJournal).map((name) => join(home.sideJournal, name)),
  ];
  return files.reduce((sum, file) => sum + sizeOf(file), 0);
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // What can't be looked at is not copied either.
    return 0;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not there, or not to be read: nothing is copied from it.
    return [];
  }
}

/** How many places of one file may fail: a disk takes seconds to give up each, and the agent waits. */
const failuresMax = 8;

/** How much is read at once where a file can't be read in one go: a page of the database. */
const blockBytes = 4096;

/** Copies a file; where it can't be read stand zeros, and after some such places nothing more. */
function copyReadable(from: string, to: string): void {
  try {
    if (existsSync(from)) copyFileSync(from, to);
  } catch (cause) {
    if (!isReadError(cause)) throw cause;
    copyBlocks(from, to);
  }
}

function copyBlocks(from: string, to: string): void {
  const source = openOrNull(from);
  if (source === null) return;
  const target = openSync(to, 'w', 0o600);
  try {
    const { size } = fstatSync(source);
    const block = Buffer.alloc(blockBytes);
    let failures = 0;
    for (let at = 0; at < size && failures <= failuresMax; at += blockBytes) {
      block.fill(0);
      try {
        readSync(source, block, 0, blockBytes, at);
      } catch (cause) {
        if (!isReadError(cause)) throw cause;
        failures += 1;
      }
      writeSync(target, block, 0, Math.min(blockBytes, size - at), at);
    }
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    // Nothing of it can be read: the log does without it.
    return null;
  }
}

/** The file can't be read; the place it is copied to is not at fault. */
function isReadError(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'EIO' || cause.code === 'EACCES');
}
