import { backoffMs } from '../recordings/upload-schedule.ts';
import type { HubFault } from './hub-fault.ts';

/** What everything that waits for the hub waits with. A composition root chooses; tests pass their own. */
export interface SyncTiming {
  /** Wall-clock milliseconds, for what is kept and shown; nothing is ordered by it. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Ends early when the signal does; never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long a seat whose key was refused, or that does not trust the certificate, waits: a person has to act first. */
const refusedWaitMs = 5 * 60_000;

/** How long to wait after a fault, the `failures`th in a row, in milliseconds. */
export function waitAfter(fault: HubFault, failures: number, random: number): number {
  if (fault.kind === 'refused') return refusedWaitMs * (0.5 + random / 2);
  return backoffMs(failures, random, fault.kind === 'away' ? fault.askedMs : null);
}

/** An answer that is not there after so long is late, in milliseconds: the seat says that the hub is away, and goes on waiting. */
export const lateMs = 5_000;

/** The answer, however long it takes; `onLate` is called once when it is late. */
export async function orLate<Answer>(answer: Promise<Answer>, timing: SyncTiming, onLate: () => void): Promise<Answer> {
  const done = new AbortController();
  void timing.wait(lateMs, done.signal).then(() => {
    if (!done.signal.aborted) onLate();
  });
  try {
    return await answer;
  } finally {
    done.abort();
  }
}

/** What is said of a hub whose answer is late. */
export const lateDetail = `no answer for ${lateMs} ms`;

/** Waits that can be ended from outside: what is awaited may have happened, or the network is another one. */
export class WakefulWait {
  readonly #timing: SyncTiming;
  readonly #closing: AbortSignal;
  #wake = new AbortController();
  #isWoken = false;

  constructor(timing: SyncTiming, closing: AbortSignal) {
    this.#timing = timing;
    this.#closing = closing;
  }

  /** Ends the wait under way, or the next one when none is. */
  wake(): void {
    this.#isWoken = true;
    this.#wake.abort();
  }

  /** Waits, unless it was woken since the last wait began. */
  async wait(ms: number): Promise<void> {
    if (!this.#isWoken && !this.#closing.aborted) {
      this.#wake = new AbortController();
      await this.#timing.wait(ms, AbortSignal.any([this.#wake.signal, this.#closing]));
    }
    this.#isWoken = false;
  }
}
