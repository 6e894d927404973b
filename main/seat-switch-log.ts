import type { EquipmentEvent } from '../core/equipment-event.ts';
import type { EquipmentHost } from './equipment-host.ts';
import type { DatedFact } from './seat-log.ts';

type RecordEvent = Extract<EquipmentEvent, { kind: 'call-record' | 'unread-record' }>;

/** So many lines are written in one go at most; a call that rings meanwhile waits no longer than that. */
export const batchMax = 250;

/** More lines than these are never held in memory: then some are written at once, whatever waits. */
const waitingMax = 20_000;

/**
 * The switch's own log into the journal. A buffer that was full through an outage comes as ten thousand lines at once, and
 * each write is synced to disk: lines that arrive together are written together, and between two writes everything else
 * has its turn.
 */
export type SeatSwitchLog = {
  hear(event: RecordEvent): void;
  /** Writes what has not been written yet. */
  flush(): void;
};

/** `later` runs its argument when what has already arrived was taken in. */
export function seatSwitchLog(
  host: Pick<EquipmentHost, 'write' | 'now'>,
  later: (run: () => void) => void = setImmediate,
): SeatSwitchLog {
  let waiting: DatedFact[] = [];
  let isAsked = false;
  const writeBatch = (): void => {
    const batch = waiting.slice(0, batchMax);
    waiting = waiting.slice(batchMax);
    if (batch.length > 0) host.write(...batch);
  };
  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    later(() => {
      isAsked = false;
      writeBatch();
      if (waiting.length > 0) ask();
    });
  };
  return {
    hear(event) {
      const { id: equipmentId } = event;
      const fact: DatedFact['fact'] =
        event.kind === 'call-record'
          ? { kind: 'switch-record', body: { equipmentId, record: event.record } }
          : { kind: 'switch-record-unread', body: { equipmentId, unread: event.unread } };
      waiting.push({ fact, at: host.now() });
      if (waiting.length > waitingMax) writeBatch();
      ask();
    },
    flush() {
      while (waiting.length > 0) writeBatch();
    },
  };
}
