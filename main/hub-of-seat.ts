import { setTimeout as delay } from 'node:timers/promises';
import { type SeatHub, seatHub } from './seat-hub.ts';
import type { Log } from './seat-ports.ts';
import type { SeatProcess } from './seat-process.ts';
import type { OpenSeatStore } from './store/seat-store.ts';
import { everyNow, machineAddresses, watchNetwork } from './sync/network-watch.ts';

/** A profile's hub before its seat runs, and how it is set going with it. */
export type HubOfSeat = {
  /** To be handed to the seat. */
  readonly hub: SeatHub;
  /** Begins to push and pull; sound goes up through the seat's own uploads. */
  start(seat: SeatProcess): void;
  close(): Promise<void>;
};

/** Makes what a profile does with its hub out of real time and a real network. */
export function hubOfSeat(
  { seat: name, store }: { readonly seat: string; readonly store: OpenSeatStore },
  log: Log,
): HubOfSeat {
  let running: SeatProcess | null = null;
  let stopWatching = (): void => undefined;
  const hub = seatHub({
    seat: name,
    store,
    timing: {
      now: Date.now,
      random: Math.random,
      // An ended wait is no failure: that is what the signal is for.
      wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
    },
    isVoiceSuffering: () => running?.uploads.isVoiceSuffering() === true,
    log,
    onLink: async (link) => {
      if (link === null) await running?.uploads.leave();
      else await running?.uploads.join(link);
    },
  });
  return {
    hub,
    start: (seat) => {
      running = seat;
      hub.start();
      const onBack = (): void => {
        hub.networkBack();
        seat.uploads.networkBack();
      };
      stopWatching = watchNetwork({ onBack, now: Date.now, addresses: machineAddresses, every: everyNow });
    },
    close: async () => {
      stopWatching();
      await hub.close();
    },
  };
}
