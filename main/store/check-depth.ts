import { existsSync, rmSync, statSync } from 'node:fs';
import type { Connection } from './connection.ts';
import { readablePages } from './recover-pages.ts';

/**
 * Up to this size every page of a log is checked before it is opened (SQLite's quick_check): some 1.5 million entries, six
 * seconds on a machine with two slow cores. The check of a larger one would make each start longer than the one before.
 */
export const checkedWholeBytesMax = 512 * 1024 * 1024;

/** How many pages at both ends of a large log are checked before it is opened: its roots, and its newest entries. */
const firstPages = 64;
const lastPages = 2_048;
/** And how many of the newest rows are read, by their index and their place. */
const newestRows = 2_000;

/** Stands beside a log in which a damaged page was found while it was in use: the next start checks all of it. */
export function doubtPath(path: string): string {
  return `${path}.doubt`;
}

/**
 * Whether a log is checked as a whole before it is opened: it is not large, or it was not closed (its log of pages is still
 * there: a crash or a power cut), or it is doubted. Else its ends are checked, and the rest while the seat works (page-watch.ts).
 */
export function isCheckedWhole(path: string, bytesMax: number = checkedWholeBytesMax): boolean {
  const wasClosed = sizeOf(`${path}-wal`) === 0;
  return !wasClosed || sizeOf(path) <= bytesMax || existsSync(doubtPath(path));
}

/** The log was checked as a whole, or made anew: it is doubted no more. */
export function endDoubt(path: string): void {
  rmSync(doubtPath(path), { force: true });
}

/** Null, or what is wrong at the ends of a log. Throws what SQLite says of rows it can't read. */
export function checkEnds(path: string, key: Uint8Array, connection: Connection): string | null {
  const pages = readablePages(path, key);
  try {
    const looked = new Set([...pages.numbers.slice(0, firstPages), ...pages.newestNumbers(lastPages)]);
    // The first page SQLite has read by now.
    looked.delete(1);
    const damaged = [...looked].find((number) => pages.states(number).length === 0);
    if (damaged !== undefined) return `page ${damaged} does not open`;
  } finally {
    pages.close();
  }
  for (const sql of newestOf) connection.prepare(sql).all();
  return null;
}

/** What a seat reads at its start. */
const newestOf = [
  `select * from journal order by position desc limit ${newestRows}`,
  `select * from journal order by seat desc, seq desc limit ${newestRows}`,
  `select * from call order by position desc limit ${newestRows}`,
  'select * from call where is_open = 1',
  'select * from setting',
];

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
