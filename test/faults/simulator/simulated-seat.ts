import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JournalEntry } from '../../../core/journal.ts';
import { type SeatHub, seatHub } from '../../../main/seat-hub.ts';
import type { Connection } from '../../../main/store/connection.ts';
import { type StoredEntry, toEntry } from '../../../main/store/journal-table.ts';
import { openStore, type Store } from '../../../main/store/open.ts';
import { type OpenSeatStore, seatStore } from '../../../main/store/seat-store.ts';
import { enrolmentSecret, type KeptEnrolment } from '../../../main/sync/kept-enrolment.ts';
import type { SyncTiming } from '../../../main/sync/sync-timing.ts';
import { callFacts } from '../../main/store/facts.ts';
import { noReserve, testKey } from '../../main/store/opened.ts';
import { type Dice, diceOf } from '../dice.ts';
import { BrokenPromise } from './broken-promise.ts';
import { type DoomedWrites, doomedWrites } from './doomed-writes.ts';
import type { Ledger } from './ledger.ts';
import type { Mutation } from './mutation.ts';
import type { EditWish } from './plan.ts';
import { type SeatLook, type SeatRecord, seatLook } from './seat-look.ts';
import type { SeatPromises } from './seat-promises.ts';
import { uuidOf } from './simulated-hub.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The one collection that everybody edits. */
export const collection = 'customers';

export type SimulatedSeatOptions = {
  readonly name: string;
  readonly seed: number;
  readonly folder: string;
  readonly hubId: string;
  readonly key: string;
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly ledger: Ledger;
  readonly promises: SeatPromises;
  /** Wall-clock milliseconds at the beginning. */
  readonly beganAt: number;
  /** Each time its database is opened. */
  readonly onOpen: (connection: Connection) => void;
  /** Changes what an edit says of itself before it is written down. */
  readonly draft: Mutation['draft'];
  readonly tell: (line: string) => void;
};

/** One life of the process. */
type Life = {
  readonly store: Store;
  readonly disk: DoomedWrites;
  readonly tables: OpenSeatStore;
  readonly look: SeatLook;
  readonly hub: SeatHub;
};

/** A seat: its real store, push, pull and replica, on a disk, a clock and a network that are not. */
export class SimulatedSeat {
  readonly name: string;
  readonly #options: SimulatedSeatOptions;
  readonly #ids: Dice;
  #clockOffMs = 0;
  #lives = 0;
  #life: Life | null = null;
  /** A call's round trip is up. */
  #isVoiceSuffering = false;

  constructor(options: SimulatedSeatOptions) {
    this.#options = options;
    this.name = options.name;
    this.#ids = diceOf(options.seed, `${options.name} ids`);
  }

  /** Starts the process on what its disk holds, and checks that. */
  readonly start = (): void => {
    const { name, seed, folder, network, promises, onOpen, tell } = this.#options;
    this.#lives += 1;
    const path = join(folder, 'hookline.db');
    if (!existsSync(path)) writeBlank(path);
    const opened = openStore({ path, key: testKey, now: this.#now });
    if (opened.kind === 'refused') throw new Error(`${name}: ${opened.error.code} ${opened.error.detail}`);
    const { store } = opened;
    onOpen(store.connection);
    const disk = doomedWrites(store.connection);
    const tables = seatStore(
      { ...store, connection: disk.connection },
      { seat: name, newId: () => uuidOf(this.#ids), reserve: noReserve },
    );
    const look = seatLook(store.connection, name);
    if (tables.secret(enrolmentSecret) === null) tables.setSecret(enrolmentSecret, JSON.stringify(this.#enrolment()));
    promises.adopt(look, (seq) => readable(tables.hub.entriesAfter(seq - 1, 1)[0]));
    const isOver = (): boolean => this.#life?.disk !== disk || disk.isOver();
    const hub = seatHub({
      seat: name,
      store: this.#drafting(tables),
      isVoiceSuffering: () => this.#isVoiceSuffering,
      timing: this.#timing(diceOf(seed, `${name} life ${this.#lives}`), isOver),
      log: (level, message) => tell(`${name} ${level} ${message}`),
      onLink: () => Promise.resolve(),
      fetch: network.fetchFor(name, { isOver, now: this.#now }),
    });
    this.#life = { store, disk, tables, look, hub };
    hub.start();
  };

  /** Clears away a process that died; what it had not committed is gone. */
  bury(): void {
    const life = this.#life;
    this.#life = null;
    life?.disk.close();
    life?.store.close();
  }

  /** It died at a write, and is not cleared away yet. */
  hasDied(): boolean {
    return this.#life?.disk.isOver() === true;
  }

  /** The process ends at its n-th commit from now on (0: now). */
  dieAtWrite(commit: number): void {
    this.#alive()?.disk.dieAfter(commit);
  }

  /** Entries of a call from one number up to another, written down together. */
  call(number: number, from: number, to: number): void {
    const life = this.#alive();
    if (life === null) return;
    const facts = callFacts(number).slice(from, to);
    const outcome = life.tables.appendAll(facts.map((fact) => ({ fact, at: this.#now() })));
    if (outcome.kind !== 'kept') throw new Error(`${this.name}: ${outcome.kind}`);
    this.#answeredAsKept(life, outcome.entries);
  }

  edit(recordId: string, wish: EditWish): void {
    const life = this.#alive();
    if (life === null) return;
    const fields = wish.kind === 'delete' ? null : wish.fields;
    const before = life.tables.journal.lastSeq();
    const found = this.#record(life, recordId);
    try {
      life.hub.editRecord({ collection, recordId, fields });
    } catch (cause) {
      if (!(cause instanceof Error) || !cause.message.includes('too large')) throw cause;
      // The person is told so at once; nothing was written down.
      return;
    }
    const entries = life.tables.journal.after(before, 2);
    const [entry] = entries;
    const isThere = entry?.kind === 'record-edited' && isDeepStrictEqual(entry.body.fields, fields);
    if (!isThere || entries.length !== 1)
      throw new BrokenPromise(
        'nothing acknowledged is lost',
        `${this.name}: an edit was answered and not written down`,
      );
    this.#answeredAsKept(life, entries);
    this.#remember(life, entry.seq, found, this.#record(life, recordId));
  }

  /** What the person knew of the record, and how he left it. */
  #remember({ disk }: Life, seq: number, found: SeatRecord | undefined, left: SeatRecord | undefined): void {
    if (left === undefined || disk.isOver()) return;
    this.#options.ledger.left(this.name, seq, {
      toldVersion: found?.told.version ?? 0,
      sawRecord: found !== undefined && found.shown.version > 0 && !found.shown.isDeleted,
      shown: left.shown,
    });
  }

  #record({ look }: Life, recordId: string): SeatRecord | undefined {
    return look.records().find(({ name }) => name === `${collection}/${recordId}`);
  }

  /** Writes down what a newer seat might have: an entry of a kind that nobody knows yet. */
  unknownKind(): void {
    const life = this.#alive();
    if (life === null) return;
    const { name } = this;
    const seq = life.tables.journal.lastSeq() + 1;
    const id = uuidOf(this.#ids);
    life.disk.connection
      .prepare('insert into journal (seat, seq, id, at, kind, body) values (?, ?, ?, ?, ?, ?)')
      .run(name, seq, id, this.#now(), unknownKind, '{}');
    if (!life.disk.isOver()) this.#options.ledger.kept({ seat: name, seq, id, entry: null });
  }

  setClock(byMs: number): void {
    this.#clockOffMs += byMs;
  }

  setVoice(isSuffering: boolean): void {
    this.#isVoiceSuffering = isSuffering;
  }

  /** The machine woke, or has another address. */
  networkBack(): void {
    this.#alive()?.hub.networkBack();
  }

  check(hasHubChanged: boolean): void {
    const life = this.#alive();
    if (life !== null) this.#options.promises.check(life.look, life.hub.view(), hasHubChanged);
  }

  checkEnd(): void {
    const life = this.#alive();
    if (life === null) throw new BrokenPromise('everything arrives', `${this.name} is down`);
    this.#options.promises.checkEnd(life.look, life.hub.view());
  }

  #drafting(tables: OpenSeatStore): OpenSeatStore {
    const { draft } = this.#options;
    if (draft === undefined) return tables;
    const { records } = tables.hub;
    return {
      ...tables,
      hub: { ...tables.hub, records: { ...records, draft: (wish) => draft(records.draft(wish), records) } },
    };
  }

  #alive(): Life | null {
    return this.hasDied() ? null : this.#life;
  }

  readonly #now = (): number => this.#options.beganAt + this.#options.time.elapsedMs() + this.#clockOffMs;

  /** Waits in virtual time; a seat that has died waits for ever. */
  #timing(dice: Dice, isOver: () => boolean): SyncTiming {
    const { time } = this.#options;
    return {
      now: this.#now,
      random: dice.next,
      wait: (ms, signal) =>
        new Promise((resolve) => {
          const leave = (): void => {
            stop();
            signal.removeEventListener('abort', leave);
            if (!isOver()) resolve();
          };
          const stop = time.after(ms, leave, `${this.name} wait`);
          if (signal.aborted) leave();
          else signal.addEventListener('abort', leave);
        }),
    };
  }

  /** Unless it died over this: then nobody was told that it is kept. */
  #answeredAsKept({ disk }: Life, entries: readonly JournalEntry[]): void {
    if (disk.isOver()) return;
    for (const entry of entries) this.#options.ledger.kept({ seat: this.name, seq: entry.seq, id: entry.id, entry });
  }

  #enrolment(): KeptEnrolment {
    const { name, hubId, key, beganAt } = this.#options;
    return { address: 'https://hub.invalid', pins: [], hubId, seat: name, key, enrolledAt: beganAt };
  }
}

const unknownKind = 'from-the-future';

/** A store in which nothing stands: made once, as making one is what takes longest. */
let blank: Buffer | null = null;

function writeBlank(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (blank === null) {
    const outcome = openStore({ path, key: testKey, now: () => 0 });
    if (outcome.kind === 'refused') throw new Error(outcome.error.detail);
    outcome.store.close();
    blank = readFileSync(path);
  } else writeFileSync(path, blank);
}

/** An entry as it lies there, or null when no program of today reads it. */
function readable(row: StoredEntry | undefined): JournalEntry | null {
  return row === undefined || row.kind === unknownKind ? null : toEntry(row);
}
