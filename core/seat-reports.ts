import { assertNever } from './assert-never.ts';
import { newCall, type RemoteParty, step as stepCall } from './call.ts';
import type { PhoneReport } from './console-api.ts';
import type { JournalFact } from './journal.ts';
import type { QualityReport } from './quality-report.ts';
import { isForHelp } from './seat-lock.ts';
import {
  callsMax,
  freshCall,
  isOnModem,
  onCall,
  type Seat,
  type SeatCall,
  type SeatEffect,
  type SeatStep,
  withCall,
} from './seat-state.ts';
import { decline } from './seat-wishes.ts';

/** Who calls was told after the call began. */
export function named(seat: Seat, callId: string, remote: RemoteParty, at: number): SeatStep {
  return onCall(seat, callId, (c) => {
    const { number, displayName } = c.call.remote;
    if (number === remote.number && displayName === remote.displayName) return [seat, []];
    const fact: JournalFact = { kind: 'call-named', body: { callId, remote } };
    return [withCall(seat, { ...c, call: { ...c.call, remote } }), [{ kind: 'log', fact, at }]];
  });
}

/** What the phone page reports, taken into the seat and written down. */
export function onReport(seat: Seat, report: PhoneReport): SeatStep {
  switch (report.kind) {
    case 'started':
      return allLost(seat, report.at);
    case 'call-offered':
      return offered(seat, report);
    case 'call':
      return reported(seat, report);
    case 'call-standing':
      return standing(seat, report);
    case 'digits-sent':
      return onCall(seat, report.callId, () => [
        seat,
        [
          {
            kind: 'log',
            fact: { kind: 'call-digits', body: { callId: report.callId, count: report.count } },
            at: report.at,
          },
        ],
      ]);
    case 'quality':
      return onCall(seat, report.callId, (c) => [
        withCall(seat, { ...c, quality: { worst: worseOf(c.quality?.worst, report.report), last: report.report } }),
        [],
      ]);
    case 'refused':
      return refused(seat, report);
    case 'transferred': {
      const fact: JournalFact = { kind: 'call-transferred', body: { callId: report.callId, number: report.number } };
      return onCall(seat, report.callId, () => [seat, [{ kind: 'log', fact, at: report.at }]]);
    }
    case 'signalling':
    case 'media':
    case 'sound-devices':
    case 'recording':
    case 'line-test':
    case 'hid-collections':
    case 'bad-frames':
      return [seat, []];
    default:
      return assertNever(report);
  }
}

function offered(seat: Seat, report: Extract<PhoneReport, { kind: 'call-offered' }>): SeatStep {
  const { callId, remote, line, sipCallId, at } = report;
  if (seat.calls.some((c) => c.call.callId === callId)) return [seat, []];
  const fact: JournalFact = { kind: 'call-offered', body: { callId, remote, line, sipCallId } };
  const arriving = freshCall(newCall(callId, 'inbound', remote, at), line);
  const next = { ...seat, calls: [...seat.calls, arriving] };
  const log: SeatEffect = { kind: 'log', fact, at };
  if (seat.calls.length < callsMax && !seat.isLocked) return [next, [log]];
  // With nobody signed in a queue offers it to somebody else, at once.
  const [asked, effects] = decline(next, arriving, seat.isLocked ? 'elsewhere' : 'busy');
  return [asked, [log, ...effects]];
}

/** A call of a phone page that outlived the seat process before this one. */
function standing(seat: Seat, report: Extract<PhoneReport, { kind: 'call-standing' }>): SeatStep {
  const { call, line, at } = report;
  const isKnown = seat.calls.some((c) => c.call.callId === call.callId);
  if (isKnown || call.state.kind === 'ended' || seat.calls.length >= callsMax) return [seat, []];
  const { callId, direction, remote } = call;
  const fact: JournalFact = { kind: 'call-found', body: { callId, direction, remote, line } };
  return [{ ...seat, calls: [...seat.calls, freshCall(call, line)] }, [{ kind: 'log', fact, at }]];
}

function reported(seat: Seat, report: Extract<PhoneReport, { kind: 'call' }>): SeatStep {
  return onCall(seat, report.callId, (before) => {
    const [call, effects] = stepCall(before.call, report.event);
    const isLegal = effects.every((e) => e.kind === 'log');
    if (!isLegal) return [seat, []];
    const after: SeatCall = { ...before, call, ...answeredNow(before, report.event.kind) };
    const logs = factsOf(after, report.event).map((fact): SeatEffect => ({ kind: 'log', fact, at: report.event.at }));
    if (call.state.kind !== 'ended') return [withCall(seat, after), logs];
    const calls = seat.calls.filter((c) => c.call.callId !== call.callId);
    // Of a call for help with nobody signed in there is nobody to code it.
    const hasWork = call.answeredAt !== null && !isForHelp(seat, before);
    const afterCalls = hasWork ? [...seat.afterCalls, call.callId].slice(-callsMax) : seat.afterCalls;
    return [{ ...seat, calls, afterCalls }, logs];
  });
}

/** Which wishes a report fulfils. */
function answeredNow(before: SeatCall, kind: string): Pick<SeatCall, 'pending' | 'wantsMute'> {
  const fulfils: Record<string, readonly string[]> = {
    answering: ['answer'],
    established: ['answer'],
    held: ['hold'],
    resumed: ['resume'],
  };
  const isMuteReport = kind === 'muted' || kind === 'unmuted';
  return {
    pending: before.pending !== null && fulfils[kind]?.includes(before.pending) ? null : before.pending,
    wantsMute: isMuteReport ? null : before.wantsMute,
  };
}

function factsOf(after: SeatCall, event: Extract<PhoneReport, { kind: 'call' }>['event']): readonly JournalFact[] {
  const callId = after.call.callId;
  switch (event.kind) {
    case 'established':
      return [{ kind: 'call-answered', body: { callId, by: after.answeredBy } }];
    case 'held':
      return [{ kind: 'call-held', body: { callId } }];
    case 'resumed':
      return [{ kind: 'call-resumed', body: { callId } }];
    case 'muted':
    case 'unmuted':
      return [{ kind: 'call-muted', body: { callId, isMuted: event.kind === 'muted' } }];
    case 'ended': {
      const ended: JournalFact = { kind: 'call-ended', body: { callId, cause: event.cause } };
      return after.quality ? [{ kind: 'call-quality', body: { callId, ...after.quality } }, ended] : [ended];
    }
    case 'alerting':
    case 'answering':
    case 'held-there':
    case 'resumed-there':
      return [];
    default:
      return assertNever(event);
  }
}

function refused(seat: Seat, report: Extract<PhoneReport, { kind: 'refused' }>): SeatStep {
  const effects: readonly SeatEffect[] = [
    { kind: 'notice', notice: { code: 'refused', detail: `${report.command.kind}: ${report.why}`.slice(0, 400) } },
  ];
  const callId = 'callId' in report.command ? report.command.callId : null;
  const found = seat.calls.find((c) => c.call.callId === callId);
  if (!found) return [seat, effects];
  if (report.command.kind === 'mute') return [withCall(seat, { ...found, wantsMute: null }), effects];
  // What a locked seat could not send away stays nobody's: whoever stands there learns nothing of it.
  if (seat.isLocked && report.command.kind === 'decline')
    return [withCall(seat, { ...found, pending: 'kept-out' }), effects];
  const isTheWish = found.pending === report.command.kind;
  return [isTheWish ? withCall(seat, { ...found, pending: null }) : seat, effects];
}

/** The phone page is new: calls lived in the old one, so they are gone. */
function allLost(seat: Seat, at: number): SeatStep {
  // Calls by modem live in the device process.
  const lost = seat.calls.filter((c) => !isOnModem(c));
  return lost.reduce<SeatStep>(
    ([now, effects], c) => {
      const event = { kind: 'ended', at, cause: 'line-lost' } as const;
      const [next, more] = reported(now, { kind: 'call', callId: c.call.callId, event });
      return [next, [...effects, ...more]];
    },
    [seat, []],
  );
}

function worseOf(a: QualityReport | undefined, b: QualityReport): QualityReport {
  return a && a.mos <= b.mos ? a : b;
}
