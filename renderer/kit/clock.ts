import { useSyncExternalStore } from 'react';

/** How often running times are drawn anew. */
const tickMs = 1000;

/**
 * One clock for every running time on the page, so that they change together and an idle page wakes once a second.
 * It stops when nobody looks at it.
 */
export class Clock {
  readonly #watchers = new Set<() => void>();
  readonly #time: () => number;
  #timer: ReturnType<typeof setInterval> | null = null;
  #now: number;

  constructor(time: () => number) {
    this.#time = time;
    this.#now = time();
  }

  /** Wall-clock milliseconds at the last tick. */
  readonly now = (): number => this.#now;

  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    if (this.#timer === null) {
      this.#tick();
      this.#timer = setInterval(() => this.#tick(), tickMs);
    }
    return () => {
      this.#watchers.delete(changed);
      if (this.#watchers.size === 0 && this.#timer !== null) {
        clearInterval(this.#timer);
        this.#timer = null;
      }
    };
  };

  #tick(): void {
    this.#now = this.#time();
    for (const changed of this.#watchers) changed();
  }
}

const pageClock = new Clock(Date.now);

/**
 * The time now, wall-clock milliseconds, as of the last tick; the component is drawn anew when it
 * has come a whole step further (at each tick unless told).
 * Use it in small leaves only.
 */
export function useNow(stepMs = 1): number {
  return useSyncExternalStore(pageClock.watch, () => pageClock.now() - (pageClock.now() % stepMs));
}
