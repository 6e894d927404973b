/** Why a store was refused. The file was left as it was found, byte for byte. */
export type StoreErrorCode =
  /** Made by a newer Hookline. */
  | 'future-database'
  | 'wrong-key'
  /** Damaged: pages missing, altered, or the file is empty. */
  | 'torn-file'
  /** Sound, and older than what was written down since: the newest entries are missing. */
  | 'set-back'
  /** A plain SQLite file stands where the encrypted one should. */
  | 'not-encrypted'
  /** Opens with our key and is not ours. */
  | 'not-hookline'
  /** Another process has it open. */
  | 'in-use'
  | 'disk-full'
  /** The file or its directory can't be read or written. */
  | 'cannot-open'
  /** The SQLite in this build has the WAL-reset bug (facts/reliability.md section 1.2). */
  | 'sqlite-too-old'
  /** SQLite did not take a setting that durability rests on. */
  | 'setting-refused';

/** A refusal a person can act on: `message` says what happened and what to do; `detail` is for a technician. */
export interface StoreError {
  readonly code: StoreErrorCode;
  readonly path: string;
  readonly message: string;
  readonly detail: string;
}

const sentences: Record<StoreErrorCode, string> = {
  'future-database':
    'This profile was last used by a newer Hookline. Install that version again, or start with another --profile. A copy made before the update is in the backups folder.',
  'wrong-key':
    'This profile cannot be decrypted with the key found on this machine. Put back the key file that belongs to it (or sign in as the person who made it), or start with another --profile.',
  'torn-file':
    'The call log is damaged. Nothing was changed. Start Hookline, which makes it anew from what can be read, or run hookline doctor --mend.',
  'set-back':
    'The call log has gone back to an older state: its newest lines are missing. Nothing was changed. Start Hookline, which puts them back from the side journal, or run hookline doctor --mend.',
  'not-encrypted':
    'A file that is not encrypted stands where the encrypted call log should be. Move it away and put back the right one from the backups folder.',
  'not-hookline': 'The file named hookline.db was not made by Hookline. Move it away, or start with another --profile.',
  'in-use': 'This profile is open in another Hookline. Close that one first, or start this one with another --profile.',
  'disk-full': 'The disk is full. Free some space and start again.',
  'cannot-open': 'The profile cannot be opened. Check that the disk is there and that you may write to the folder.',
  'sqlite-too-old': 'This build carries a SQLite that can damage a database. Install Hookline again.',
  'setting-refused': 'The database did not take a setting that keeps calls safe. Install Hookline again.',
};

/** The error for a code, with its sentence. */
export function storeError(code: StoreErrorCode, path: string, detail: string): StoreError {
  return { code, path, message: sentences[code], detail };
}
