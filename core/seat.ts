import { type AgentActivity, type StateCause, withActivity } from './agent.ts';
import { assertNever } from './assert-never.ts';
import { isUp, type RemoteParty } from './call.ts';
import type { DeskRequest, PhoneReport } from './console-api.ts';
import type { JournalFact } from './journal.ts';
import { idleLamps, type KeyPress, type Lamps } from './key.ts';
import { type Intent, meaningOf, type Situation } from './seat-keys.ts';
import { lockLets, withoutNobodys } from './seat-lock.ts';
import { named, onReport } from './seat-reports.ts';
import { activeCall, isWaiting, noticed, onCall, type Seat, type SeatStep } from './seat-state.ts';
import { answer, decline, dial, digits, hangUp, hold, mute, park, recording, resume, swap } from './seat-wishes.ts';

/**
 * A seat: the agent and the calls, and what keys, requests and reports do to them. Pure: stepSeat(seat, input) gives
 * the next seat and effects as data; the seat process performs them. Commands go to the phone page, which alone owns
 * the live calls; nothing is believed of a call until the page has reported it.
 */

/** Something that happens to a seat. `at` is wall-clock milliseconds; `newCallId` is an id to use if a call is made. */
export type SeatInput =
  | { readonly kind: 'key'; readonly press: KeyPress; readonly at: number; readonly newCallId: string }
  | {
      readonly kind: 'ask';
      readonly request: DeskRequest;
      readonly at: number;
      readonly newCallId: string;
      /** `key`: a key of a panel or a pedal that means this request. On the screen by default. */
      readonly by?: 'key' | 'screen';
    }
  | { readonly kind: 'report'; readonly report: PhoneReport }
  /** Who calls was told after the call began. */
  | { readonly kind: 'named'; readonly callId: string; readonly remote: RemoteParty; readonly at: number }
  /** Whether what is dialled goes out by a modem, because the switch cannot be reached. */
  | { readonly kind: 'fallback'; readonly isOpen: boolean }
  /** Whether somebody has to sign in before the seat takes and makes calls. */
  | { readonly kind: 'lock'; readonly isLocked: boolean; readonly at: number; readonly cause: StateCause }
  | {
      readonly kind: 'set-up';
      readonly line: 'practice' | 'switch';
      readonly hookWhileWaiting: 'ignore' | 'hold-and-answer';
      readonly emergencyNumbers: readonly string[];
    };

/** One move of the seat. Never throws on any input; what makes no sense now changes nothing. */
export function stepSeat(before: Seat, input: SeatInput): SeatStep {
  switch (input.kind) {
    case 'key':
      return settled(onKey(before, input.press, input.at, input.newCallId), input.at, 'device');
    case 'ask':
      return settled(onRequest(before, input), input.at, input.by === 'key' ? 'device' : 'person');
    case 'report':
      return settled(onReport(before, input.report), momentOf(input.report), 'call');
    case 'named':
      return named(before, input.callId, input.remote, input.at);
    case 'fallback':
      return [{ ...before, isFallbackOpen: input.isOpen }, []];
    case 'lock':
      return settled(locked(before, input.isLocked), input.at, input.cause);
    case 'set-up': {
      const { line, hookWhileWaiting, emergencyNumbers } = input;
      return [{ ...before, line, hookWhileWaiting, emergencyNumbers }, []];
    }
    default:
      return assertNever(input);
  }
}

/** What every lamp shall show: derived, never stored. With no call it is `idleLamps`. */
export function lampsFor(seat: Seat): Lamps {
  if (seat.calls.length === 0) return idleLamps;
  const isOffHook = seat.calls.some((c) => isUp(c.call.state) || c.pending === 'answer');
  return {
    isOffHook,
    isRinging: seat.calls.some(isWaiting),
    isMuted: isOffHook && (activeCall(seat)?.call.isMuted ?? false),
    // Beside a held call another one may be up, and that one the hook key ends: the device must not take it for held.
    isHeld: seat.calls.some((c) => c.call.state.kind === 'held') && activeCall(seat) === undefined,
  };
}

/* ---------- keys ---------- */

function onKey(seat: Seat, press: KeyPress, at: number, newCallId: string): SeatStep {
  switch (press.key) {
    case 'mute':
      return mute(seat, press.to === 'toggle' ? 'toggle' : press.to === 'muted');
    case 'volume':
      return [seat, [{ kind: 'volume', change: press.to }]];
    case 'digit':
      return digits(seat, press.digit);
    case 'line-busy':
      // The device process has already told our own line busy from another program's.
      return press.isBusy ? noticed(seat, 'headset-busy-elsewhere', '') : [seat, []];
    default: {
      const intent = meaningOf(press, situationOf(seat), seat.hookWhileWaiting);
      return intent === null ? [seat, []] : perform(seat, intent, 'key', at, newCallId);
    }
  }
}

function situationOf(seat: Seat): Situation {
  if (seat.calls.some((c) => c.pending === 'answer')) return 'settling';
  const isRinging = seat.calls.some(isWaiting);
  const isHeld = seat.calls.some((c) => c.call.state.kind === 'held');
  if (activeCall(seat)) return isRinging ? 'up-and-ringing' : isHeld ? 'up-and-held' : 'up';
  if (isHeld) return isRinging ? 'held-and-ringing' : 'held';
  return isRinging ? 'ringing' : 'idle';
}

function perform(seat: Seat, intent: Intent, by: 'key' | 'screen', at: number, newCallId: string): SeatStep {
  const active = activeCall(seat);
  const waiting = seat.calls.find(isWaiting);
  const held = seat.calls.find((c) => c.call.state.kind === 'held');
  switch (intent) {
    case 'nothing':
      return [seat, []];
    case 'answer':
      return waiting ? answer(seat, waiting.call.callId, by) : [seat, []];
    case 'decline':
      return waiting ? decline(seat, waiting, 'busy') : [seat, []];
    case 'hang-up':
      return active ? hangUp(seat, active) : [seat, []];
    case 'hold':
      return active ? hold(seat, active) : [seat, []];
    case 'resume':
      return held ? resume(seat, held) : [seat, []];
    case 'swap':
      return swap(seat, by);
    case 'redial':
      // Of whoever was here before.
      if (seat.isLocked) return [seat, []];
      return seat.lastDialled === ''
        ? noticed(seat, 'nothing-to-redial', '')
        : dial(seat, seat.lastDialled, at, newCallId);
    default:
      return assertNever(intent);
  }
}

/* ---------- requests from the screen ---------- */

function onRequest(seat: Seat, input: Extract<SeatInput, { kind: 'ask' }>): SeatStep {
  const { request, at, newCallId, by = 'screen' } = input;
  if (!lockLets(seat, request)) return [seat, []];
  switch (request.kind) {
    case 'answer':
      return answer(seat, request.callId, by);
    case 'decline':
      return onCall(seat, request.callId, (c) => decline(seat, c, request.how));
    case 'hang-up':
      return onCall(seat, request.callId, (c) => hangUp(seat, c));
    case 'hold':
      return onCall(seat, request.callId, (c) => hold(seat, c));
    case 'resume':
      return onCall(seat, request.callId, (c) => resume(seat, c));
    case 'swap':
      return swap(seat, by);
    case 'mute':
      return mute(seat, request.isMuted);
    case 'digits':
      return digits(seat, request.digits);
    case 'dial':
      return dial(seat, request.number, at, newCallId);
    case 'park':
      return park(seat, request.number, at, newCallId);
    case 'pause-recording':
    case 'resume-recording':
      return recording(seat, request);
    case 'choose':
      return choose(seat, request);
    case 'code':
      return code(seat, request, at);
    case 'draft':
      return [seat, []];
    case 'call-me':
    case 'test-line':
      return [seat, [{ kind: 'command', command: request }]];
    case 'volume':
      return [seat, [{ kind: 'volume', change: request.change }]];
    default:
      return assertNever(request);
  }
}

/**
 * Locked: signed out, whatever is under way goes on. Open again: ready, as a seat is that somebody has just opened, and what
 * could not be sent away meanwhile rings for them.
 */
function locked(seat: Seat, isLocked: boolean): SeatStep {
  if (isLocked === seat.isLocked) return [seat, []];
  const agent: Seat['agent'] = { ...seat.agent, choice: { kind: isLocked ? 'signed-out' : 'ready' } };
  const calls = seat.calls.map((c) => (!isLocked && c.pending === 'kept-out' ? { ...c, pending: null } : c));
  return [{ ...seat, isLocked, agent, calls }, []];
}

function choose(seat: Seat, request: Extract<DeskRequest, { kind: 'choose' }>): SeatStep {
  // Going ready (or home) is an end of after-call work, coded or not; going to rest is not: the work stays open.
  const afterCalls = request.choice.kind === 'not-ready' ? seat.afterCalls : [];
  return [{ ...seat, agent: { ...seat.agent, choice: request.choice }, afterCalls }, []];
}

function code(seat: Seat, request: Extract<DeskRequest, { kind: 'code' }>, at: number): SeatStep {
  const { callId, note } = request;
  const fact: JournalFact = { kind: 'call-coded', body: { callId, code: request.code, note } };
  const afterCalls = seat.afterCalls.filter((id) => id !== callId);
  return [{ ...seat, afterCalls }, [{ kind: 'log', fact, at }]];
}

/* ---------- what follows from the calls ---------- */

/** After any move: the agent's activity is whatever the calls say, else what the person chose; a change is logged. */
function settled([seat, effects]: SeatStep, at: number, cause: StateCause): SeatStep {
  const agent = withActivity(seat.agent, activityOf(seat), at, cause);
  if (agent === seat.agent) return [seat, effects];
  const fact: JournalFact = { kind: 'agent-state', body: { activity: agent.activity, cause } };
  return [{ ...seat, agent }, [...effects, { kind: 'log', fact, at }]];
}

function activityOf(now: Seat): AgentActivity {
  const seat = withoutNobodys(now);
  if (activeCall(seat)) return { kind: 'talking' };
  if (seat.calls.some((c) => c.call.state.kind === 'held')) return { kind: 'holding' };
  if (seat.calls.length > 0) return { kind: 'ringing' };
  const callId = seat.afterCalls[0];
  if (callId !== undefined) return { kind: 'after-call-work', callId };
  return seat.agent.choice;
}

/** Reports that carry no moment of their own move nothing that has a time. */
function momentOf(report: PhoneReport): number {
  if (report.kind === 'call') return report.event.at;
  return 'at' in report ? report.at : 0;
}
