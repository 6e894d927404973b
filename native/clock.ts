/** Time as the devices see it; tests pass one they move by hand. */
export type Clock = {
  /** Milliseconds, only ever rising. */
  nowMs(): number;
  /** Calls `then` once after `ms`; the answer cancels it. */
  after(ms: number, then: () => void): () => void;
};

/** The real clock: monotonic, and its timers do not keep a process alive. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
