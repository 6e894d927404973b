import type { Light, SeatView } from '../core/console-api.ts';
import { type DayFigures, emptyDay, foldDay, upTo } from '../core/day-figures.ts';
import type { JournalFact } from '../core/journal.ts';
import { changedLight } from './seat-lights.ts';
import type { Clock, SeatStore } from './seat-ports.ts';

/** How many facts may wait in memory for a full disk to get room again; more than a day of calls at one seat. */
const factsWaitingMax = 20_000;

/** The seat's pen: every fact goes to the journal in order, and the day's figures and the data light follow from it. */
export type SeatLog = {
  /** On disk when it returns; on a full disk the facts wait in order, the light says so, and every write tries again. */
  write(fact: JournalFact, at: number): void;
  light(): Light;
  today(): SeatView['today'];
};

/** `onFull` is called once each time the disk becomes full or fails. */
export function startSeatLog(options: { store: SeatStore; clock: Clock; onFull: () => void }): SeatLog {
  const { store, clock } = options;
  const waiting: { readonly fact: JournalFact; readonly at: number }[] = [];
  let day = dayFromJournal(store, clock.now());
  let light: Light = { state: 'good', code: 'saved', sinceAt: clock.now(), detail: '' };

  const drain = (): 'saved' | 'disk-full' | 'disk-failed' => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const outcome = store.append(next.fact, next.at);
      if (outcome.kind !== 'kept') return outcome.kind;
      waiting.shift();
      day = foldDay(dayOf(day, outcome.entry.at), outcome.entry);
    }
    return 'saved';
  };
  return {
    write(fact, at) {
      waiting.push({ fact, at });
      const code = drain();
      if (waiting.length > factsWaitingMax) waiting.splice(0, waiting.length - factsWaitingMax);
      const wasGood = light.state === 'good';
      const detail = code === 'saved' ? '' : String(waiting.length);
      light = changedLight(light, { state: code === 'saved' ? 'good' : 'down', code, detail }, at);
      if (code !== 'saved' && wasGood) options.onFull();
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
