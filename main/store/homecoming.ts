import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bringFiles } from './bring-files.ts';
import { type Guest, type HomeLog, openHomeLog } from './bring-home.ts';
import { baselineOf } from './copy-profile.ts';
import type { KeyKeeper } from './profile-key.ts';
import { type ProfilePaths, profilePaths } from './profile-paths.ts';
import { diskProblem } from './seat-folder.ts';

/**
 * What a stand-in does so that nothing stays in it: it tries the disk of its profile again, brings home what is there,
 * and from then on writes down everything in both.
 */
export interface Homecoming {
  /** How many entries of the log are not on the disk of the profile. */
  waiting(): number;
  /** After entries were written at the stand-in: home has them too when this returns, if home is open. */
  wrote(): void;
  /** The same for a secret. */
  keptSecret(name: string, value: string | null): void;
  /** Tries the disk again, once at a time; true when everything of the log is at home. Never rejects. */
  attempt(): Promise<boolean>;
  /** A last attempt; when everything is home the stand-in is removed. The stand-in's own log is closed before. */
  close(closeGuest: () => void): Promise<void>;
}

/** Brings a stand-in home, again and again. `isBeingRecorded`: that recording is not whole yet. */
export function homecoming(options: {
  readonly home: string;
  readonly standIn: string;
  readonly keys: KeyKeeper;
  readonly guest: Guest;
  readonly newId: () => string;
  readonly isBeingRecorded: (recordingId: string) => boolean;
  readonly onProblem: (sentence: string) => void;
}): Homecoming {
  const { guest, onProblem } = options;
  const home = profilePaths(options.home);
  const standIn = profilePaths(options.standIn);
  const base = lastCopied(standIn, guest);
  let log: HomeLog | null = null;
  let done = base;
  let areFilesHome = false;
  let attempting: Promise<boolean> | null = null;

  const carry = (): void => {
    if (log === null) return;
    try {
      log.carry();
      done = guest.journal.lastSeq();
    } catch (cause) {
      // It closed itself; the next attempt opens it anew, and asks it what it has.
      log = null;
      onProblem(`bringing the log home: ${String(cause)}`);
    }
  };
  const tryOnce = async (): Promise<boolean> => {
    try {
      if (log === null) {
        if (diskProblem(home) !== null) return false;
        log = await openHomeLog({ ...options, home });
        carry();
      }
      if (log === null) return false;
      areFilesHome = false;
      await bringFiles(standIn, home, options.isBeingRecorded);
      areFilesHome = true;
    } catch (cause) {
      onProblem(`bringing files home: ${String(cause)}`);
    }
    return log !== null;
  };
  const attempt = (): Promise<boolean> => {
    attempting ??= tryOnce().finally(() => {
      attempting = null;
    });
    return attempting;
  };
  return {
    waiting: () => guest.journal.lastSeq() - done,
    wrote: carry,
    keptSecret: (name, value) => log?.putSecret(name, value),
    attempt,
    close: async (closeGuest) => {
      await attempt();
      carry();
      const isHome = log !== null && areFilesHome && done === guest.journal.lastSeq();
      log?.close();
      log = null;
      closeGuest();
      if (isHome) rmSync(standIn.directory, { recursive: true, force: true });
    },
  };
}

/** The last number the stand-in began with: written down when it is opened for the first time. */
function lastCopied(standIn: ProfilePaths, guest: Guest): number {
  const path = join(baselineOf(standIn), 'last-seq');
  if (existsSync(path)) return Math.min(Number(readFileSync(path, 'utf8')) || 0, guest.journal.lastSeq());
  const last = guest.journal.lastSeq();
  writeFileSync(path, String(last), { mode: 0o600 });
  return last;
}
