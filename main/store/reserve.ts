import { randomFillSync } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * How much space is kept back for the log: more than three days of a busy seat (50 000 entries, each also in the side
 * journal), the write-ahead log (4 MB, SQLite's own limit) and the copy a damaged log is mended into.
 */
export const reserveBytes = 64 * 1024 * 1024;

/** Space is taken back only when there is this many times the reserve, so it does not push a disk over the edge again. */
const headroomFactor = 4;

/** A file that holds space back. When the disk is full it is given up, so the log is still written; sound is not. */
export interface Reserve {
  /** True once the space was given up (or could never be taken): sound must not be written, the person must be told. */
  isSpent(): boolean;
  /** Gives the space to the log. False when there was none left to give. */
  spend(): boolean;
  /** Takes the space back if the disk has room again. Returns whether the reserve stands now. */
  restore(): Promise<boolean>;
}

/** The reserve of a profile. Call `restore` once at start: it makes the file. Nothing is done before. */
export function reserveAt(path: string, bytes: number = reserveBytes): Reserve {
  let isStanding = hasSize(path, bytes);
  let restoring: Promise<boolean> | null = null;
  const restore = async (): Promise<boolean> => {
    isStanding = (await hasRoom(dirname(path), bytes)) && (await fill(path, bytes));
    return isStanding;
  };
  return {
    isSpent: () => !isStanding,
    spend: () => {
      const had = isStanding;
      isStanding = false;
      rmSync(path, { force: true });
      return had;
    },
    restore: () => {
      if (isStanding) return Promise.resolve(true);
      // One filling at a time: whoever asks meanwhile is given the same answer.
      restoring ??= restore().finally(() => {
        restoring = null;
      });
      return restoring;
    },
  };
}

function hasSize(path: string, bytes: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === bytes;
}

async function hasRoom(directory: string, bytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize >= bytes * headroomFactor;
}

/** How much is written before it is synced: so little that a line of the log beside it does not wait for long. */
const syncEveryBytes = 4 * 1024 * 1024;

/** Somebody else who filled the same draft (a seat that was closed a moment ago) may have been first. */
async function becomeReserve(draft: string, path: string, bytes: number): Promise<boolean> {
  try {
    await rename(draft, path);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return hasSize(path, bytes);
    throw cause;
  }
}

/**
 * Random bytes, because a file system that compresses would hold no space back for zeros. A filling that a crash cut
 * short is gone on with.
 */
async function fill(path: string, bytes: number): Promise<boolean> {
  const draft = `${path}.draft`;
  const block = randomFillSync(Buffer.alloc(1024 * 1024));
  try {
    const file = await open(draft, 'a', 0o600);
    try {
      const before = (await file.stat()).size;
      for (let done = before; done < bytes; done += block.length) {
        await file.writeFile(block.subarray(0, Math.min(block.length, bytes - done)));
        if (done % syncEveryBytes < block.length) await file.datasync();
      }
      await file.truncate(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    return await becomeReserve(draft, path, bytes);
  } catch (cause) {
    await rm(draft, { force: true });
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')) return false;
    throw cause;
  }
}
