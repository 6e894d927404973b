import { z } from 'zod';
import { assertNever } from './assert-never.ts';

/** Why a call ended, in the seat's words. `cancelled` is the far side giving up while we rang: missed, not failed. */
export const endCause = z.enum([
  'hung-up-here',
  'hung-up-there',
  'declined-here',
  'answered-elsewhere',
  'cancelled',
  'no-answer',
  'busy-there',
  'refused-there',
  'not-found',
  'media-failed',
  'line-lost',
  'seat-restarted',
  'failed',
]);
export type EndCause = z.infer<typeof endCause>;

/** The other end of a call, as the switch named it. */
export const remoteParty = z.object({
  /** As the switch sent it: digits or the user part of the SIP address. Untrusted text, 128 characters at most. */
  number: z.string().max(128),
  /** As the switch sent it: untrusted text, never markup. Empty when none was given. */
  displayName: z.string().max(128),
});
export type RemoteParty = z.infer<typeof remoteParty>;

/** Where a call stands; `call` below says since when. */
export const callState = z.discriminatedUnion('kind', [
  /** Inbound, waits for us. */
  z.object({ kind: z.literal('ringing') }),
  /** Outbound, waits for them. */
  z.object({ kind: z.literal('dialling'), isAlerting: z.boolean() }),
  /** Our answer is on its way (or the far side answered), media not confirmed yet. */
  z.object({ kind: z.literal('connecting') }),
  z.object({ kind: z.literal('talking') }),
  z.object({ kind: z.literal('held') }),
  z.object({ kind: z.literal('ended'), cause: endCause }),
]);
export type CallState = z.infer<typeof callState>;

/** One telephone call as the seat knows it. Times are wall-clock milliseconds, for showing only; nothing orders by them. */
export const call = z.object({
  callId: z.string().max(64),
  direction: z.enum(['inbound', 'outbound']),
  remote: remoteParty,
  state: callState,
  offeredAt: z.number(),
  /** Null until answered. */
  answeredAt: z.number().nullable(),
  /** When the present state began. */
  sinceAt: z.number(),
  endedAt: z.number().nullable(),
  isMuted: z.boolean(),
  /** The far side put us on hold. */
  isHeldThere: z.boolean(),
});
export type Call = z.infer<typeof call>;

/** What may happen to a call: facts reported by the phone page, never wishes. `at` is wall-clock milliseconds. */
export const callEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alerting'), at: z.number() }),
  z.object({ kind: z.literal('answering'), at: z.number() }),
  z.object({ kind: z.literal('established'), at: z.number() }),
  z.object({ kind: z.literal('held'), at: z.number() }),
  z.object({ kind: z.literal('resumed'), at: z.number() }),
  z.object({ kind: z.literal('muted'), at: z.number() }),
  z.object({ kind: z.literal('unmuted'), at: z.number() }),
  z.object({ kind: z.literal('held-there'), at: z.number() }),
  z.object({ kind: z.literal('resumed-there'), at: z.number() }),
  z.object({ kind: z.literal('ended'), at: z.number(), cause: endCause }),
]);
export type CallEvent = z.infer<typeof callEvent>;

/** What a step asks the shell to do: write the move down. */
export type CallEffect =
  | { readonly kind: 'log'; readonly event: CallEvent }
  | { readonly kind: 'illegal'; readonly event: CallEvent; readonly in: CallState['kind'] };

/** A call as it begins: the far side rings us, or we dial. */
export function newCall(callId: string, direction: 'inbound' | 'outbound', remote: RemoteParty, at: number): Call {
  const state: CallState = direction === 'inbound' ? { kind: 'ringing' } : { kind: 'dialling', isAlerting: false };
  return {
    callId,
    direction,
    remote,
    state,
    offeredAt: at,
    answeredAt: null,
    sinceAt: at,
    endedAt: null,
    isMuted: false,
    isHeldThere: false,
  };
}

/** The table of legal moves: in which states an event may arrive. `ended` is legal anywhere but in `ended`. */
const legal: Record<CallEvent['kind'], readonly CallState['kind'][]> = {
  alerting: ['dialling'],
  answering: ['ringing', 'dialling'],
  established: ['ringing', 'dialling', 'connecting'],
  held: ['talking', 'connecting'],
  resumed: ['held'],
  muted: ['dialling', 'connecting', 'talking', 'held'],
  unmuted: ['dialling', 'connecting', 'talking', 'held'],
  'held-there': ['connecting', 'talking', 'held'],
  'resumed-there': ['connecting', 'talking', 'held'],
  ended: ['ringing', 'dialling', 'connecting', 'talking', 'held'],
};

/** One move. An event that is illegal in the present state changes nothing and says so in its effects. */
export function step(before: Call, event: CallEvent): readonly [Call, readonly CallEffect[]] {
  if (!legal[event.kind].includes(before.state.kind) || isTold(before, event)) {
    return [before, [{ kind: 'illegal', event, in: before.state.kind }]];
  }
  return [moved(before, event), [{ kind: 'log', event }]];
}

/** The same fact once more: a report whose answer was lost is sent again, and must not be written down twice. */
function isTold(before: Call, event: CallEvent): boolean {
  return (event.kind === 'muted' && before.isMuted) || (event.kind === 'unmuted' && !before.isMuted);
}

function moved(before: Call, event: CallEvent): Call {
  switch (event.kind) {
    case 'alerting':
      return { ...before, state: { kind: 'dialling', isAlerting: true } };
    case 'answering':
      return { ...before, state: { kind: 'connecting' }, sinceAt: event.at };
    case 'established':
      return { ...before, state: { kind: 'talking' }, answeredAt: event.at, sinceAt: event.at };
    case 'held':
      return { ...before, state: { kind: 'held' }, sinceAt: event.at };
    case 'resumed':
      return { ...before, state: { kind: 'talking' }, sinceAt: event.at };
    case 'muted':
      return { ...before, isMuted: true };
    case 'unmuted':
      return { ...before, isMuted: false };
    case 'held-there':
      return { ...before, isHeldThere: true };
    case 'resumed-there':
      return { ...before, isHeldThere: false };
    case 'ended':
      return { ...before, state: { kind: 'ended', cause: event.cause }, sinceAt: event.at, endedAt: event.at };
    default:
      return assertNever(event);
  }
}

/** Talking, or on the way to it: the states in which the far side may hear us or wait for us on hold. */
export function isUp(state: CallState): boolean {
  return state.kind === 'connecting' || state.kind === 'talking' || state.kind === 'held' || state.kind === 'dialling';
}
