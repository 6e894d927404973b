import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JournalFact, LogDamage } from '../../core/journal.ts';
import { endDoubt } from './check-depth.ts';
import type { Connection } from './connection.ts';
import { takeExclusiveLock } from './exclusive-lock.ts';
import { beginWith } from './journal-beginning.ts';
import { journalTable, type LooseEntry, storedIds } from './journal-table.ts';
import { damagedLogs } from './older-log.ts';
import { createDatabase, type OpenOutcome, openStore } from './open.ts';
import { quarantineFolder } from './quarantine.ts';
import { type LargeLog, newestOf } from './recover-newest.ts';
import { isFact, type Salvaged, salvage } from './recover-salvage.ts';
import type { Reserve } from './reserve.ts';
import { settingTable } from './setting-table.ts';
import { readNewest, readSideJournal } from './side-journal.ts';
import { storeError } from './store-error.ts';
import { syncDirectory } from './sync-directory.ts';

/** What opening a profile's database, damaged or not, needs. */
export interface RecoverRequest {
  readonly path: string;
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly newId: () => string;
  readonly backups: string;
  readonly sideJournal: string;
  readonly quarantine: string;
  readonly reserve: Reserve;
  /** From which size on only the newest part is made at once; only tests say another. */
  readonly large?: LargeLog;
  readonly checkedWholeBytes?: number;
}

/** A log that was made anew; the same is written down in it as `log-mended`. */
export interface Mended {
  readonly cause: LogDamage;
  /** Entries that are there again, and numbers of which the entry could not be read any more. */
  readonly kept: number;
  readonly lost: number;
  /** Numbers before these, which are put back while the seat works (restore-older.ts). */
  readonly older: number;
  /** The folder in `quarantine` that holds the damaged files as they were found. */
  readonly copy: string;
  /** No setting (the SIP password) could be read. */
  readonly areSecretsLost: boolean;
}

type Refused = Extract<OpenOutcome, { readonly kind: 'refused' }>;

/** The store, what was mended on the way (null: nothing), or why neither was possible. */
export type RecoverOutcome =
  | {
      readonly kind: 'open';
      readonly store: Extract<OpenOutcome, { kind: 'open' }>['store'];
      readonly mended: Mended | null;
    }
  | Refused;

/** How many of the newest entries a start compares with the side journal. */
const comparedMax = 200;

/**
 * Opens the database of a profile; a damaged one is first made anew, encrypted as ever, from the side journal and from
 * every page that can still be read. The damaged files are kept as they were, in a folder of their own. What is from the
 * future, not ours, or of another key is refused and left alone. A full disk gives up its reserve.
 */
export function openOrMend(request: RecoverRequest): RecoverOutcome {
  const { path, key } = request;
  if (existsSync(`${path}.mended`)) {
    const refused = locked(path, () => finishSwap(path));
    if (refused !== undefined) return refused;
  }
  const isGone =
    !existsSync(path) && (existsSync(`${path}-wal`) || readNewest(request.sideJournal, key).entries.length > 0);
  const first = isGone ? null : open(request);
  const cause = isGone ? 'gone' : first === null ? null : damageOf(first, request);
  if (cause === null && first !== null) {
    if (first.kind === 'open') return { ...first, mended: null };
    if (first.error.code !== 'disk-full' || !request.reserve.spend()) return first;
    const second = open(request);
    return second.kind === 'open' ? { ...second, mended: null } : second;
  }
  const mended = mendLocked(request, cause ?? 'gone');
  if ('error' in mended) return mended;
  const again = open(request);
  return again.kind === 'open' ? { ...again, mended } : again;
}

/** A database is compared with the side journal before it is opened: whether the newest entries are in it. */
export function missingEntries(sideJournal: string, key: Uint8Array): (connection: Connection) => string | null {
  return (connection) => {
    const { entries } = readNewest(sideJournal, key);
    const idAt = storedIds(connection);
    for (const { seat, seq, id } of entries.slice(-comparedMax)) {
      const stored = idAt(seat, seq);
      if (stored === null) return `entry ${seq} of ${seat} is in the side journal and not in the database`;
      if (stored !== id) return `entry ${seq} of ${seat} is another one in the side journal`;
    }
    return null;
  };
}

function open({ path, key, now, backups, sideJournal, checkedWholeBytes }: RecoverRequest): OpenOutcome {
  const check = missingEntries(sideJournal, key);
  return openStore({ path, key, now, backups, check, ...(checkedWholeBytes !== undefined && { checkedWholeBytes }) });
}

/** What is to be mended, or null when nothing is or may be. */
function damageOf(outcome: OpenOutcome, { sideJournal, key }: RecoverRequest): LogDamage | null {
  if (outcome.kind === 'open') return null;
  if (outcome.error.code === 'torn-file') return 'damaged';
  if (outcome.error.code === 'set-back') return 'set-back';
  // Not one page opens: when the side journal does, the key is right and the file is all damage.
  const isKeyRight = outcome.error.code === 'wrong-key' && readNewest(sideJournal, key).entries.length > 0;
  return isKeyRight ? 'damaged' : null;
}

function mendLocked(request: RecoverRequest, cause: LogDamage): Mended | Refused {
  return locked(request.path, () => {
    try {
      return mend(request, cause);
    } catch (error) {
      if (!isNoSpace(error) || !request.reserve.spend()) throw error;
      return mend(request, cause);
    }
  });
}

/** Works while nobody else can have the database open. */
function locked<Value>(path: string, work: () => Value): Value | Refused {
  const taken = takeExclusiveLock(`${path}.lock`);
  if (taken.kind === 'taken') return { kind: 'refused', error: storeError('in-use', path, 'the lock is held') };
  if (taken.kind === 'cannot') return { kind: 'refused', error: storeError('cannot-open', path, taken.detail) };
  try {
    return work();
  } catch (error) {
    const code = isNoSpace(error) ? 'disk-full' : 'cannot-open';
    const detail = `making the log anew: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'refused', error: storeError(code, path, detail) };
  } finally {
    taken.lock.release();
  }
}

/**
 * The damaged files get a second name in the quarantine; the new database is made whole as `hookline.db.mended`; then the
 * two change places. A cut at any moment leaves either the damage as it was, or a swap that the next start finishes.
 */
function mend(request: RecoverRequest, cause: LogDamage): Mended {
  const { path, key, newId, now, reserve } = request;
  const side = readSideJournal(request.sideJournal, key).entries.filter(isFact);
  const { entries, lost, older, seat, settings: kept } = newestPart(request, side) ?? allOf(request, side);
  const copy = quarantined(request, cause);
  const areSecretsLost = kept.size === 0;
  const mended: Mended = { cause, kept: entries.length - lost, lost, older, copy, areSecretsLost };
  createDatabase(`${path}.mended`, key, undefined, (connection) => {
    const settings = settingTable(connection, reserve);
    // A seat of which no entry is left begins under a new name: its numbers were used before.
    const names = new Map(kept);
    names.delete('seat');
    if (seat !== null) names.set('seat', seat);
    for (const [name, value] of names) {
      const outcome = settings.put(name, value);
      if (outcome.kind !== 'written') throw new Error(outcome.detail);
    }
    const journal = journalTable(connection, { seat: seat ?? '', newId, reserve });
    if (older === 0) journal.refill(entries);
    else beginWith(connection, entries);
    if (seat === null) return;
    const fact: JournalFact = { kind: 'log-mended', body: { cause, kept: mended.kept, lost, copy } };
    const outcome = journal.append(fact, now());
    if (outcome.kind !== 'written') throw new Error(outcome.detail);
  });
  finishSwap(path);
  return mended;
}

/** What a new database begins with. */
interface Beginning {
  /** Where `older` is not 0, of one seat and in the order of their numbers. */
  readonly entries: readonly LooseEntry[];
  readonly lost: number;
  readonly older: number;
  readonly seat: string | null;
  readonly settings: ReadonlyMap<string, string>;
}

function newestPart({ path, key, large }: RecoverRequest, side: readonly LooseEntry[]): Beginning | null {
  const newest = newestOf(path, key, side, large);
  return newest === null ? null : { ...newest, lost: newest.entries.filter(isLost).length };
}

/**
 * Everything that can still be read. Where its beginning is missing and an earlier damaged log is kept (this one was not
 * whole yet), that is put back later.
 */
function allOf({ path, key, quarantine, newId }: RecoverRequest, side: readonly LooseEntry[]): Beginning {
  const found = salvage(path, key);
  const { settings } = found;
  const all = whole(side, found, newId);
  const older = all.entries.findIndex(({ id }) => !all.made.has(id));
  const isOfOneSeat = all.entries.every(({ seat }) => seat === all.seat);
  if (older <= 0 || !isOfOneSeat || damagedLogs(quarantine).length === 0) return { ...all, older: 0, settings };
  return { ...all, entries: all.entries.slice(older), lost: all.lost - older, older, settings };
}

function isLost({ kind }: LooseEntry): boolean {
  return kind === 'entry-lost';
}

/**
 * All entries there are, each once, numbered without a gap: where an entry could not be read any more stands one that
 * says so. The seat is that of the side journal, else the one whose name was kept, else the one that wrote most; null when
 * no entry is left. Of two
 * under one number that of the side journal counts: it was acknowledged.
 */
function whole(
  side: readonly LooseEntry[],
  found: Salvaged,
  newId: () => string,
): {
  readonly entries: readonly LooseEntry[];
  readonly lost: number;
  readonly seat: string | null;
  /** The ids of those that only say that an entry was lost. */
  readonly made: ReadonlySet<string>;
} {
  const seats = new Map<string, Map<number, LooseEntry>>();
  for (const entry of [...side, ...found.entries]) {
    const ofSeat = seats.get(entry.seat) ?? new Map<number, LooseEntry>();
    seats.set(entry.seat, ofSeat);
    const there = ofSeat.get(entry.seq);
    if (there === undefined || there.kind === 'entry-lost') ofSeat.set(entry.seq, entry);
  }
  const entries: LooseEntry[] = [];
  const made = new Set<string>();
  for (const [seat, ofSeat] of seats) {
    const last = [...ofSeat.keys()].reduce((most, seq) => Math.max(most, seq), found.lastSeqs.get(seat) ?? 0);
    let at = 0;
    for (let seq = 1; seq <= last; seq += 1) {
      const entry = ofSeat.get(seq) ?? { seat, seq, id: newId(), at, kind: 'entry-lost', body: '{}' };
      if (!ofSeat.has(seq)) made.add(entry.id);
      at = entry.at;
      entries.push(entry);
    }
  }
  const most = [...seats].toSorted(([, a], [, b]) => b.size - a.size)[0]?.[0] ?? null;
  const seatKept = found.settings.get('seat');
  const kept = seatKept !== undefined && seats.has(seatKept) ? seatKept : most;
  return { entries, lost: made.size, seat: side.at(-1)?.seat ?? kept, made };
}

/** Gives the damaged files a second name in a new folder of the quarantine; returns that folder's name. */
function quarantined({ path, quarantine, now }: RecoverRequest, cause: LogDamage): string {
  const name = quarantineFolder(quarantine, cause, now());
  for (const suffix of ['', '-wal']) {
    if (existsSync(path + suffix)) secondNameOf(path + suffix, join(quarantine, name, basename(path) + suffix));
  }
  syncDirectory(join(quarantine, name));
  return name;
}

function secondNameOf(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // A file system without links: it is copied.
    copyFileSync(from, to);
  }
}

/** A database made anew takes the place of the damaged one. The old log of pages goes first: it is not of this file. */
function finishSwap(path: string): void {
  if (!existsSync(`${path}.mended`)) return;
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  syncDirectory(dirname(path));
  renameSync(`${path}.mended`, path);
  syncDirectory(dirname(path));
  endDoubt(path);
}

function isNoSpace(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return cause.code === 'ENOSPC' || cause.code === 'EDQUOT' || cause.code === 'SQLITE_FULL';
}
