import { existsSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalFact } from '../../core/journal.ts';
import type { Log } from '../seat-ports.ts';
import { firstStored } from './journal-beginning.ts';
import { lastStored } from './journal-table.ts';
import { damagedLogs, type OlderRequest, olderPath } from './older-log.ts';
import { lacksOlder, takeOverOlder } from './take-over-older.ts';

/** How the older entries of a log that was made anew are getting on. `lost`: numbers that nobody had any more. */
export type OlderNews =
  | { readonly kind: 'coming'; readonly entries: number }
  | { readonly kind: 'done'; readonly lost: number };

/** The older entries of a log, put back beside the seat's work. */
export interface OlderRestore {
  /** How many numbers are still to come. */
  remaining(): number;
  /** Begins, or goes on where an earlier life was cut off. Told at the end, and now and then before. Never rejects. */
  start(tell: (news: OlderNews) => void): void;
  /** Stops at once; what was put back stays. Before the log is closed. */
  close(): void;
}

/** What restoring needs beside the log itself. */
export interface RestoreOptions extends OlderRequest {
  /** Writes down how it ended. */
  readonly write: (fact: JournalFact) => void;
  /** Entries were put back. */
  readonly onPutBack: () => void;
  readonly log: Log;
  /** Between two stretches of work, and after a failure; real time unless given. */
  readonly rest?: (ms: number) => Promise<void>;
}

/** It works so long at a time, in milliseconds, and leaves the process alone for as long: a call's keys come first. */
const workMs = 12;
const restMs = 12;
/** After a failure (a full disk) it is tried again after so long, and so often in one life of the seat. */
const againMs = 10 * 60_000;
const attemptsMax = 6;
/** How often it is told how far it is: a person wants to see that it moves, not each line. */
const toldShares = 5;
/** The damaged log, its readable entries, and the whole log out of them lie on the disk together for a while. */
const roomFactor = 3;

/** The restoring of a log that lacks its older entries; null when it lacks none. Nothing is done before `start`. */
export function olderRestore(options: RestoreOptions): OlderRestore | null {
  const { live, seat, path } = options;
  if (lacksOlder(live, seat, path)) return new RunningRestore(options);
  rmSync(`${olderPath(path)}.draft`, { force: true });
  return null;
}

class RunningRestore implements OlderRestore {
  readonly #options: RestoreOptions;
  readonly #rest: (ms: number) => Promise<void>;
  #work: Generator<number, number> | null = null;
  #isClosed = false;

  constructor(options: RestoreOptions) {
    this.#options = options;
    this.#rest = options.rest ?? ((ms) => delay(ms, undefined, { ref: false }));
  }

  remaining = (): number => firstStored(this.#options.live)(this.#options.seat) - 1;

  start = (tell: (news: OlderNews) => void): void => void this.#run(tell);

  close = (): void => {
    this.#isClosed = true;
    // It stands at the end of a step: nothing of its own stays open.
    this.#work?.return(0);
  };

  async #run(tell: (news: OlderNews) => void): Promise<void> {
    for (let attempt = 1; attempt <= attemptsMax && !this.#isClosed; attempt += 1) {
      const lost = await this.#attempt(tell);
      if (this.#isClosed) return;
      if (lost !== null) return tell({ kind: 'done', lost });
      await this.#rest(againMs);
    }
  }

  /** How many are lost for good; null: it failed, which is logged, or it was closed. */
  async #attempt(tell: (news: OlderNews) => void): Promise<number | null> {
    const { log, path, onPutBack } = this.#options;
    try {
      const missing = missingRoom(this.#options);
      if (missing > 0) throw new Error(`the disk lacks ${Math.ceil(missing / 1024 / 1024)} MB for it`);
      const all = this.remaining();
      let told = all;
      let last = all;
      this.#work = takeOverOlder(this.#options);
      for (let since = performance.now(); ; ) {
        const step = this.#work.next();
        if (step.done === true) {
          this.#writeEnd(step.value);
          onPutBack();
          return step.value;
        }
        if (performance.now() - since < workMs) continue;
        if (step.value < last) onPutBack();
        last = step.value;
        if (told - last > all / toldShares) {
          told = last;
          tell({ kind: 'coming', entries: last });
        }
        await this.#rest(restMs);
        if (this.#isClosed) return null;
        since = performance.now();
      }
    } catch (cause) {
      log('warn', `putting older lines of the log back: ${String(cause)}`);
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'SQLITE_FULL'))
        rmSync(olderPath(path), { force: true });
      return null;
    }
  }

  #writeEnd(lost: number): void {
    const { live, seat, quarantine, write, log } = this.#options;
    const kept = lastStored(live, seat) - lost;
    const named = existsSync(quarantine) ? readdirSync(quarantine).toSorted().reverse() : [];
    const [copy, cause] = named.map((name) => nameOfCopy.exec(name)).find((found) => found !== null) ?? [];
    log('warn', `all older lines of the log were put back: ${kept} entries kept, ${lost} lost`);
    if (copy === undefined || !isCause(cause)) return;
    write({ kind: 'log-mended', body: { cause, kept, lost, copy } });
  }
}

/** A folder of the quarantine with a damaged log; see `quarantineFolder`. */
const nameOfCopy = /^[\dT:-]+-(damaged|set-back|gone)(?:-\d+)?$/;

function isCause(word: string | undefined): word is 'damaged' | 'set-back' | 'gone' {
  return word === 'damaged' || word === 'set-back' || word === 'gone';
}

/** How many bytes the disk has too few; 0: enough. */
function missingRoom({ quarantine, path }: OlderRequest): number {
  const sizes = damagedLogs(quarantine).map((log) => statSync(log, { throwIfNoEntry: false })?.size ?? 0);
  const { bavail, bsize } = statfsSync(dirname(path));
  return Math.max(0, Math.max(0, ...sizes) * roomFactor - bavail * bsize);
}
