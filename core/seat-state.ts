import { type Agent, agentAtStart } from './agent.ts';
import { type Call, isUp } from './call.ts';
import type { CallLine } from './call-line.ts';
import type { PhoneCommand } from './console-api.ts';
import { defaultEmergencyNumbers } from './emergency-number.ts';
import type { JournalFact } from './journal.ts';
import type { Notice } from './notice.ts';
import type { QualityReport } from './quality-report.ts';

/** The state of a seat and how to look at it; seat.ts moves it. */

/** More calls than these at once are answered with busy: nobody can juggle more, and a flood must not grow the seat. */
export const callsMax = 6;

/** A live call and what has been asked of it but not been reported done yet. */
export type SeatCall = {
  readonly call: Call;
  readonly line: CallLine;
  /** `kept-out`: a locked seat could not send it away, and nobody there shall have it. */
  readonly pending: 'answer' | 'decline' | 'kept-out' | 'hang-up' | 'hold' | 'resume' | 'transfer' | null;
  /** The mute state asked for and not reported yet. */
  readonly wantsMute: boolean | null;
  /** Who answered: the far side, until one of ours did. */
  readonly answeredBy: 'key' | 'screen' | 'there';
  readonly quality: { readonly worst: QualityReport; readonly last: QualityReport } | null;
};

/** One seat: its agent, its live calls, and what is left to do for those that ended. */
export type Seat = {
  readonly agent: Agent;
  /** Live calls, oldest first. */
  readonly calls: readonly SeatCall[];
  /** Answered calls whose after-call work is open, oldest first. */
  readonly afterCalls: readonly string[];
  readonly lastDialled: string;
  readonly line: 'practice' | 'switch';
  readonly hookWhileWaiting: 'ignore' | 'hold-and-answer';
  /** Somebody has to sign in first: no call is taken or made but for help; those there are go on (seat-lock.ts). */
  readonly isLocked: boolean;
  /** What can be dialled whoever sits there, or nobody. */
  readonly emergencyNumbers: readonly string[];
  /** The switch cannot be reached and a modem is ready: what is dialled now goes out by the modem. */
  readonly isFallbackOpen: boolean;
};

/** What the shell is to do, in order. A `log` is on disk before any later effect is performed or the seat is shown. */
export type SeatEffect =
  | { readonly kind: 'log'; readonly fact: JournalFact; readonly at: number }
  | { readonly kind: 'command'; readonly command: PhoneCommand }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'volume'; readonly change: 'up' | 'down' };

/** The next seat and what follows for the shell. */
export type SeatStep = readonly [Seat, readonly SeatEffect[]];

/** A seat with nobody calling, ready. */
export function newSeat(at: number, line: 'practice' | 'switch'): Seat {
  return {
    agent: agentAtStart(at),
    calls: [],
    afterCalls: [],
    lastDialled: '',
    line,
    hookWhileWaiting: 'ignore',
    isLocked: false,
    emergencyNumbers: defaultEmergencyNumbers,
    isFallbackOpen: false,
  };
}

/** The call the person is in: dialling, connecting or talking. At most one, the newest, should the switch do otherwise. */
export function activeCall(seat: Seat): SeatCall | undefined {
  return seat.calls.findLast((c) => isUp(c.call.state) && c.call.state.kind !== 'held');
}

/** Rings and nothing has been asked of it yet. */
export function isWaiting(c: SeatCall): boolean {
  return c.call.state.kind === 'ringing' && c.pending !== 'answer' && !isSentAway(c);
}

/** We have hung up or declined, and nothing more is asked of it. */
export function isEnding(c: SeatCall): boolean {
  return c.pending === 'hang-up' || isSentAway(c);
}

/** It was declined, or a locked seat keeps it out though declining it failed: it rings for nobody. */
export function isSentAway(c: SeatCall): boolean {
  return c.pending === 'decline' || c.pending === 'kept-out';
}

/** A modem can answer, hang up and send digits; it cannot hold, mute, send on or record. */
export function isOnModem(c: SeatCall): boolean {
  return c.line === 'modem';
}

/** A call at its beginning, nothing asked of it. */
export function freshCall(call: Call, line: CallLine): SeatCall {
  return { call, line, pending: null, wantsMute: null, answeredBy: 'there', quality: null };
}

/** The seat with one call changed. */
export function withCall(seat: Seat, changed: SeatCall): Seat {
  return { ...seat, calls: seat.calls.map((c) => (c.call.callId === changed.call.callId ? changed : c)) };
}

/** Does something with a live call; a call that is not there (any more) changes nothing. */
export function onCall(seat: Seat, callId: string, use: (found: SeatCall) => SeatStep): SeatStep {
  const found = seat.calls.find((c) => c.call.callId === callId);
  return found ? use(found) : [seat, []];
}

/** Nothing moves, the person is told. */
export function noticed(seat: Seat, code: Notice['code'], detail: string): SeatStep {
  return [seat, [{ kind: 'notice', notice: { code, detail } }]];
}
