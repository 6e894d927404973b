import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SeatScene, seatScene } from './seat-scene.ts';

/** A disk of its own: `tmpfs` in memory, or an ext4 in a file, which has errors and inodes as a real one does. */
export type DiskKind =
  | { readonly kind: 'tmpfs'; readonly bytes: number }
  | { readonly kind: 'ext4'; readonly bytes: number };

/** How many files an ext4 of ours can hold: more than a profile of some calls has, few enough to use up quickly. */
const inodes = 512;

/** A file system that belongs to one fault. */
export type SmallDisk = {
  readonly path: string;
  /** Writes until nothing more goes in. */
  fill(): void;
  /** Makes empty files until no more can be made. */
  fillInodes(): void;
  /** Takes away what `fill` and `fillInodes` made. */
  empty(): void;
  /** ext4 only: as after an error of the device, nothing is written any more (`mount -o abort`). */
  breakDown(): void;
  /** ext4 only: what a person does then: taken off, checked, and put back. Nobody may have a file of it open. */
  repair(): void;
  remove(): void;
};

/** A profile on a disk that can be harmed. */
export type DiskScene = SeatScene & { readonly disk: SmallDisk };

/** Whether this process may mount. */
export function lacksMount(): string | null {
  return spawnSync('unshare', ['-m', 'true']).status === 0 ? null : 'only root may mount a disk of its own';
}

/** A profile on a small disk. */
export function diskScene(kind: DiskKind): DiskScene {
  const disk = mountDisk(kind);
  return { ...seatScene({ folder: disk.path, tidy: disk.remove }), disk };
}

/** Mounts a disk of its own. Needs root. */
export function mountDisk({ kind, bytes }: DiskKind): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'hookline-fault-disk-'));
  const image = `${path}.img`;
  const mount = (): void => {
    if (kind === 'tmpfs') run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path);
    else run('mount', '-o', 'loop', image, path);
  };
  if (kind === 'ext4') {
    writeFileSync(image, '');
    truncateSync(image, bytes);
    run('mkfs.ext4', '-q', '-F', '-N', String(inodes), image);
  }
  mount();
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => {
      for (let size = freeBytes(path); size > 0; size = freeBytes(path)) {
        if (!writes(() => writeFileSync(filler, new Uint8Array(Math.min(size, fillStepBytes)), { flag: 'a' }))) return;
      }
    },
    fillInodes: () => {
      for (let number = 0; writes(() => writeFileSync(join(path, `filler-${number}`), '')); number += 1);
    },
    empty: () => {
      for (const name of readdirSync(path)) if (name.startsWith('filler')) rmSync(join(path, name));
    },
    breakDown: () => run('mount', '-o', 'remount,abort', path),
    repair: () => {
      run('umount', path);
      // 1: errors were corrected.
      const { status } = spawnSync('fsck.ext4', ['-y', image]);
      if (status !== null && status > 1) throw new Error(`fsck.ext4 ended with ${status}`);
      mount();
    },
    remove: () => {
      run('umount', '-l', path);
      rmSync(image, { force: true });
    },
  };
}

/** How much is written at once: a disk that is nearly full takes what it still can. */
const fillStepBytes = 8 * 1024 * 1024;

function writes(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}
