import { join } from 'node:path';
import { v7 as uuidV7 } from 'uuid';
import type { KeyBindings } from '../core/key-command.ts';
import type { Notice } from '../core/notice.ts';
import type { Settings } from '../core/settings.ts';
import { readKeys, writeKeys } from './keys-file.ts';
import { hubMemory } from './recordings/hub-memory.ts';
import { type RecordingKeys, recordingKeys } from './recordings/recording-keys.ts';
import { recordingVault } from './recordings/vault.ts';
import type { Log, RecordingVault, SettingsKeeper } from './seat-ports.ts';
import { readSettings, writeSettings } from './settings-file.ts';
import type { Guest } from './store/bring-home.ts';
import { isCheckedWhole } from './store/check-depth.ts';
import type { Homecoming } from './store/homecoming.ts';
import { journalTable } from './store/journal-table.ts';
import type { Store } from './store/open.ts';
import { type PageWatch, pageWatch } from './store/page-watch.ts';
import type { KeyKeeper } from './store/profile-key.ts';
import type { ProfilePaths } from './store/profile-paths.ts';
import { recoverAfterCrash } from './store/recover.ts';
import { openLog } from './store/recover-key.ts';
import type { Mended } from './store/recover-store.ts';
import { type Reserve, reserveAt } from './store/reserve.ts';
import { type OlderRestore, olderRestore } from './store/restore-older.ts';
import { type OpenSeatStore, StoreWriteError, seatName, seatStore } from './store/seat-store.ts';
import { settingTable } from './store/setting-table.ts';
import { openSideJournal, type SideJournal } from './store/side-journal.ts';
import { storeError } from './store/store-error.ts';

/** How often a spent reserve is tried again (somebody may have made room) and the write-ahead log moved into the file. */
const tidyMs = 60_000;

/** Everything of one profile, opened and sound. */
export type Profile = {
  readonly seat: string;
  readonly store: OpenSeatStore;
  readonly vault: RecordingVault;
  readonly recordingKeys: RecordingKeys;
  readonly settings: Settings;
  readonly bindings: KeyBindings;
  /** The folder itself. */
  readonly directory: string;
  readonly firstNotices: readonly Notice[];
  readonly keeper: SettingsKeeper;
  readonly newId: () => string;
  /** Set while the profile's own disk takes nothing: what brings everything home. */
  readonly standIn: Homecoming | null;
  /** Set when the log was made anew and its older lines are put back while the seat works. */
  readonly older: OlderRestore | null;
  /** Set when the log is so large that not all of it was checked at its start. */
  readonly pages: PageWatch | null;
  close(): void | Promise<void>;
};

/** What opening a profile needs. */
export type OpenRequest = {
  readonly directory: string;
  readonly keys: KeyKeeper;
  readonly log: Log;
};

/** A profile that is open, and what a stand-in of it needs to come home. */
export type OpenedProfile = {
  readonly kind: 'open';
  readonly profile: Profile;
  readonly key: Uint8Array;
  readonly guest: Guest;
  readonly isBeingRecorded: (recordingId: string) => boolean;
};

/** Not opened. `isOfDisk`: the folder can't be read or written, so a stand-in may do better. */
export type NotOpened = {
  readonly kind: 'refused';
  readonly message: string;
  readonly detail: string;
  readonly isOfDisk: boolean;
};

/** Why a folder is refused when its disk is what refuses. */
const codesOfDisk: readonly string[] = ['cannot-open', 'disk-full', 'cannot-read', 'cannot-create'];

/**
 * Opens the profile that lies in a folder: key, database, recordings, settings; closes what a crash left open. A damaged
 * log is mended, which is told. `reserveSize` in bytes, where it is not the usual one.
 */
export async function openProfileIn(
  paths: ProfilePaths,
  options: OpenRequest,
  reserveSize?: number,
): Promise<OpenedProfile | NotOpened> {
  try {
    return await openIn(paths, options, reserveSize);
  } catch (cause) {
    // It opened, and took nothing after that.
    if (!(cause instanceof StoreWriteError)) throw cause;
    const { message } = storeError(cause.code === 'disk-full' ? 'disk-full' : 'cannot-open', '', '');
    return { kind: 'refused', message, detail: cause.message, isOfDisk: true };
  }
}

async function openIn(
  paths: ProfilePaths,
  options: OpenRequest,
  reserveSize?: number,
): Promise<OpenedProfile | NotOpened> {
  const newId = (): string => uuidV7();
  const reserve = reserveAt(paths.reserve, reserveSize);
  const wasCheckedWhole = isCheckedWhole(paths.database);
  const opened = await openLog(paths, options.keys, { newId, reserve });
  if (opened.kind === 'refused') {
    const { code, message, detail } = opened.error;
    return { kind: 'refused', message, detail, isOfDisk: codesOfDisk.includes(code) };
  }
  const { key, mended } = opened;
  if (opened.store.backupPath !== null)
    options.log('info', `database upgraded; a copy is in ${opened.store.backupPath}`);

  const seat = nameOrClose(opened.store, reserve, newId);
  const restore = (): void => {
    reserve.restore().catch((error: unknown) => options.log('warn', `keeping space back: ${String(error)}`));
  };
  restore();
  const timer = setInterval(() => {
    restore();
    checkpoint(opened.store, options.log);
  }, tidyMs);
  timer.unref();
  const side = sideJournalOf(opened.store, { paths, key, seat, newId, reserve, log: options.log });
  const store = seatStore(opened.store, { seat, newId, reserve, side, quarantine: paths.quarantine });
  if (mended !== null) tellMended(store, mended, options.log);
  const older = olderRestore({
    live: opened.store.connection,
    seat,
    path: paths.database,
    key,
    quarantine: paths.quarantine,
    sideJournal: paths.sideJournal,
    newId,
    write: (fact) => void store.append(fact, Date.now()),
    onPutBack: store.tellAppended,
    log: options.log,
  });
  const pages = wasCheckedWhole ? null : pageWatch({ path: paths.database, key, log: options.log });
  const { vault, keys: ofRecordings } = recordingsIn(paths.recordings, { key, seat, store, reserve, log: options.log });
  const recovered = await recoverAfterCrash(store, vault, Date.now());
  const { calls, recordings, texts } = recovered;
  if (calls + recordings + texts > 0) {
    options.log('warn', `after a crash: closed ${calls} calls, ${recordings} recordings and ${texts} texts`);
  }
  const settingsPath = join(paths.directory, 'settings.json');
  const read = await readSettings(settingsPath);
  const keys = await readKeys(paths.directory);
  const isAccount = read.settings.account.kind === 'sip';
  const firstNotices: readonly Notice[] = [
    ...(mended === null ? [] : mendedNotices(mended, isAccount && store.secret('sip-password') === null)),
    ...(older === null ? [] : [{ code: 'log-older-coming' as const, detail: String(older.remaining()) }]),
    ...(read.kind === 'bad'
      ? [{ code: 'settings-file' as const, detail: `settings.json:${read.line}: ${read.message}`.slice(0, 400) }]
      : []),
    ...keys.notices,
  ];
  for (const notice of firstNotices) options.log('warn', notice.detail);
  return {
    kind: 'open',
    key,
    isBeingRecorded: (recordingId) => vault.syncedBytes(recordingId) !== null,
    guest: { journal: store.journal, settings: settingTable(opened.store.connection, reserve) },
    profile: {
      seat,
      store,
      vault,
      recordingKeys: ofRecordings,
      settings: read.settings,
      firstNotices,
      bindings: keys.bindings,
      directory: paths.directory,
      keeper: {
        save: (next) => writeSettings(settingsPath, next),
        saveBindings: (next) => writeKeys(paths.directory, next),
      },
      newId,
      standIn: null,
      older,
      pages,
      close: () => {
        clearInterval(timer);
        pages?.close();
        older?.close();
        side.close();
        opened.store.close();
        return Promise.resolve();
      },
    },
  };
}

/** The recordings of a profile, and their keys for the hub. */
function recordingsIn(
  directory: string,
  profile: {
    readonly key: Uint8Array;
    readonly seat: string;
    readonly store: OpenSeatStore;
    readonly reserve: Reserve;
    readonly log: Log;
  },
) {
  const { key: profileKey, seat, store, reserve, log } = profile;
  const keys = recordingKeys({ directory, profileKey, seat, pin: hubMemory(store).pin, log });
  return { keys, vault: recordingVault({ directory, profileKey, reserve, onKey: keys.keep }) };
}

/** The newest entries once more, beside the database; filled up to where the journal stands. */
function sideJournalOf(
  store: Store,
  options: {
    readonly paths: ProfilePaths;
    readonly key: Uint8Array;
    readonly seat: string;
    readonly newId: () => string;
    readonly reserve: Reserve;
    readonly log: Log;
  },
): SideJournal {
  const journal = journalTable(store.connection, options);
  const side = openSideJournal({
    directory: options.paths.sideJournal,
    key: options.key,
    seat: options.seat,
    reserve: options.reserve,
    after: journal.after,
    onProblem: (sentence) => options.log('warn', sentence),
  });
  side.catchUp(journal.lastSeq());
  return side;
}

/** Says what was mended; a log of which no entry was left has it as its first one. */
function tellMended(store: OpenSeatStore, { cause, kept, lost, copy }: Mended, log: Log): void {
  log('warn', `the log was made anew (${cause}): ${kept} entries kept, ${lost} lost, the old files are in ${copy}`);
  if (store.journal.lastSeq() === 0)
    store.append({ kind: 'log-mended', body: { cause, kept, lost, copy } }, Date.now());
}

function mendedNotices({ cause, lost, older, areSecretsLost }: Mended, isPasswordMissing: boolean): readonly Notice[] {
  const password: readonly Notice[] =
    areSecretsLost && isPasswordMissing ? [{ code: 'password-lost', detail: '' }] : [];
  // Whether anything is missing is known when the older lines are back.
  if (older > 0) return password;
  if (cause === 'key-lost') return [{ code: 'log-begun-anew', detail: '' }, ...password];
  if (lost > 0) return [{ code: 'log-mended-lost', detail: String(lost) }, ...password];
  return [{ code: 'log-mended', detail: '' }, ...password];
}

/** Keeps the write-ahead log short, so that the next start is quick. A disk without room for it is no fault: it waits. */
function checkpoint(store: Store, log: Log): void {
  try {
    store.checkpoint();
  } catch (error) {
    log('warn', `tidying the database: ${String(error)}`);
  }
}

/** A seat's name that can't be kept leaves nothing open. */
function nameOrClose(store: Store, reserve: Reserve, newId: () => string): string {
  try {
    return seatName(store, reserve, newId);
  } catch (cause) {
    store.close();
    throw cause;
  }
}
