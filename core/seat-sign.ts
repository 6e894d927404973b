import { z } from 'zod';
import { assertNever } from './assert-never.ts';
import { type Call, isUp } from './call.ts';
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
 * waits for nobody's network. Somebody who calls for help with nobody signed in talks.
 */
export function signFor(
  seat: Pick<Seat, 'agent'> & { readonly calls: readonly { readonly call: Pick<Call, 'state'> }[] },
  isNetworkLost: boolean,
): SeatSign {
  const { activity } = seat.agent;
  switch (activity.kind) {
    case 'ringing':
    case 'talking':
      return activity.kind;
    case 'signed-out':
      return seat.calls.some((c) => isUp(c.call.state)) ? 'talking' : 'signed-out';
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
