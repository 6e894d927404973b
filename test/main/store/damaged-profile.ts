import {
  closeSync,
  cpSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JournalEntry } from '../../../core/journal.ts';
import { journalTable } from '../../../main/store/journal-table.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { type Mended, openOrMend, type RecoverOutcome } from '../../../main/store/recover-store.ts';
import { seatName, seatStore } from '../../../main/store/seat-store.ts';
import { settingTable } from '../../../main/store/setting-table.ts';
import { openSideJournal } from '../../../main/store/side-journal.ts';
import { type Finding, verifyJournal } from '../../../main/store/verify-journal.ts';
import { callFacts } from './facts.ts';
import { countedIds, noReserve, testKey } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What a profile holds after it was opened, and mended where it had to be. */
export interface Found {
  readonly mended: Mended | null;
  readonly entries: readonly JournalEntry[];
  readonly findings: readonly Finding[];
  readonly password: string | null;
}

const ids = countedIds();

/** Opens a profile's log as a seat does, mending it. */
export function openLogIn(directory: string, key: Uint8Array = testKey): RecoverOutcome {
  const paths = profilePaths(directory);
  const { database: path, backups, sideJournal, quarantine } = paths;
  return openOrMend({
    path,
    key,
    now: () => 1_000,
    newId: ids,
    backups,
    sideJournal,
    quarantine,
    reserve: noReserve,
  });
}

/** Writes calls into a profile as a seat does, each entry with its side journal. Gives what was acknowledged. */
export function writeCalls(directory: string, from: number, to: number, note = ''): readonly JournalEntry[] {
  const outcome = openLogIn(directory);
  if (outcome.kind === 'refused') throw new Error(`${outcome.error.code} ${outcome.error.detail}`);
  const { connection } = outcome.store;
  const seat = seatName(outcome.store, noReserve, ids);
  const journal = journalTable(connection, { seat, newId: ids, reserve: noReserve });
  const side = openSideJournal({
    directory: profilePaths(directory).sideJournal,
    key: testKey,
    seat,
    reserve: noReserve,
    after: journal.after,
    onProblem: (sentence) => {
      throw new Error(sentence);
    },
  });
  side.catchUp(journal.lastSeq());
  settingTable(connection, noReserve).put('sip-password', 'swordfish');
  const store = seatStore(outcome.store, { seat, newId: ids, reserve: noReserve, side });
  const kept: JournalEntry[] = [];
  for (let number = from; number < to; number += 1) {
    for (const fact of callFacts(number)) {
      const told = fact.kind === 'call-coded' ? { ...fact, body: { ...fact.body, note: note + fact.body.note } } : fact;
      const answer = store.append(told, number);
      if (answer.kind !== 'kept') throw new Error(answer.kind);
      kept.push(answer.entry);
    }
  }
  // As a crash leaves it: closed cleanly the log of pages would be folded into the file.
  const crashed = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  cpSync(directory, crashed, { recursive: true });
  side.close();
  outcome.store.close();
  cpSync(crashed, directory, { recursive: true });
  rmSync(crashed, { recursive: true });
  return kept;
}

/** A copy of a profile, to be damaged. */
export function copyOf(directory: string): string {
  const copy = temporaryDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

/** Opens a profile, mends it, reads everything and checks it. */
export function openAndRead(directory: string, key: Uint8Array = testKey): Found {
  const outcome = openLogIn(directory, key);
  if (outcome.kind === 'refused') throw new Error(`${outcome.error.code} ${outcome.error.detail}`);
  const { connection } = outcome.store;
  onTestFinished(() => outcome.store.close());
  const settings = settingTable(connection, noReserve);
  const journal = journalTable(connection, { seat: settings.get('seat') ?? '', newId: ids, reserve: noReserve });
  return {
    mended: outcome.mended,
    entries: journal.after(0, 1_000_000),
    findings: verifyJournal(connection).findings,
    password: settings.get('sip-password'),
  };
}

/** Writes over bytes of a file, from an offset. */
export function overwrite(path: string, offset: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(file);
  }
}

/** Turns the bits of some bytes in the middle of a page. */
export function damagePage(path: string, number: number): void {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(8);
  readSync(file, bytes, 0, 8, (number - 1) * 4096 + 2000);
  closeSync(file);
  overwrite(
    path,
    (number - 1) * 4096 + 2000,
    bytes.map((byte) => byte ^ 0xff),
  );
}

/** How many pages a file has. */
export function pagesOf(path: string): number {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  closeSync(file);
  return size / 4096;
}

/** The bytes of a file in a profile, by name; null when it is not there. */
export function bytesIn(directory: string, name: string): Buffer | null {
  try {
    return readFileSync(join(directory, name));
  } catch {
    return null;
  }
}
