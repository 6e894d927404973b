/** The first wait before a process is started again; the next ones double. Shorter than a person notices. */
const restartDelayMs = 250;

/** The longest wait: a seat may lack its headset for this long after a bad minute, not longer. */
const restartDelayMaxMs = 8_000;

/** More crashes than this within `crashWindowMs` are no bad luck: the process can't run here, and somebody is told. */
const crashesMax = 10;
const crashWindowMs = 120_000;

/** How long a process may take to end by itself when asked, before it is ended. Closing the store takes far less. */
const stopWaitMs = 5_000;

/** One running process, whatever it is: a utility process, or a fake one in a test. */
export type RunningProcess = {
  /** Asks it to end by itself. */
  askToEnd(): void;
  kill(): void;
};

/** What supervising needs. `start` starts one process and reports its end exactly once. */
export type SuperviseOptions<Process extends RunningProcess> = {
  readonly name: string;
  readonly start: (onExit: (code: number) => void) => Process;
  /** The process has started, the first time or again: hand it its ports. */
  readonly onStarted: (process: Process) => void;
  /** It crashed too often and is left alone. */
  readonly onGivenUp: () => void;
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
};

/** A supervised process. */
export type Supervision<Process> = {
  /** The one that runs now; `null` between a crash and the restart. */
  present(): Process | null;
  /** Ends it for good: asks, waits a little, then ends it. Resolves when it is gone. */
  stop(): Promise<void>;
};

/** Keeps one process running: starts it, starts it again after a crash with growing waits, gives up when it is hopeless. */
export function superviseProcess<Process extends RunningProcess>(
  options: SuperviseOptions<Process>,
): Supervision<Process> {
  let running: Process | null = null;
  let isStopping = false;
  let crashes: readonly number[] = [];
  let cancelRestart = (): void => {};
  let onStopped = (): void => {};

  const begin = (): void => {
    const started = options.start((code) => {
      running = null;
      if (isStopping) onStopped();
      else restart(code);
    });
    running = started;
    options.onStarted(started);
  };
  const restart = (code: number): void => {
    crashes = [...crashes, options.now()].slice(-(crashesMax + 1));
    const delayMs = restartDelayAfter(crashes, options.now());
    options.log('error', `the ${options.name} ended with ${code}${delayMs === null ? ' again and is given up' : ''}`);
    if (delayMs === null) options.onGivenUp();
    else cancelRestart = options.after(delayMs, begin);
  };
  begin();

  return {
    present: () => running,
    stop: () => {
      isStopping = true;
      cancelRestart();
      const process = running;
      if (process === null) return Promise.resolve();
      return new Promise((resolve) => {
        const cancelKill = options.after(stopWaitMs, () => process.kill());
        onStopped = () => {
          cancelKill();
          resolve();
        };
        process.askToEnd();
      });
    },
  };
}

/**
 * How long to wait after the latest of some crashes (wall-clock milliseconds, oldest first), or `null` to give up. Only
 * crashes of the last two minutes count.
 */
export function restartDelayAfter(crashes: readonly number[], now: number): number | null {
  const recent = crashes.filter((at) => at > now - crashWindowMs).length;
  return recent > crashesMax ? null : Math.min(restartDelayMaxMs, restartDelayMs * 2 ** Math.max(0, recent - 1));
}
