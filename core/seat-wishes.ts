import { newCall } from './call.ts';
import type { PhoneCommand } from './console-api.ts';
import { dialable } from './phone-number.ts';
import { isForHelp, lockLetsDial } from './seat-lock.ts';
import {
  activeCall,
  callsMax,
  freshCall,
  isEnding,
  isOnModem,
  isWaiting,
  noticed,
  onCall,
  type Seat,
  type SeatCall,
  type SeatStep,
  withCall,
} from './seat-state.ts';

/** Wishes that become commands for the phone page. Each is asked for once; what is impossible now changes nothing. */

/** Answers a waiting call, once; a call that is up is put on hold first. */
export function answer(seat: Seat, callId: string, by: 'key' | 'screen'): SeatStep {
  const found = seat.calls.find((c) => c.call.callId === callId);
  if (!found || !isWaiting(found) || seat.calls.some((c) => c.pending === 'answer')) return [seat, []];
  const why = whyTiedUp(seat);
  if (why !== null) return why;
  const [holding, holdEffects] = holdActive(seat);
  const [asked, effects] = ask(holding, { ...found, answeredBy: by }, 'answer', { kind: 'answer', callId });
  return [asked, [...holdEffects, ...effects]];
}

/** Refuses a waiting call: busy (486), or elsewhere (480) so that a queue offers it to somebody else. */
export function decline(seat: Seat, found: SeatCall, how: 'busy' | 'elsewhere'): SeatStep {
  if (!isWaiting(found)) return [seat, []];
  return ask(seat, found, 'decline', { kind: 'decline', callId: found.call.callId, how });
}

/** Ends a call; one that still rings is declined. */
export function hangUp(seat: Seat, found: SeatCall): SeatStep {
  const callId = found.call.callId;
  if (isWaiting(found)) return decline(seat, found, 'busy');
  return ask(seat, found, 'hang-up', { kind: 'hang-up', callId });
}

/** Holds a call that talks. */
export function hold(seat: Seat, found: SeatCall): SeatStep {
  if (found.call.state.kind !== 'talking' || isForHelp(seat, found)) return [seat, []];
  if (isOnModem(found)) return modemCannot(seat);
  return ask(seat, found, 'hold', { kind: 'hold', callId: found.call.callId });
}

/** Takes a held call back; a call that is up is put on hold first. */
export function resume(seat: Seat, found: SeatCall): SeatStep {
  if (found.call.state.kind !== 'held') return [seat, []];
  const why = whyTiedUp(seat);
  if (why !== null) return why;
  const [holding, holdEffects] = holdActive(seat);
  const [asked, effects] = ask(holding, found, 'resume', { kind: 'resume', callId: found.call.callId });
  return [asked, [...holdEffects, ...effects]];
}

/** The other call: a waiting one is answered, else a held one resumed. */
export function swap(seat: Seat, by: 'key' | 'screen'): SeatStep {
  const waiting = seat.calls.find(isWaiting);
  if (waiting) return answer(seat, waiting.call.callId, by);
  const held = seat.calls.find((c) => c.call.state.kind === 'held');
  return held ? resume(seat, held) : [seat, []];
}

/** Asks once: a call of which something is pending already is left alone, except that hanging up is always possible. */
function ask(seat: Seat, found: SeatCall, pending: NonNullable<SeatCall['pending']>, command: PhoneCommand): SeatStep {
  if (isEnding(found) || (found.pending !== null && pending !== 'hang-up')) return [seat, []];
  return [withCall(seat, { ...found, pending }), [{ kind: 'command', command }]];
}

/** Mutes or unmutes the call that is up. */
export function mute(seat: Seat, to: boolean | 'toggle'): SeatStep {
  const active = activeCall(seat);
  if (!active || isEnding(active)) return [seat, []];
  if (isOnModem(active)) return modemCannot(seat);
  const wished = active.wantsMute ?? active.call.isMuted;
  const isMuted = to === 'toggle' ? !wished : to;
  if (isMuted === wished) return [seat, []];
  const command: PhoneCommand = { kind: 'mute', callId: active.call.callId, isMuted };
  return [withCall(seat, { ...active, wantsMute: isMuted }), [{ kind: 'command', command }]];
}

/** Sends DTMF digits on the call that talks. */
export function digits(seat: Seat, pressed: string): SeatStep {
  const active = activeCall(seat);
  if (active?.call.state.kind !== 'talking' || isEnding(active)) return [seat, []];
  return [seat, [{ kind: 'command', command: { kind: 'digits', callId: active.call.callId, digits: pressed } }]];
}

/**
 * Dials; a call that is up is put on hold first. A number nobody can dial is refused with a notice. While the fallback is
 * open the call goes out by the modem. With nobody signed in only help is dialled, and it is no number to dial again.
 */
export function dial(seat: Seat, typed: string, at: number, callId: string): SeatStep {
  if (!lockLetsDial(seat, typed)) return [seat, []];
  const number = dialable(typed);
  if (number === null) return noticed(seat, 'refused', typed.slice(0, 64));
  const isFull = seat.calls.length >= callsMax && !seat.isLocked;
  if (isFull || seat.calls.some(isSettingUp)) return [seat, []];
  const why = whyTiedUp(seat);
  if (why !== null) return why;
  const [holding, holdEffects] = holdActive(seat);
  const remote = { number, displayName: '' };
  const line = seat.isFallbackOpen ? 'modem' : seat.line;
  const dialled = freshCall(newCall(callId, 'outbound', remote, at), line);
  return [
    {
      ...holding,
      calls: [...holding.calls, dialled],
      lastDialled: seat.isLocked ? seat.lastDialled : number,
    },
    [
      ...holdEffects,
      { kind: 'log', fact: { kind: 'call-dialled', body: { callId, remote, line } }, at },
      { kind: 'command', command: { kind: 'dial', callId, number } },
    ],
  ];
}

/** Sends the call that talks to a parking place; without a call that is up, dials the place and takes the parked call back. */
export function park(seat: Seat, typed: string, at: number, callId: string): SeatStep {
  const active = activeCall(seat);
  if (!active) return dial(seat, typed, at, callId);
  const number = dialable(typed);
  if (number === null) return noticed(seat, 'refused', typed.slice(0, 64));
  if (active.call.state.kind !== 'talking' || isForHelp(seat, active)) return [seat, []];
  if (isOnModem(active)) return modemCannot(seat);
  return ask(seat, active, 'transfer', { kind: 'transfer', callId: active.call.callId, number });
}

/** Pauses the recording of a call, or lets it go on. */
export function recording(
  seat: Seat,
  request: Extract<PhoneCommand, { kind: 'pause-recording' | 'resume-recording' }>,
): SeatStep {
  return onCall(seat, request.callId, (found) => {
    if (isEnding(found) || isForHelp(seat, found)) return [seat, []];
    return isOnModem(found) ? modemCannot(seat) : [seat, [{ kind: 'command', command: request }]];
  });
}

/** What is said when the call that is up cannot be held, so that no other can be taken beside it; null when it can. */
function whyTiedUp(seat: Seat): SeatStep | null {
  const active = activeCall(seat);
  if (active === undefined || isEnding(active)) return null;
  if (isOnModem(active)) return modemCannot(seat);
  return isForHelp(seat, active) ? [seat, []] : null;
}

function modemCannot(seat: Seat): SeatStep {
  return noticed(seat, 'modem-call', '');
}

function holdActive(seat: Seat): SeatStep {
  const active = activeCall(seat);
  return active && !isOnModem(active) ? hold(seat, active) : [seat, []];
}

function isSettingUp(c: SeatCall): boolean {
  return c.call.state.kind === 'dialling' || c.pending === 'answer';
}
