import { join } from 'node:path';
import { v7 as uuidV7 } from 'uuid';
import type { KeyBindings } from '../core/key-command.ts';
import type { Notice } from '../core/notice.ts';
import type { Settings } from '../core/settings.ts';
import { readKeys, writeKeys } from './keys-file.ts';
import { recordingVault } from './recordings/vault.ts';
import type { Log, RecordingVault, SettingsKeeper } from './seat-ports.ts';
import { readSettings, writeSettings } from './settings-file.ts';
import { journalTable } from './store/journal-table.ts';
import type { Store } from './store/open.ts';
import type { KeyKeeper } from './store/profile-key.ts';
import { type ProfilePaths, profilePaths } from './store/profile-paths.ts';
import { recoverAfterCrash } from './store/recover.ts';
import { openLog } from './store/recover-key.ts';
import type { Mended } from './store/recover-store.ts';
import { type Reserve, reserveAt } from './store/reserve.ts';
import { type OpenSeatStore, seatName, seatStore } from './store/seat-store.ts';
import { openSideJournal, type SideJournal } from './store/side-journal.ts';

/** How often a spent reserve is tried again (somebody may have made room) and the write-ahead log moved into the file. */
const tidyMs = 60_000;

/** Everything of one profile, opened and sound. */
export type Profile = {
  readonly seat: string;
  readonly store: OpenSeatStore;
  readonly vault: RecordingVault;
  readonly settings: Settings;
  readonly bindings: KeyBindings;
  /** The folder itself. */
  readonly directory: string;
  readonly firstNotices: readonly Notice[];
  readonly keeper: SettingsKeeper;
  readonly newId: () => string;
  close(): void;
};

/** The profile, or the sentences that say why not and what to do. */
export type ProfileOutcome =
  | { readonly kind: 'open'; readonly profile: Profile }
  | { readonly kind: 'refused'; readonly message: string; readonly detail: string };

/**
 * Opens a profile folder: key, database, recordings, settings; closes what a crash left open. Both shells use it, each
 * with its own keeper of the key.
 */
export async function openProfile(options: {
  readonly directory: string;
  readonly keys: KeyKeeper;
  readonly log: Log;
}): Promise<ProfileOutcome> {
  const paths = profilePaths(options.directory);
  const newId = (): string => uuidV7();
  const reserve = reserveAt(paths.reserve);
  const opened = await openLog(paths, options.keys, { newId, reserve });
  if (opened.kind === 'refused') return { kind: 'refused', ...opened.error };
  const { key, mended } = opened;
  if (opened.store.backupPath !== null)
    options.log('info', `database upgraded; a copy is in ${opened.store.backupPath}`);

  const restore = (): void => {
    reserve.restore().catch((error: unknown) => options.log('warn', `keeping space back: ${String(error)}`));
  };
  restore();
  const timer = setInterval(() => {
    restore();
    checkpoint(opened.store, options.log);
  }, tidyMs);
  timer.unref();
  const seat = seatName(opened.store, reserve, newId);
  const side = sideJournalOf(opened.store, { paths, key, seat, newId, reserve, log: options.log });
  const store = seatStore(opened.store, { seat, newId, reserve, side });
  if (mended !== null) tellMended(store, mended, options.log);
  const vault = recordingVault({ directory: paths.recordings, profileKey: key, reserve });
  const recovered = await recoverAfterCrash(store, vault, Date.now());
  const { calls, recordings, texts } = recovered;
  if (calls + recordings + texts > 0) {
    options.log('warn', `after a crash: closed ${calls} calls, ${recordings} recordings and ${texts} texts`);
  }
  const settingsPath = join(options.directory, 'settings.json');
  const read = await readSettings(settingsPath);
  const keys = await readKeys(options.directory);
  const isAccount = read.settings.account.kind === 'sip';
  const firstNotices: readonly Notice[] = [
    ...(mended === null ? [] : mendedNotices(mended, isAccount && store.secret('sip-password') === null)),
    ...(read.kind === 'bad'
      ? [{ code: 'settings-file' as const, detail: `settings.json:${read.line}: ${read.message}`.slice(0, 400) }]
      : []),
    ...keys.notices,
  ];
  for (const notice of firstNotices) options.log('warn', notice.detail);
  return {
    kind: 'open',
    profile: {
      seat,
      store,
      vault,
      settings: read.settings,
      firstNotices,
      bindings: keys.bindings,
      directory: options.directory,
      keeper: {
        save: (next) => writeSettings(settingsPath, next),
        saveBindings: (next) => writeKeys(options.directory, next),
      },
      newId,
      close: () => {
        clearInterval(timer);
        side.close();
        opened.store.close();
      },
    },
  };
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

function mendedNotices({ cause, lost, areSecretsLost }: Mended, isPasswordMissing: boolean): readonly Notice[] {
  const password: readonly Notice[] =
    areSecretsLost && isPasswordMissing ? [{ code: 'password-lost', detail: '' }] : [];
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
