import { z } from 'zod';
import { assertNever } from './assert-never.ts';
import type { Seat } from './seat-state.ts';

/** What a light on the desk tells the people around it: one word for the whole seat. */
export const seatSign = z.enum([
  'idle-ready',
  'not-ready',
  'ringing',
  'talking',
  'held',
  'after-call-work',
  'signed-out',
  'network-lost',
]);
export type SeatSign = z.infer<typeof seatSign>;

/**
 * The sign of a seat: derived, never stored. `isNetworkLost`: the switch cannot be reached. A live call outranks it (the
 * call is proof of itself, and a colleague must not walk into it), and so does an agent who is not there: an empty chair
 * waits for nobody's network.
 */
export function signFor(seat: Pick<Seat, 'agent'>, isNetworkLost: boolean): SeatSign {
  const { activity } = seat.agent;
  switch (activity.kind) {
    case 'ringing':
    case 'talking':
    case 'signed-out':
      return activity.kind;
    case 'holding':
      return 'held';
    case 'ready':
      return isNetworkLost ? 'network-lost' : 'idle-ready';
    case 'not-ready':
    case 'after-call-work':
      return isNetworkLost ? 'network-lost' : activity.kind;
    default:
      return assertNever(activity);
  }
}
