import type { Clock } from './clock.ts';

/** Enumerating is "relatively costly" (node-hid README); this is what a person notices of a missed hot-plug event. */
export const sweepEveryMs = 2_500;
/** Where the bus can be looked at without enumerating it, it is enumerated all the same after this: the last net. */
export const sweepAnywayMs = 60_000;
/** A device comes as a burst of nodes, and its permissions a moment after them. */
export const sweepAfterChangeMs = 100;

export type SweeperParts = {
  readonly clock: Clock;
  /** What is on the bus, as cheaply as can be: another text, another bus. Undefined: nothing can be said. */
  readonly look: () => string | undefined;
  /** Whether something waits to be tried again, though the bus is what it was. */
  readonly isRetryWanted: () => boolean;
  /** One look at everything. Never rejects. */
  readonly sweep: () => Promise<void>;
};

/** `now` resolves when everything found is open; `soon` may be called as often as one likes. */
export type Sweeper = { now(): Promise<void>; soon(): void; stop(): Promise<void> };

/** Sweeps one at a time: when asked, soon after a change, and by itself when a look from outside shows another bus. */
export function sweeper(parts: SweeperParts): Sweeper {
  return new Sweeping(parts);
}

class Sweeping implements Sweeper {
  readonly #parts: SweeperParts;
  #running: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;
  #sweptBus: string | undefined;
  #sweptMs = 0;
  #cancelNext = (): void => undefined;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  now(): Promise<void> {
    if (this.#running !== undefined) {
      this.#isWanted = true;
      return this.#running;
    }
    this.#cancelNext();
    this.#running = this.#run();
    return this.#running;
  }

  soon(): void {
    if (this.#running !== undefined) this.#isWanted = true;
    else this.#after(sweepAfterChangeMs, () => void this.now());
  }

  /** What is under way is waited for. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelNext();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { look, sweep, clock } = this.#parts;
    // Looked at before the bus is listed: what comes in between makes a difference the next time.
    this.#sweptBus = look();
    this.#sweptMs = clock.nowMs();
    await sweep();
    this.#running = undefined;
    if (this.#isWanted) this.soon();
    else this.#lookLater();
    this.#isWanted = false;
  }

  #lookLater(): void {
    this.#after(sweepEveryMs, () => {
      const { look, isRetryWanted, clock } = this.#parts;
      const seen = look();
      const isLate = clock.nowMs() - this.#sweptMs >= sweepAnywayMs;
      const isNews = seen === undefined || seen !== this.#sweptBus;
      if (isNews || isLate || isRetryWanted()) void this.now();
      else this.#lookLater();
    });
  }

  #after(ms: number, then: () => void): void {
    this.#cancelNext();
    if (!this.#isStopped) this.#cancelNext = this.#parts.clock.after(ms, then);
  }
}
