import { probeFrame } from '../../core/carrier-frame.ts';
import type { Wire } from './wire.ts';

/**
 * How much may be on the way to a page that has not said it read it, in characters: two answers of the largest kind
 * (512 KB of sound as base64). Beyond that, feeds wait and coalesce instead of filling memory.
 */
export const windowLength = 1_400_000;

/** What one frame costs beside its characters, so that a flood of tiny frames is bounded too. */
const frameOverhead = 512;

/**
 * How often the page must be heard, in milliseconds. It probes every 5 s while its timers run; a hidden page's timers
 * may not, so silence is answered by a probe and only a second silence ends the connection.
 */
export const silenceMs = 30_000;

/** Sends frames to one page, never more than it takes. */
export interface Outlet {
  /** Sends at once. Resolves when the page has room for more, or when the wire has closed. */
  readonly send: (frame: string) => Promise<void>;
  /** The page answered the last probe: it has read everything before it. */
  readonly answered: () => void;
  /** Something came from the page. */
  readonly heard: () => void;
  /** Stops the watch over silence and lets everybody go who waits for room. */
  readonly end: () => void;
}

/** Makes the outlet of a wire; it closes the wire of a page that stays silent for twice silenceMs. */
export function openOutlet(wire: Wire): Outlet {
  let isProbing = false;
  let isEnded = false;
  let sinceProbe = 0;
  let wasHeard = true;
  let wasProbedForSilence = false;
  let waiting: (() => void)[] = [];

  const probe = (): void => {
    isProbing = true;
    sinceProbe = 0;
    wire.send(probeFrame);
  };
  const watch = setInterval(() => {
    if (wasHeard) {
      wasProbedForSilence = false;
      wasHeard = false;
    } else if (wasProbedForSilence) {
      wire.close('silent');
    } else {
      wasProbedForSilence = true;
      if (!isProbing) {
        probe();
      }
    }
  }, silenceMs);
  watch.unref();

  const release = (): void => {
    const released = waiting;
    waiting = [];
    for (const resume of released) {
      resume();
    }
  };
  return {
    send: (frame) => {
      wire.send(frame);
      sinceProbe += frame.length + frameOverhead;
      if (sinceProbe < windowLength / 2 || isEnded) {
        return Promise.resolve();
      }
      if (!isProbing) {
        probe();
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    answered: () => {
      isProbing = false;
      release();
    },
    heard: () => {
      wasHeard = true;
    },
    end: () => {
      isEnded = true;
      clearInterval(watch);
      release();
    },
  };
}
