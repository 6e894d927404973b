/** Counts failed attempts by source and says when there were too many. */
export interface AttemptLimit {
  /** Milliseconds until this source may try again; 0 when it may now. */
  readonly waitMs: (source: string) => number;
  readonly failed: (source: string) => void;
}

/** How many sources are remembered; the oldest are forgotten first. */
const sourcesMax = 10_000;

/**
 * `max` failures of a source in a window of `windowMs`, then none until the window is over. Kept in memory: each hub
 * behind a balancer counts for itself.
 */
export function attemptLimit(max: number, windowMs: number, now: () => number): AttemptLimit {
  const windows = new Map<string, { readonly endsAt: number; readonly failures: number }>();
  const current = (source: string) => {
    const window = windows.get(source);
    return window !== undefined && window.endsAt > now() ? window : null;
  };
  return {
    waitMs: (source) => {
      const window = current(source);
      return window !== null && window.failures >= max ? window.endsAt - now() : 0;
    },
    failed: (source) => {
      const window = current(source);
      windows.delete(source);
      windows.set(source, { endsAt: window?.endsAt ?? now() + windowMs, failures: (window?.failures ?? 0) + 1 });
      const [oldest] = windows.keys();
      if (windows.size > sourcesMax && oldest !== undefined) windows.delete(oldest);
    },
  };
}
