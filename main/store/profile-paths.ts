import { join } from 'node:path';

/** Where each thing of one profile lies. A profile is a directory; everything of one seat is inside it. */
export interface ProfilePaths {
  readonly directory: string;
  /** The encrypted SQLite file: journal, call list, secrets. */
  readonly database: string;
  /** Copies made before each migration. */
  readonly backups: string;
  /** The newest entries once more, beside the database: what it is made anew from when it is damaged. */
  readonly sideJournal: string;
  /** Damaged files as they were found; nothing in it is ever deleted by us. */
  readonly quarantine: string;
  /** One encrypted container a recording. */
  readonly recordings: string;
  /** The profile's key: bare (0600) in the browser shell, wrapped by the system's key chain under Electron. */
  readonly key: string;
  readonly wrappedKey: string;
  /** Space kept back so that the log can be written when the disk is full. */
  readonly reserve: string;
  /** Held by the one shell that owns this profile. */
  readonly instanceLock: string;
}

/** The layout of a profile directory. Pure: makes no file. */
export function profilePaths(directory: string): ProfilePaths {
  return {
    directory,
    database: join(directory, 'hookline.db'),
    backups: join(directory, 'backups'),
    sideJournal: join(directory, 'side-journal'),
    quarantine: join(directory, 'quarantine'),
    recordings: join(directory, 'recordings'),
    key: join(directory, 'profile.key'),
    wrappedKey: join(directory, 'profile.key.wrapped'),
    reserve: join(directory, 'reserve'),
    instanceLock: join(directory, 'instance.lock'),
  };
}
