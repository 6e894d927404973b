import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { doubtPath } from './check-depth.ts';
import { openPage, pageKeys, pageLength } from './recover-pages.ts';
import { syncDirectory } from './sync-directory.ts';

/** The pages of a large log, looked at while the seat works with it. */
export interface PageWatch {
  /**
   * Looks at each page once, until the first that is damaged: then the next start checks all of the log and mends it. Gives
   * that page; null: there is none, or it was closed. Never rejects.
   */
  look(): Promise<number | null>;
  close(): void;
}

/** So many pages are looked at in one go, about a millisecond each twenty, and then the process is left alone. */
const pagesAtOnce = 128;
const restMs = 60;
/** A page that is damaged is looked at again so long after: its newest state may just have been on its way into the file. */
const lookAgainMs = 5_000;

/**
 * What `checkEnds` left out. Each page of an encrypted file proves itself (SQLCipher's HMAC), so a page that a disk spoilt is
 * found without SQLite. The file changes beside this only when the log of pages is moved into it, between two looks.
 */
export function pageWatch(options: {
  readonly path: string;
  readonly key: Uint8Array;
  readonly log: (level: 'warn', message: string) => void;
  /** Real time unless given. */
  readonly rest?: (ms: number) => Promise<void>;
}): PageWatch {
  const { path, key, log } = options;
  const rest = options.rest ?? ((ms) => delay(ms, undefined, { ref: false }));
  let isClosed = false;
  const look = async (): Promise<number | null> => {
    const keys = pageKeys(key);
    const file = openSync(path, 'r');
    try {
      const block = Buffer.alloc(pagesAtOnce * pageLength);
      const isSound = (number: number): boolean => {
        const read = readSync(file, block, 0, pageLength, (number - 1) * pageLength);
        return read < pageLength || openPage(keys, Buffer.from(block.subarray(0, pageLength)), number) !== null;
      };
      const pages = Math.floor(fstatSync(file).size / pageLength);
      // The first page SQLite read when it opened the file.
      for (let from = 2; from <= pages && !isClosed; from += pagesAtOnce) {
        for (let number = from; number < from + pagesAtOnce && number <= pages; number += 1) {
          if (isSound(number)) continue;
          await rest(lookAgainMs);
          if (!isClosed && !isSound(number)) return number;
        }
        await rest(restMs);
      }
      return null;
    } finally {
      closeSync(file);
    }
  };
  return {
    look: async () => {
      const page = await look().catch((cause: unknown) => {
        log('warn', `looking at the pages of the log: ${String(cause)}`);
        return null;
      });
      if (page === null || isClosed) return null;
      log('warn', `page ${page} of the log is damaged: the next start mends it`);
      doubt(path, log);
      return page;
    },
    close: () => {
      isClosed = true;
    },
  };
}

function doubt(path: string, log: (level: 'warn', message: string) => void): void {
  try {
    writeFileSync(doubtPath(path), '', { mode: 0o600 });
    syncDirectory(dirname(path));
  } catch (cause) {
    log('warn', `the doubt is not kept: ${String(cause)}`);
  }
}
