import type { CallEvent, EndCause } from '../../core/call.ts';
import type { Clock } from '../clock.ts';
import { type CallerId, unknownCaller } from './caller-id.ts';
import type { ModemEvent } from './modem-event.ts';

/** Where the one call of a modem stands. `ringing` before it was told is `announced`: the caller's number is waited for. */
export type CallPhase = 'announced' | 'ringing' | 'answering' | 'dialling' | 'alerting' | 'up';

/** The one call a modem can carry, as events. */
export type CallKeeper = {
  phase(): CallPhase | undefined;
  /** Whether this is the present call. */
  is(callId: string): boolean;
  /** The bell rang once. Ringing that stops is the caller giving up. */
  ring(): void;
  caller(caller: CallerId): void;
  hasCaller(): boolean;
  /** One on or off time of a distinctive ring, milliseconds. */
  bell(isOn: boolean, ms: number): void;
  dialled(callId: string): void;
  alerting(): void;
  answering(): void;
  established(): void;
  /** Nothing happens without a call. */
  ended(cause: EndCause): void;
  /** A second caller was sent away: told as a call that came and went. */
  refusedSecond(number: string): void;
  close(): void;
};

export type CallKeeperParts = {
  readonly clock: Clock;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  readonly newCallId: () => string;
  readonly tell: (event: ModemEvent) => void;
  /** There is a call now, or none any more. */
  readonly onChange: () => void;
};

/** Without another RING for so long the caller has given up: rings are 4 to 5 s apart, 6 s in North America. */
export const ringGoneMs = 6_500;
/** A mobile modem tells the caller right behind the first RING; an analog one after it, which nobody waits for. */
export const callerGraceMs = 400;
/** Some exchanges tell the caller before the first ring. */
export const earlyCallerMs = 6_000;
/** A call that was declined may ring once more before the network has heard of it. */
const deafMs = 3_000;
const cadenceMax = 8;

type Present = { readonly callId: string; readonly isInbound: boolean; phase: CallPhase };

/** Makes the keeper of a modem's calls. */
export function createCallKeeper(parts: CallKeeperParts): CallKeeper {
  const { clock, now, tell } = parts;
  let call: Present | undefined;
  let known = unknownCaller;
  let knownAtMs = Number.NEGATIVE_INFINITY;
  let cadence: readonly number[] = [];
  let deafUntilMs = Number.NEGATIVE_INFINITY;
  let cancelGone = (): void => undefined;
  let cancelOffer = (): void => undefined;

  const say = (callId: string, event: CallEvent): void => tell({ kind: 'modem-call', callId, event });
  const remoteOf = ({ number, name }: CallerId) => ({ number, displayName: name });
  const offer = (): void => {
    if (call?.phase !== 'announced') return;
    cancelOffer();
    call.phase = 'ringing';
    tell({
      kind: 'modem-call-offered',
      callId: call.callId,
      remote: remoteOf(known),
      withheld: known.withheld,
      ...(cadence.length > 0 && { cadenceMs: [...cadence] }),
    });
  };
  const end = (cause: EndCause): void => {
    cancelGone();
    cancelOffer();
    if (call === undefined) return;
    // Whoever was announced has called, if only for an instant.
    offer();
    const { callId, phase } = call;
    call = undefined;
    known = unknownCaller;
    knownAtMs = Number.NEGATIVE_INFINITY;
    cadence = [];
    if (phase === 'ringing' || phase === 'announced') deafUntilMs = clock.nowMs() + deafMs;
    say(callId, { kind: 'ended', at: now(), cause });
    parts.onChange();
  };
  const listenForRings = (): void => {
    cancelGone();
    cancelGone = clock.after(ringGoneMs, () => end('cancelled'));
  };
  const isRinging = (): boolean => call?.phase === 'announced' || call?.phase === 'ringing';
  return {
    phase: () => call?.phase,
    is: (callId) => call?.callId === callId,
    ring: () => {
      if (isRinging()) return listenForRings();
      if (call !== undefined || clock.nowMs() < deafUntilMs) return;
      if (clock.nowMs() - knownAtMs > earlyCallerMs) known = unknownCaller;
      call = { callId: parts.newCallId(), isInbound: true, phase: 'announced' };
      cancelOffer = clock.after(callerGraceMs, offer);
      listenForRings();
      if (known !== unknownCaller) offer();
      parts.onChange();
    },
    caller: (caller) => {
      if (call !== undefined && !call.isInbound) return;
      if (JSON.stringify(caller) === JSON.stringify(known)) return;
      known = caller;
      knownAtMs = clock.nowMs();
      if (call === undefined || call.phase === 'announced') return;
      const { withheld } = caller;
      tell({ kind: 'modem-caller', callId: call.callId, remote: remoteOf(caller), withheld });
    },
    hasCaller: () => known !== unknownCaller,
    bell: (isOn, ms) => {
      if (cadence.length >= cadenceMax || (cadence.length === 0 && !isOn)) return;
      cadence = [...cadence, ms];
    },
    dialled: (callId) => {
      call = { callId, isInbound: false, phase: 'dialling' };
      parts.onChange();
    },
    alerting: () => {
      if (call?.phase !== 'dialling') return;
      call.phase = 'alerting';
      say(call.callId, { kind: 'alerting', at: now() });
    },
    answering: () => {
      if (call === undefined || !isRinging()) return;
      offer();
      cancelGone();
      call.phase = 'answering';
      say(call.callId, { kind: 'answering', at: now() });
    },
    established: () => {
      if (call === undefined || call.phase === 'up') return;
      offer();
      cancelGone();
      call.phase = 'up';
      say(call.callId, { kind: 'established', at: now() });
    },
    ended: end,
    refusedSecond: (number) => {
      const callId = parts.newCallId();
      const remote = { number: number.slice(0, 128), displayName: '' };
      tell({ kind: 'modem-call-offered', callId, remote, withheld: number === '' ? 'out-of-area' : 'no' });
      say(callId, { kind: 'ended', at: now(), cause: 'declined-here' });
    },
    close: () => {
      cancelGone();
      cancelOffer();
    },
  };
}
