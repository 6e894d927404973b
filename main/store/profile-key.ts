import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { link, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keyLength } from './connection.ts';
import { syncDirectoryLater } from './sync-directory.ts';

/** Why a profile's key can't be had. Each says what to do in `message`. */
export type KeyErrorCode =
  /** Somebody but its owner may read or write the key file. */
  | 'too-open'
  /** The key file, or what was unwrapped from it, is not a key. */
  | 'malformed'
  /** The system's key chain does not give the key out: another person, or its backend was changed. */
  | 'cannot-unwrap'
  /** There is a database, and its key is gone. A new key would only hide that. */
  | 'missing'
  | 'cannot-read'
  | 'cannot-create';

/** A refusal a person can act on. */
export interface KeyError {
  readonly code: KeyErrorCode;
  readonly path: string;
  readonly message: string;
  readonly detail: string;
}

/** The profile's 32 bytes, or why not. */
export type KeyOutcome =
  | { readonly kind: 'key'; readonly key: Uint8Array; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly error: KeyError };

/**
 * Keeps the key of one profile. The same key is given each time, in every process, until somebody takes the file away.
 * `hasDatabase`: the profile has data already, so a missing key is refused instead of made anew.
 */
export interface KeyKeeper {
  key(hasDatabase: boolean): Promise<KeyOutcome>;
}

/** The system's key chain: Electron's safeStorage, or a twin. `decrypt` rejects when it can't. */
export interface KeyChain {
  encrypt(secret: string): Promise<Uint8Array>;
  decrypt(wrapped: Uint8Array): Promise<string>;
}

const sentences: Record<KeyErrorCode, string> = {
  'too-open': 'Other people on this machine can read the key of this profile. Run chmod 600 on the file named.',
  malformed: 'The key file of this profile is damaged. Put it back from a copy.',
  'cannot-unwrap':
    'The key chain of this system does not give out the key of this profile. Sign in as the person who made it, or unlock the key chain.',
  missing: 'The key file of this profile is gone. Put it back from a copy, or start with another --profile.',
  'cannot-read': 'The key file of this profile cannot be read. Check who owns it.',
  'cannot-create':
    'The key file of this profile cannot be made. Check that you may write to the folder and that the disk has room.',
};

/** The key in a file of its own that only its owner may read (0600): the browser shell, which has no key chain. */
export function fileKeyKeeper(path: string): KeyKeeper {
  return keeper(path, {
    encrypt: (key) => Promise.resolve(key),
    decrypt: (bytes) => Promise.resolve(bytes),
  });
}

/** The key wrapped by the system's key chain, in a file beside the database: Electron. */
export function chainKeyKeeper(path: string, chain: KeyChain): KeyKeeper {
  return keeper(path, {
    encrypt: (key) => chain.encrypt(Buffer.from(key).toString('base64')),
    decrypt: async (bytes) => Buffer.from(await chain.decrypt(bytes), 'base64'),
  });
}

interface Wrapping {
  encrypt(key: Uint8Array): Promise<Uint8Array>;
  decrypt(bytes: Uint8Array): Promise<Uint8Array>;
}

function keeper(path: string, wrapping: Wrapping): KeyKeeper {
  const refused = (code: KeyErrorCode, cause: unknown): KeyOutcome => ({
    kind: 'refused',
    error: { code, path, message: sentences[code], detail: cause instanceof Error ? cause.message : String(cause) },
  });
  const read = async (): Promise<KeyOutcome | null> => {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    if (mode === undefined) return null;
    // Windows has no such bits: the profile's folder is private to its owner there.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return refused('too-open', `mode ${(mode & 0o777).toString(8)}`);
    }
    const bytes = await readFile(path).catch((cause: unknown) => refused('cannot-read', cause));
    if ('kind' in bytes) return bytes;
    const key = await wrapping.decrypt(bytes).catch((cause: unknown) => refused('cannot-unwrap', cause));
    if ('kind' in key) return key;
    if (key.length !== keyLength) return refused('malformed', `${key.length} bytes instead of ${keyLength}`);
    return { kind: 'key', key, isNew: false };
  };
  return {
    key: async (hasDatabase) => {
      const found = await read();
      if (found !== null) return found;
      if (hasDatabase) return refused('missing', 'a database is there, its key is not');
      try {
        const key = randomBytes(keyLength);
        const isOurs = await createWhole(path, await wrapping.encrypt(key));
        // Another process may have made it in the same moment: then its key is the key.
        return isOurs ? { kind: 'key', key, isNew: true } : ((await read()) ?? refused('cannot-create', 'it vanished'));
      } catch (cause) {
        return refused('cannot-create', cause);
      }
    },
  };
}

/** Makes a file with its content, durable, private, and never over one that is there. False when one was there. */
async function createWhole(path: string, bytes: Uint8Array): Promise<boolean> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
  const file = await open(draft, 'wx', 0o600);
  try {
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, because a rename would replace what another process has just made.
    const isOurs = await link(draft, path).then(
      () => true,
      (cause: unknown) => {
        if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
        throw cause;
      },
    );
    await syncDirectoryLater(dirname(path));
    return isOurs;
  } finally {
    await rm(draft, { force: true });
  }
}
