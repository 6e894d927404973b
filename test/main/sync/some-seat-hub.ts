import { onTestFinished } from 'vitest';
import { createCode } from '../../../hub/keys/enrolment.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { type SeatHub, seatHub } from '../../../main/seat-hub.ts';
import type { HubLink } from '../../../main/sync/hub-link.ts';
import type { SyncTiming } from '../../../main/sync/sync-timing.ts';
import { quickTiming, type SyncSeat } from './sync-rig.ts';

const rig = { id: 'rig', role: 'administrator' };

/** A code with which a seat may join. */
export function codeOf({ parts }: RunningHub, renews: string | null = null): Promise<string> {
  return createCode(parts, rig, { label: 'a seat', minutes: 60, renews }).then(({ code }) => code);
}

/** A seat's hub of tests, running. */
export interface StartedSeatHub {
  readonly hub: SeatHub;
  /** Addresses of the links it was given; null when one ended. */
  readonly links: (string | null)[];
  readonly said: string[];
  /** Resolves when this is true; looked at after each change. */
  until(isSo: () => boolean): Promise<void>;
  /** Called at each change. */
  look(look: () => void): void;
}

/** Starts a seat's hub, ended with the test. */
export function started(seat: SyncSeat, timing: SyncTiming = quickTiming): StartedSeatHub {
  const links: (string | null)[] = [];
  const said: string[] = [];
  const hub = seatHub({
    seat: seat.name,
    store: seat.store,
    timing,
    isVoiceSuffering: () => false,
    log: (_level, message) => said.push(message),
    onLink: async (link: HubLink | null) => void links.push(link?.address ?? null),
  });
  const looks = new Set<() => void>();
  hub.watch(() => {
    for (const look of looks) look();
  });
  hub.start();
  onTestFinished(() => hub.close());
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        looks.delete(look);
        resolve();
      };
      looks.add(look);
      look();
    });
  return { hub, links, said, until, look: (look) => looks.add(look) };
}

/** The state of the view; `none` without a hub. */
export function stateOf(hub: SeatHub): string {
  const view = hub.view();
  return view.kind === 'none' ? 'none' : view.state;
}
