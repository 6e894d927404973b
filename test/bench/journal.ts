import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { v7 } from 'uuid';
import { journalTable } from '../../main/store/journal-table.ts';
import { openStore } from '../../main/store/open.ts';
import { reserveAt } from '../../main/store/reserve.ts';
import { seatStore } from '../../main/store/seat-store.ts';
import { openSideJournal } from '../../main/store/side-journal.ts';
import { callFacts } from '../main/store/facts.ts';
import type { Bench } from './bench.ts';

/** How fast one writer commits: per second, and the times of one commit in milliseconds. */
interface AppendFigures {
  readonly appendsPerSecond: number;
  readonly appendP50Ms: number;
  readonly appendP99Ms: number;
}

/** Calls written by each contestant; six entries each, as a real call has. */
const calls = 500;

/** The same entries are given to each contestant in turns of so many calls, so that a slow moment of the disk hits all. */
const callsPerTurn = 25;

/**
 * Durable appends: our journal (encrypted, with the call list's row in the same transaction, and once more in the side
 * journal) beside bare better-sqlite3
 * inserts of the same text into one table: synchronous=FULL, which keeps them through a power cut; NORMAL, which does
 * not; and FULL with the same cipher.
 */
export const bench: Bench = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-bench-'));
  try {
    const opened = openStore({ path: join(directory, 'hookline.db'), key: new Uint8Array(32).fill(1), now: Date.now });
    if (opened.kind === 'refused') throw new Error(opened.error.detail);
    const reserve = reserveAt(join(directory, 'reserve'));
    const { after } = journalTable(opened.store.connection, { seat: 'seat-1', newId: v7, reserve });
    const side = openSideJournal({
      directory: join(directory, 'side-journal'),
      key: new Uint8Array(32).fill(1),
      seat: 'seat-1',
      reserve,
      after,
      onProblem: (sentence) => {
        throw new Error(sentence);
      },
    });
    const store = seatStore(opened.store, { seat: 'seat-1', newId: v7, reserve, side });
    const journal = contestant((number) =>
      callFacts(number).map((fact) => () => {
        if (store.append(fact, number).kind !== 'kept') throw new Error('the disk is full');
      }),
    );
    const sqliteFull = contestant(bareInsert(join(directory, 'full.db'), 'FULL', null));
    const sqliteNormal = contestant(bareInsert(join(directory, 'normal.db'), 'NORMAL', null));
    const sqliteFullEncrypted = contestant(bareInsert(join(directory, 'encrypted.db'), 'FULL', 'ab'.repeat(32)));
    for (let from = 0; from < calls; from += callsPerTurn) {
      for (const one of [journal, sqliteFull, sqliteNormal, sqliteFullEncrypted]) one.run(from, from + callsPerTurn);
    }
    opened.store.close();
    return {
      figures: { ...journal.figures() },
      peers: {
        sqliteFull: sqliteFull.figures(),
        sqliteNormal: sqliteNormal.figures(),
        sqliteFullEncrypted: sqliteFullEncrypted.figures(),
      },
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** Runs writes and remembers how long each took. */
function contestant(writesOf: (call: number) => readonly (() => void)[]) {
  const times: number[] = [];
  return {
    run: (from: number, to: number): void => {
      for (let call = from; call < to; call += 1) {
        for (const write of writesOf(call)) {
          const begin = performance.now();
          write();
          times.push(performance.now() - begin);
        }
      }
    },
    figures: (): AppendFigures => {
      const sorted = times.toSorted((a, b) => a - b);
      const total = times.reduce((sum, time) => sum + time, 0);
      const at = (share: number): number => rounded(sorted[Math.floor(sorted.length * share)] ?? 0);
      return {
        appendsPerSecond: Math.round((times.length * 1000) / total),
        appendP50Ms: at(0.5),
        appendP99Ms: at(0.99),
      };
    },
  };
}

/** One table, one prepared insert of the same text, nothing else. */
function bareInsert(path: string, synchronous: 'FULL' | 'NORMAL', keyHex: string | null) {
  const database = new Database(path);
  if (keyHex !== null) {
    database.pragma(`cipher = 'sqlcipher'`);
    database.pragma(`key = "x'${keyHex}'"`);
  }
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  database.exec('create table entry (seq integer primary key, id text, at real, kind text, body text) strict');
  const insert = database.prepare('insert into entry (id, at, kind, body) values (?, ?, ?, ?)');
  return (number: number) =>
    callFacts(number).map(
      ({ kind, body }) =>
        () =>
          void insert.run(v7(), number, kind, JSON.stringify(body)),
    );
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
