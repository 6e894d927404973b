import type { AgentActivity } from './agent.ts';
import type { JournalEntry } from './journal.ts';

/** A seat's day so far, in milliseconds, from the journal. The present activity runs on from `sinceAt`. */
export type DayFigures = {
  readonly calls: number;
  readonly talkMs: number;
  readonly readyMs: number;
  readonly signedInMs: number;
  readonly activity: AgentActivity['kind'];
  readonly sinceAt: number;
};

/** A day before its first entry. */
export function emptyDay(at: number): DayFigures {
  return { calls: 0, talkMs: 0, readyMs: 0, signedInMs: 0, activity: 'signed-out', sinceAt: at };
}

/** The day after one more entry. A clock that was set back adds nothing. */
export function foldDay(day: DayFigures, entry: JournalEntry): DayFigures {
  switch (entry.kind) {
    case 'call-answered':
      return { ...day, calls: day.calls + 1 };
    case 'agent-state':
      return { ...upTo(day, entry.at), activity: entry.body.activity.kind };
    case 'seat-stopped':
      return { ...upTo(day, entry.at), activity: 'signed-out' };
    case 'seat-started':
      // The time since the last entry was spent switched off.
      return { ...day, activity: 'ready', sinceAt: entry.at };
    default:
      return day;
  }
}

/** The day with the running activity counted up to a moment. */
export function upTo(day: DayFigures, at: number): DayFigures {
  const span = Math.max(0, at - day.sinceAt);
  return {
    ...day,
    talkMs: day.talkMs + (day.activity === 'talking' || day.activity === 'holding' ? span : 0),
    readyMs: day.readyMs + (day.activity === 'ready' ? span : 0),
    signedInMs: day.signedInMs + (day.activity === 'signed-out' ? 0 : span),
    sinceAt: at,
  };
}
