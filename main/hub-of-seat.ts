import { setTimeout as delay } from 'node:timers/promises';
import { hubMemory } from './recordings/hub-memory.ts';
import { type RecordingCare, startRecordingCare } from './recordings/recording-care.ts';
import type { RecordingKeys } from './recordings/recording-keys.ts';
import { type SeatHub, seatHub } from './seat-hub.ts';
import type { Log } from './seat-ports.ts';
import type { SeatProcess } from './seat-process.ts';
import type { OpenSeatStore } from './store/seat-store.ts';
import { everyNow, machineAddresses, watchNetwork } from './sync/network-watch.ts';
import type { SyncTiming } from './sync/sync-timing.ts';

/** A profile's hub before its seat runs, and how it is set going with it. */
export type HubOfSeat = {
  /** To be handed to the seat. */
  readonly hub: SeatHub;
  /** Begins to push and pull; sound goes up through the seat's own uploads. */
  start(seat: SeatProcess): void;
  close(): Promise<void>;
};

/** What of a profile has to do with its hub. */
interface ProfileOfHub {
  readonly seat: string;
  readonly store: OpenSeatStore;
  readonly recordingKeys: RecordingKeys;
}

/** Makes what a profile does with its hub out of real time and a real network. */
export function hubOfSeat({ seat: name, store, recordingKeys }: ProfileOfHub, log: Log): HubOfSeat {
  let running: SeatProcess | null = null;
  let care: RecordingCare | null = null;
  let stopWatching = (): void => undefined;
  const timing: SyncTiming = {
    now: Date.now,
    random: Math.random,
    // An ended wait is no failure: that is what the signal is for.
    wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
  };
  const hub = seatHub({
    seat: name,
    store,
    timing,
    isVoiceSuffering: () => running?.uploads.isVoiceSuffering() === true,
    log,
    onTakenBack: ({ back, missing }) =>
      running?.notices.tell({
        code: missing === 0 ? 'log-taken-back' : 'log-taken-back-part',
        detail: missing === 0 ? String(back) : `${back}, ${missing}`,
      }),
    onLink: async (link) => {
      await care?.close();
      care = null;
      if (running === null) return;
      if (link === null) return running.uploads.leave();
      const { uploads, recordings } = running;
      care = startRecordingCare({
        link,
        memory: hubMemory(store),
        keys: recordingKeys,
        // One that is just being sent is left until it is not: what is written down of it then is not undone.
        isLive: (recordingId) => recordings.isLive(recordingId) || uploads.view().current?.recordingId === recordingId,
        onErased: (erased) => uploads.erased(erased),
        timing,
        log,
      });
      await uploads.join({ ...link, wrapOf: care.wrapOf });
    },
  });
  return {
    hub,
    start: (seat) => {
      running = seat;
      hub.start();
      const onBack = (): void => {
        hub.networkBack();
        care?.lookAgain();
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
