import { setImmediate as turn } from 'node:timers/promises';

/**
 * Time that passes only when the simulator says so. What is due at the same moment happens in the order in which it was
 * asked for, so a run depends on nothing but what was asked.
 */
export type VirtualTime = {
  /** Milliseconds since the run began. */
  elapsedMs(): number;
  /** Does something once, after milliseconds, unless what this returns is called before. `what` names it in the trace. */
  after(milliseconds: number, run: () => void, what?: string): () => void;
  /** Lets time pass up to the next thing that is due and does it; null when nothing is, or nothing before `endsAtMs`. */
  step(endsAtMs: number): { readonly atMs: number; readonly what: string } | null;
};

type Due = { readonly atMs: number; readonly order: number; readonly what: string; readonly run: () => void };

export function virtualTime(): VirtualTime {
  const waiting: Due[] = [];
  let now = 0;
  let asked = 0;
  return {
    elapsedMs: () => now,
    after: (milliseconds, run, what = 'timer') => {
      asked += 1;
      const due: Due = { atMs: now + Math.max(0, milliseconds), order: asked, what, run };
      const place = waiting.findIndex(({ atMs }) => atMs > due.atMs);
      waiting.splice(place === -1 ? waiting.length : place, 0, due);
      return () => {
        const found = waiting.indexOf(due);
        if (found !== -1) waiting.splice(found, 1);
      };
    },
    step: (endsAtMs) => {
      const [first] = waiting;
      if (first === undefined || first.atMs > endsAtMs) {
        now = Math.max(now, endsAtMs);
        return null;
      }
      waiting.shift();
      now = first.atMs;
      first.run();
      return { atMs: first.atMs, what: first.what };
    },
  };
}

/** More turns of the event loop than this after one step is work that never ends. */
const turnsMax = 20_000;

/**
 * Resolves when everything that began has come to a stand: each promise waits for the network, for time, or for nothing
 * any more. Exact, not a guess: nothing under test leaves this thread, so what goes on is a microtask (done before a turn
 * ends) or an immediate (which Node lists).
 */
export async function standstill(): Promise<void> {
  for (let turns = 0; turns < turnsMax; turns += 1) {
    await turn();
    if (!process.getActiveResourcesInfo().includes('Immediate')) return;
  }
  throw new Error(`something goes on and on: no standstill after ${turnsMax} turns`);
}
