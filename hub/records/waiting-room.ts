/** How a hub lets time pass. No wall clock: a wait is as long as it was meant when somebody sets the machine's clock. */
export interface WaitTimers {
  /** Milliseconds since any moment. */
  readonly elapsedMs: () => number;
  /** Runs something once, after milliseconds, unless what it returns is called before. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

/** The machine's own time. */
const machineTimers: WaitTimers = {
  elapsedMs: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Lets readers of the feed wait for a change. */
export interface WaitingRoom {
  /** Milliseconds since any moment, by the same time that `wait` waits in. */
  readonly elapsedMs: () => number;
  /** Resolves when something changed, the time is over, or `signal` fired; at once when too many wait already. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Something changed: everybody may look. */
  readonly wake: () => void;
  /** Nobody waits from now on. */
  readonly close: () => void;
}

/** More than this many waiting readers are answered at once: they come again a little later. */
const waitingMax = 2_000;

/** `timers` is given by the simulator, which moves time itself. */
export function waitingRoom(timers: WaitTimers = machineTimers): WaitingRoom {
  const waiting = new Set<() => void>();
  let isOpen = true;
  const wake = (): void => {
    for (const leave of [...waiting]) leave();
  };
  return {
    elapsedMs: timers.elapsedMs,
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (!isOpen || signal.aborted || waiting.size >= waitingMax) {
          resolve();
          return;
        }
        const leave = (): void => {
          stopTimer();
          signal.removeEventListener('abort', leave);
          waiting.delete(leave);
          resolve();
        };
        const stopTimer = timers.after(milliseconds, leave);
        signal.addEventListener('abort', leave);
        waiting.add(leave);
      }),
    wake,
    close: () => {
      isOpen = false;
      wake();
    },
  };
}
