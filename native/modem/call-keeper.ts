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
  /** Somebody calls, and nobody has answered yet. */
  isRinging(): boolean;
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
  return new Keeper(parts);
}

class Keeper implements CallKeeper {
  readonly #parts: CallKeeperParts;
  #call: Present | undefined;
  /** Who calls, as far as it is told; of a call that is yet to ring, too. */
  #known = unknownCaller;
  #knownAtMs = Number.NEGATIVE_INFINITY;
  #cadence: readonly number[] = [];
  #deafUntilMs = Number.NEGATIVE_INFINITY;
  #cancelGone = (): void => undefined;
  #cancelOffer = (): void => undefined;

  constructor(parts: CallKeeperParts) {
    this.#parts = parts;
  }

  phase(): CallPhase | undefined {
    return this.#call?.phase;
  }

  is(callId: string): boolean {
    return this.#call?.callId === callId;
  }

  isRinging(): boolean {
    return this.#call?.phase === 'announced' || this.#call?.phase === 'ringing';
  }

  ring(): void {
    if (this.isRinging()) {
      this.#listenForRings();
      return;
    }
    const nowMs = this.#parts.clock.nowMs();
    if (this.#call !== undefined || nowMs < this.#deafUntilMs) return;
    if (nowMs - this.#knownAtMs > earlyCallerMs) this.#known = unknownCaller;
    this.#call = { callId: this.#parts.newCallId(), isInbound: true, phase: 'announced' };
    this.#cancelOffer = this.#parts.clock.after(callerGraceMs, () => this.#offer());
    this.#listenForRings();
    if (this.hasCaller()) this.#offer();
    this.#parts.onChange();
  }

  caller(caller: CallerId): void {
    const call = this.#call;
    if (call !== undefined && !call.isInbound) return;
    if (JSON.stringify(caller) === JSON.stringify(this.#known)) return;
    this.#known = caller;
    this.#knownAtMs = this.#parts.clock.nowMs();
    if (call === undefined || call.phase === 'announced') return;
    const { withheld } = caller;
    this.#parts.tell({ kind: 'modem-caller', callId: call.callId, remote: remoteOf(caller), withheld });
  }

  hasCaller(): boolean {
    return this.#known !== unknownCaller;
  }

  bell(isOn: boolean, ms: number): void {
    if (this.#cadence.length >= cadenceMax || (this.#cadence.length === 0 && !isOn)) return;
    this.#cadence = [...this.#cadence, ms];
  }

  dialled(callId: string): void {
    this.#call = { callId, isInbound: false, phase: 'dialling' };
    this.#parts.onChange();
  }

  alerting(): void {
    const call = this.#call;
    if (call?.phase !== 'dialling') return;
    call.phase = 'alerting';
    this.#say(call.callId, { kind: 'alerting', at: this.#parts.now() });
  }

  answering(): void {
    const call = this.#call;
    if (call === undefined || !this.isRinging()) return;
    this.#offer();
    this.#cancelGone();
    call.phase = 'answering';
    this.#say(call.callId, { kind: 'answering', at: this.#parts.now() });
  }

  established(): void {
    const call = this.#call;
    if (call === undefined || call.phase === 'up') return;
    this.#offer();
    this.#cancelGone();
    call.phase = 'up';
    this.#say(call.callId, { kind: 'established', at: this.#parts.now() });
  }

  ended(cause: EndCause): void {
    this.#stopWaiting();
    const call = this.#call;
    if (call === undefined) return;
    // Whoever was announced has called, if only for an instant.
    this.#offer();
    if (this.isRinging()) this.#deafUntilMs = this.#parts.clock.nowMs() + deafMs;
    this.#call = undefined;
    this.#known = unknownCaller;
    this.#knownAtMs = Number.NEGATIVE_INFINITY;
    this.#cadence = [];
    this.#say(call.callId, { kind: 'ended', at: this.#parts.now(), cause });
    this.#parts.onChange();
  }

  refusedSecond(number: string): void {
    const callId = this.#parts.newCallId();
    const remote = { number: number.slice(0, 128), displayName: '' };
    const withheld = number === '' ? 'out-of-area' : 'no';
    this.#parts.tell({ kind: 'modem-call-offered', callId, remote, withheld });
    this.#say(callId, { kind: 'ended', at: this.#parts.now(), cause: 'declined-here' });
  }

  close(): void {
    this.#stopWaiting();
  }

  /** Tells a call that was announced, and who it is. */
  #offer(): void {
    const call = this.#call;
    if (call?.phase !== 'announced') return;
    this.#cancelOffer();
    call.phase = 'ringing';
    this.#parts.tell({
      kind: 'modem-call-offered',
      callId: call.callId,
      remote: remoteOf(this.#known),
      withheld: this.#known.withheld,
      ...(this.#cadence.length > 0 && { cadenceMs: [...this.#cadence] }),
    });
  }

  #listenForRings(): void {
    this.#cancelGone();
    this.#cancelGone = this.#parts.clock.after(ringGoneMs, () => this.ended('cancelled'));
  }

  #stopWaiting(): void {
    this.#cancelGone();
    this.#cancelOffer();
  }

  #say(callId: string, event: CallEvent): void {
    this.#parts.tell({ kind: 'modem-call', callId, event });
  }
}

function remoteOf({ number, name }: CallerId): { readonly number: string; readonly displayName: string } {
  return { number, displayName: name };
}
