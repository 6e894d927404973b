import type { Light, SeatView } from '../core/console-api.ts';
import { type DayFigures, emptyDay, foldDay, upTo } from '../core/day-figures.ts';
import type { JournalFact } from '../core/journal.ts';
import { changedLight } from './seat-lights.ts';
import type { Clock, SeatStore } from './seat-ports.ts';

/** How many facts may wait in memory for a full disk to get room again; more than a day of calls at one seat. */
const factsWaitingMax = 20_000;

/** How many waiting facts are written in one transaction, so that a long queue does not hold the seat up at once. */
const batchMax = 500;

/** A fact and its wall-clock milliseconds. */
export type DatedFact = { readonly fact: JournalFact; readonly at: number };

/** The seat's pen: every fact goes to the journal in order, and the day's figures and the data light follow from it. */
export type SeatLog = {
  /** On disk together when it returns; on a full disk the facts wait in order, the light says so, and every write tries again. */
  write(...facts: readonly DatedFact[]): void;
  /** Tries what waits again, and looks anew whether the disk has everything. True when the light changed. */
  tryAgain(): boolean;
  light(): Light;
  today(): SeatView['today'];
};

/**
 * `onStopped` is called once each time the disk becomes full or fails. `elsewhere` says how many entries are kept in a
 * stand-in and not on the profile's own disk.
 */
export function startSeatLog(options: {
  store: SeatStore;
  clock: Clock;
  elsewhere: () => number;
  onStopped: (why: 'disk-full' | 'disk-failed') => void;
}): SeatLog {
  const { store, clock } = options;
  const waiting: DatedFact[] = [];
  let day = dayFromJournal(store, clock.now());
  let light: Light = { state: 'good', code: 'saved', sinceAt: clock.now(), detail: '' };
  const show = (code: 'saved' | 'disk-full' | 'disk-failed', at: number): void => {
    const elsewhere = options.elsewhere();
    if (code !== 'saved') light = changedLight(light, { state: 'down', code, detail: String(waiting.length) }, at);
    else if (elsewhere > 0)
      light = changedLight(light, { state: 'down', code: 'disk-read-only', detail: String(elsewhere) }, at);
    else light = changedLight(light, { state: 'good', code, detail: '' }, at);
  };

  const drain = (): 'saved' | 'disk-full' | 'disk-failed' => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      const outcome = store.appendAll(batch);
      if (outcome.kind !== 'kept') return outcome.kind;
      waiting.splice(0, batch.length);
      for (const entry of outcome.entries) day = foldDay(dayOf(day, entry.at), entry);
    }
    return 'saved';
  };
  return {
    write(...facts) {
      waiting.push(...facts);
      const at = facts.at(-1)?.at ?? clock.now();
      const code = drain();
      if (waiting.length > factsWaitingMax) waiting.splice(0, waiting.length - factsWaitingMax);
      const wasTaking = light.code !== 'disk-full' && light.code !== 'disk-failed';
      show(code, at);
      if (code !== 'saved' && wasTaking) options.onStopped(code);
    },
    tryAgain() {
      const before = light;
      show(drain(), clock.now());
      return light !== before;
    },
    light: () => light,
    today() {
      const { calls, talkMs, readyMs, signedInMs } = upTo(dayOf(day, clock.now()), clock.now());
      return { calls, talkMs, readyMs, signedInMs };
    },
  };
}

function midnightBefore(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function dayFromJournal(store: SeatStore, at: number): DayFigures {
  return store.entriesSince(midnightBefore(at)).reduce(foldDay, emptyDay(midnightBefore(at)));
}

/** The same day, or a new one when midnight has passed since its last entry. */
function dayOf(day: DayFigures, at: number): DayFigures {
  const midnight = midnightBefore(at);
  return day.sinceAt >= midnight ? day : { ...emptyDay(midnight), activity: day.activity };
}
