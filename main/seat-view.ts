import type { PhoneSetup, SeatView } from '../core/console-api.ts';
import { lampsFor, type SeatInput } from '../core/seat.ts';
import { isOnModem, isWaiting, type Seat } from '../core/seat-state.ts';
import type { Settings } from '../core/settings.ts';
import type { SeatStore } from './seat-ports.ts';

/** What the desk shows that follows from the seat, its settings and its store alone. */
export function viewOfSeat(
  seat: Seat,
  settings: Settings,
  store: SeatStore,
): Pick<
  SeatView,
  | 'line'
  | 'agent'
  | 'calls'
  | 'modemCalls'
  | 'afterCall'
  | 'quality'
  | 'lamps'
  | 'settings'
  | 'hasPassword'
  | 'lastDialled'
> {
  const afterCall = seat.afterCalls[0];
  return {
    line: lineOf(settings),
    agent: seat.agent,
    calls: seat.calls.map((c) => c.call),
    modemCalls: seat.calls.filter(isOnModem).map((c) => c.call.callId),
    afterCall: afterCall === undefined ? null : store.callRow(afterCall),
    quality: Object.fromEntries(seat.calls.flatMap((c) => (c.quality ? [[c.call.callId, c.quality.last]] : []))),
    lamps: lampsFor(seat),
    settings,
    hasPassword: store.secret('sip-password') !== null,
    lastDialled: seat.lastDialled,
  };
}

/** What the phone page needs to know to be a phone. */
export function phoneSetupOf(
  seat: Seat,
  { account, sound, recording }: Settings,
  store: SeatStore,
  language: PhoneSetup['language'],
): PhoneSetup {
  return {
    account,
    password: account.kind === 'sip' ? (store.secret('sip-password') ?? '') : '',
    sound,
    recording,
    modemCalls: modemCallsOf(seat),
    isMicrophoneWarm: seat.agent.choice.kind === 'ready' || seat.calls.length > 0,
    language,
  };
}

function modemCallsOf(seat: Seat): PhoneSetup['modemCalls'] {
  const calls = seat.calls.filter(isOnModem);
  const ringing = calls.filter(isWaiting).length;
  return { ringing, isUp: calls.some((c) => c.call.state.kind !== 'ringing') };
}

/** What of the settings a seat steps by. */
export function setUpOf(settings: Settings): Extract<SeatInput, { kind: 'set-up' }> {
  const { hookWhileWaiting, emergencyNumbers } = settings;
  return { kind: 'set-up', line: lineKind(settings), hookWhileWaiting, emergencyNumbers };
}

/** The line that calls are made on while the switch can be reached. */
export function lineKind(settings: Settings): 'practice' | 'switch' {
  return settings.account.kind === 'practice' ? 'practice' : 'switch';
}

function lineOf({ account }: Settings): SeatView['line'] {
  if (account.kind === 'practice') return { kind: 'practice' };
  return { kind: 'sip', address: `${account.user}@${account.domain}`, displayName: account.displayName };
}

/** One press of a volume key, in tenths of the range 0..1. */
const volumeStep = 0.1;

/** A volume after one press of a volume key. */
export function turned(volume: number, change: 'up' | 'down'): number {
  const stepped = Math.round((volume + (change === 'up' ? volumeStep : -volumeStep)) * 10) / 10;
  return Math.min(1, Math.max(0, stepped));
}

/** Whether two small plain values are equal. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
