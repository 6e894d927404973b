import type { SeatView } from './console-api.ts';

/**
 * How far a seat is open to whoever sits in front of it. `finishing`: nobody is signed in (any more), but a call or its work
 * is under way, and whoever began it finishes it. `locked`: nobody is, and nothing is.
 */
export type SeatAccess = 'open' | 'finishing' | 'locked';

/** As the seat's own view says it: one word for the pages and for the process that answers them. */
export function accessOf({ signIn, agent }: Pick<SeatView, 'signIn' | 'agent'>): SeatAccess {
  switch (signIn.kind) {
    case 'not-needed':
      return 'open';
    case 'signed-out':
      return agent.activity.kind === 'signed-out' ? 'locked' : 'finishing';
    case 'signed-in':
      return signIn.standing === 'ended' ? 'finishing' : 'open';
  }
}
