/** Lets readers of the feed wait for a change. */
export interface WaitingRoom {
  /** Resolves when something changed, the time is over, or `signal` fired; at once when too many wait already. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Something changed: everybody may look. */
  readonly wake: () => void;
  /** Nobody waits from now on. */
  readonly close: () => void;
}

/** More than this many waiting readers are answered at once: they come again a little later. */
const waitingMax = 2_000;

export function waitingRoom(): WaitingRoom {
  const waiting = new Set<() => void>();
  let isOpen = true;
  const wake = (): void => {
    for (const leave of [...waiting]) leave();
  };
  return {
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (!isOpen || signal.aborted || waiting.size >= waitingMax) {
          resolve();
          return;
        }
        const leave = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', leave);
          waiting.delete(leave);
          resolve();
        };
        const timer = setTimeout(leave, milliseconds);
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
