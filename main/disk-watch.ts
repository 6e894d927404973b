import type { Notice } from '../core/notice.ts';

/** A disk that is fuller than this is told of (issue of the field seats: told at 80 %). */
export const nearlyFullShare = 0.8;

/** It is told again only after it was emptier than this in between. */
const calmShare = 0.75;

/** How often it is looked at. */
const lookEveryMs = 60_000;

/**
 * Tells the agent, once each time, that the disk is nearly full, long before sound and log are at risk. `share`: how full
 * the disk is, 0..1; when it can't be told, nothing is said. Looks at once and then every minute, until closed.
 */
export function startDiskWatch(options: {
  readonly share: () => number;
  readonly tell: (notice: Notice) => void;
  /** Calls `look` every so often; gives what ends that. */
  readonly every?: (look: () => void, intervalMs: number) => () => void;
}): { close(): void } {
  let isTold = false;
  const look = (): void => {
    const share = options.share();
    if (share < calmShare) isTold = false;
    if (share <= nearlyFullShare || isTold) return;
    isTold = true;
    options.tell({ code: 'disk-nearly-full', detail: `${Math.round(share * 100)} %` });
  };
  look();
  return { close: (options.every ?? everySoOften)(look, lookEveryMs) };
}

function everySoOften(look: () => void, intervalMs: number): () => void {
  const timer = setInterval(look, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
