import type { Call } from './call.ts';
import type { DeskMessage } from './equipment-event.ts';

/**
 * Which live call a message of a message desk link (SMDI) is about. The link and the call come on two roads, either may be
 * first, and nothing but the calling number and the time joins them.
 */
export type DeskArrivals = {
  /** Messages no call has been found for yet, oldest first. */
  readonly waiting: readonly WaitingMessage[];
  /** By callId: how the call was announced. */
  readonly byCall: Readonly<Record<string, DeskMessage>>;
};

/** A message and when it came, wall-clock milliseconds. */
export type WaitingMessage = { readonly message: DeskMessage; readonly atMs: number };

/** How far the ring and the message of one call may lie apart; Asterisk's res_smdi keeps a message as long. */
export const arrivalWindowMs = 30_000;

/** How far apart they may lie when the number proves little: it is short, or there is none. */
export const arrivalGuessMs = 3_000;

/** A link of 1200 baud brings four messages a second at most; more than these wait only on a link that babbles. */
const waitingMax = 64;

/** Numbers this long may be the end of a longer one: the narrowest link carries five digits. */
const endDigitsMin = 5;

/** Before anything came. */
export const noArrivals: DeskArrivals = { waiting: [], byCall: {} };

/**
 * The call among `calls` that `message` is about when it came at `atMs`; undefined: none, or it is not certain.
 * - Its number is the caller's, whole or its last five digits or more, and the call rang at most 30 s before or after; of
 *   several the nearest ring.
 * - A shorter end of the caller's number, or no number at all: only when one single call rings, within 3 s.
 */
export function arrivalFor(calls: readonly Call[], message: DeskMessage, atMs: number): Call | undefined {
  if (!isAnnouncing(message)) return undefined;
  const distanceMs = (call: Call): number => Math.abs(call.offeredAt - atMs);
  const near = calls
    .filter(
      (call) => call.direction === 'inbound' && call.state.kind !== 'ended' && distanceMs(call) <= arrivalWindowMs,
    )
    .sort((one, other) => distanceMs(one) - distanceMs(other));
  const calling = bareDigits(message.calling);
  if (calling !== '') {
    const whole = near.find((call) => bareDigits(call.remote.number) === calling);
    const end = near.find((call) => isEndOf(calling, bareDigits(call.remote.number)));
    if (whole !== undefined || end !== undefined) return whole ?? end;
  }
  const ringing = calls.filter((call) => call.direction === 'inbound' && call.state.kind === 'ringing');
  const [only] = ringing;
  if (only === undefined || ringing.length > 1 || distanceMs(only) > arrivalGuessMs) return undefined;
  return bareDigits(only.remote.number).endsWith(calling) ? only : undefined;
}

/** A message came: it is given to its call, or waits for one. `calls` are those the seat shows now. */
export function withMessage(
  arrivals: DeskArrivals,
  calls: readonly Call[],
  message: DeskMessage,
  atMs: number,
): DeskArrivals {
  if (!isAnnouncing(message)) return arrivals;
  const waiting = [...arrivals.waiting, { message, atMs }].slice(-waitingMax);
  return withCalls({ ...arrivals, waiting }, calls, atMs);
}

/**
 * The calls have changed: what waits is tried on them, and what belongs to calls that are not in `calls` any more is
 * forgotten. Gives the same value when nothing changed. A call keeps its first message.
 */
export function withCalls(arrivals: DeskArrivals, calls: readonly Call[], atMs: number): DeskArrivals {
  const ids = new Set(calls.map((call) => call.callId));
  const byCall = Object.fromEntries(Object.entries(arrivals.byCall).filter(([callId]) => ids.has(callId)));
  const kept = Object.keys(byCall).length === Object.keys(arrivals.byCall).length;
  const waiting: WaitingMessage[] = [];
  for (const one of arrivals.waiting) {
    const open = calls.filter((call) => byCall[call.callId] === undefined);
    const found = arrivalFor(open, one.message, one.atMs);
    if (found !== undefined) byCall[found.callId] = one.message;
    else if (Math.abs(atMs - one.atMs) <= arrivalWindowMs) waiting.push(one);
  }
  return kept && waiting.length === arrivals.waiting.length ? arrivals : { waiting, byCall };
}

/** iPECS also tells that a call was disconnected (C) and errors (E): nobody will ring for these (its manual, p. 125). */
function isAnnouncing({ reason, letter }: DeskMessage): boolean {
  return reason !== 'extension' || !/^[CE]$/i.test(letter);
}

/** Digits only, without the zeros in front: a link pads with them, and a number dialled abroad begins with some. */
function bareDigits(number: string): string {
  return number.replace(/\D/g, '').replace(/^0+/, '');
}

/** Whether one is the end of the other: a link of seven digits drops the area code, a switch drops or adds prefixes. */
function isEndOf(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.length >= endDigitsMin && long.endsWith(short);
}
