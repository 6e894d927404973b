import type { HubParts } from './hub-parts.ts';
import { type DecryptedRecordings, decryptedRecordings } from './listening/decrypted-recordings.ts';
import { type ListeningLog, listeningLog } from './listening/listening-log.ts';
import { openSiteKeys, type SiteKeys } from './listening/site-keys.ts';
import { type SiteRegister, siteRegister } from './listening/site-register.ts';
import type { RecordingStore } from './recordings/recording-store.ts';
import { clearErased } from './retention/clear-erased.ts';
import { sweepRecordings } from './retention/retention-sweep.ts';

/** Everything a hub does with recordings beside taking them. */
export interface HubRecordings {
  readonly keys: SiteKeys;
  readonly store: RecordingStore | null;
  /** Null: there is no place for recordings. */
  readonly register: SiteRegister | null;
  readonly decrypted: DecryptedRecordings;
  readonly listening: ListeningLog;
  /** After something was erased: what was decrypted is forgotten at once, what is stored is removed. Rejects never. */
  readonly erased: () => Promise<void>;
  /** Finds what a crash left unwritten, and erases what is past its date. Rejects never. */
  readonly sweep: () => Promise<void>;
  readonly close: () => void;
}

export interface HubRecordingsOptions {
  readonly store: RecordingStore | null;
  /** Where the secret lies that seals the hub's private keys; null: they lie open in the database. */
  readonly keyFile: string | null;
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number;
  readonly onFault: (cause: unknown) => void;
  /** Erasing by date stands still because the wall clock jumped; said at each sweep. */
  readonly onStopped: () => void;
}

/** Opens the hub's keys and puts together what works with them. Rejects when the keys can't be opened. */
export async function hubRecordings(parts: HubParts, options: HubRecordingsOptions): Promise<HubRecordings> {
  const { store, keyFile, monotonicMs, onFault, onStopped } = options;
  const keys = await openSiteKeys(parts, keyFile);
  const register = store === null ? null : siteRegister(parts, keys, store);
  const decrypted = decryptedRecordings(parts.database, keys, store, monotonicMs);
  return {
    keys,
    store,
    register,
    decrypted,
    listening: listeningLog(parts, monotonicMs),
    erased: async () => {
      decrypted.forget();
      await clearErased(parts.database, store).catch(onFault);
    },
    sweep: async () => {
      await register?.catchUp().catch(onFault);
      const swept = sweepRecordings(parts, store, decrypted.forget);
      await swept.then(({ kind }) => (kind === 'stopped' ? onStopped() : undefined)).catch(onFault);
      await store?.deleteExpired().catch(onFault);
    },
    close: decrypted.close,
  };
}
