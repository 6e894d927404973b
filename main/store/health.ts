import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { nearlyFullShare } from '../disk-watch.ts';
import { takeExclusiveLock } from './exclusive-lock.ts';
import { firstStored } from './journal-beginning.ts';
import type { ProfilePaths } from './profile-paths.ts';
import { readStore } from './read-store.ts';
import { missingEntries } from './recover-store.ts';
import { diskProblem, leftStandIn } from './seat-folder.ts';
import { allSettings } from './setting-table.ts';
import { readSideJournal } from './side-journal.ts';
import { verifyJournal } from './verify-journal.ts';

/** One thing that was looked at. `warning`: it works, and will not for ever. */
export interface Finding {
  readonly part: string;
  readonly state: 'good' | 'warning' | 'bad';
  /** What is so, and when something is wrong what to do, for a person. */
  readonly sentence: string;
  /** What `hookline doctor --mend` may do about it by itself. */
  readonly mend: 'log' | 'lists' | 'older' | 'folder-permissions' | 'key-permissions' | null;
}

/** Looks at the database: its pages, its entries, its lists, and whether it has what the side journal has. Changes nothing. */
export function databaseHealth(paths: ProfilePaths, key: Uint8Array): readonly Finding[] {
  const part = 'call log';
  if (!existsSync(paths.database)) {
    const isKept = readSideJournal(paths.sideJournal, key).entries.length > 0;
    return isKept
      ? [{ part, state: 'bad', sentence: 'The call log is gone; the side journal has its newest lines.', mend: 'log' }]
      : [{ part, state: 'good', sentence: 'There is no call log yet: this profile was never used.', mend: null }];
  }
  const opened = readStore(paths.database, key);
  if (opened.kind === 'refused') {
    const { code, message, detail } = opened.error;
    const isMendable = code === 'torn-file' || code === 'wrong-key';
    return [{ part, state: 'bad', sentence: `${message} (${code}: ${detail})`, mend: isMendable ? 'log' : null }];
  }
  const { connection } = opened.store;
  try {
    const missing = missingEntries(paths.sideJournal, key)(connection);
    if (missing !== null) {
      return [
        { part, state: 'bad', sentence: `The newest lines of the call log are missing: ${missing}.`, mend: 'log' },
      ];
    }
    const { entries, calls, findings } = verifyJournal(connection);
    const damage = findings.filter(({ kind }) => kind !== 'call-list' && kind !== 'other-list');
    if (damage.length > 0) {
      const [first] = damage;
      const sentence = `The call log has ${damage.length} faults, the first: ${JSON.stringify(first)}.`;
      return [{ part, state: 'bad', sentence, mend: first?.kind === 'file' ? 'log' : null }];
    }
    if (findings.length > 0) {
      const sentence = `${findings.length} rows of the lists are not what the log says.`;
      return [{ part, state: 'bad', sentence, mend: 'lists' }];
    }
    const older = firstStored(connection)(allSettings(connection).get('seat') ?? '') - 1;
    if (older > 0) {
      const sentence = `${entries} entries are there; ${older} older ones are put back while the console is open.`;
      return [{ part, state: 'warning', sentence, mend: 'older' }];
    }
    return [
      { part, state: 'good', sentence: `${entries} entries, ${calls} calls, all as they should be.`, mend: null },
    ];
  } finally {
    opened.store.close();
  }
}

/** Looks at the side journal. Damage in it harms nothing as long as the database is sound. */
export function sideJournalHealth(paths: ProfilePaths, key: Uint8Array): Finding {
  const part = 'side journal';
  const { entries, segments, damaged, foreign } = readSideJournal(paths.sideJournal, key);
  if (foreign > 0) {
    return {
      part,
      state: 'warning',
      sentence: `${foreign} records are of another key and cannot be read.`,
      mend: null,
    };
  }
  if (damaged > 0) {
    const sentence = `${damaged} records are damaged or torn; a torn last one is usual after a power cut. The call log has them.`;
    return { part, state: 'warning', sentence, mend: null };
  }
  return { part, state: 'good', sentence: `${entries.length} entries in ${segments} files.`, mend: null };
}

/** Looks at the room on the disk of a profile, and whether the reserve of the log stands. */
export function diskHealth(paths: ProfilePaths): readonly Finding[] {
  const part = 'disk';
  const share = fullShare(paths.directory);
  const percent = Math.round(share * 100);
  const room: Finding =
    share > nearlyFullShare
      ? {
          part,
          state: 'warning',
          sentence: `The disk is ${percent} % full: make room before recording stops.`,
          mend: null,
        }
      : { part, state: 'good', sentence: `The disk is ${percent} % full.`, mend: null };
  if (existsSync(paths.reserve) || !existsSync(paths.database)) return [room];
  const sentence = 'The space kept back for the call log was given up; it is taken again when the disk has room.';
  return [room, { part, state: 'warning', sentence, mend: null }];
}

/** How full the disk under a folder is for a person without special rights: 0..1. */
export function fullShare(directory: string): number {
  const { blocks, bfree, bavail } = statfsSync(directory);
  const used = blocks - bfree;
  return used + bavail === 0 ? 1 : used / (used + bavail);
}

/** Looks whether the disk takes what is written, and whether an earlier life left something in a stand-in. */
export function standInHealth(paths: ProfilePaths): readonly Finding[] {
  const part = 'disk';
  const problem = diskProblem(paths);
  const left = leftStandIn(paths.directory);
  const findings: Finding[] = [];
  if (problem !== null) {
    const sentence = `It takes nothing that is written (${problem}). The console works on a copy elsewhere until it does.`;
    findings.push({ part, state: 'bad', sentence, mend: null });
  }
  if (left !== null) {
    const sentence = `What was written while the disk took nothing lies in ${left}. The next start on a good disk brings it home.`;
    findings.push({ part, state: 'warning', sentence, mend: null });
  }
  return findings;
}

/** Looks at who may read the folder and the key. Windows has no such bits. */
export function permissionHealth(paths: ProfilePaths, platform: NodeJS.Platform): readonly Finding[] {
  if (platform === 'win32') return [];
  const findings: Finding[] = [];
  const modeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.mode ?? null;
  const folder = modeOf(paths.directory);
  if (folder !== null && (folder & 0o077) !== 0) {
    const sentence = `Other people on this machine may look into ${paths.directory}; it should be yours alone (chmod 700).`;
    findings.push({ part: 'permissions', state: 'warning', sentence, mend: 'folder-permissions' });
  }
  const key = modeOf(paths.key);
  if (key !== null && (key & 0o077) !== 0) {
    const sentence = `Other people on this machine can read the key ${paths.key}; the console refuses it (chmod 600).`;
    findings.push({ part: 'permissions', state: 'bad', sentence, mend: 'key-permissions' });
  }
  if (findings.length > 0) return findings;
  return [{ part: 'permissions', state: 'good', sentence: 'Folder and key are yours alone.', mend: null }];
}

/** Names what was set aside; it is never deleted by us. */
export function quarantineHealth(paths: ProfilePaths): Finding | null {
  const names = existsSync(paths.quarantine) ? readdirSync(paths.quarantine) : [];
  if (names.length === 0) return null;
  const sentence = `Damaged files are kept in ${paths.quarantine}: ${names.slice(-5).join(', ')}. Remove them when nobody needs them.`;
  return { part: 'quarantine', state: 'warning', sentence, mend: null };
}

/** Whether a console has this profile open now. */
export function isInUse(paths: ProfilePaths): boolean {
  if (!existsSync(paths.database)) return false;
  const taken = takeExclusiveLock(`${paths.database}.lock`);
  if (taken.kind === 'held') taken.lock.release();
  return taken.kind === 'taken';
}
