import type { DeskRequest } from './console-api.ts';
import { goesToHelp } from './emergency-number.ts';
import { dialable } from './phone-number.ts';
import { isSentAway, type Seat, type SeatCall } from './seat-state.ts';

/**
 * What a locked seat lets through: nobody is signed in who should be. What was begun is finished, help can be called, and
 * nothing else is begun.
 */

/**
 * A call for help of a seat that is locked: it is heard, muted and ended, and nothing else can be done with it. A call like
 * any other once somebody has signed in.
 */
export function isForHelp(seat: Seat, { call }: SeatCall): boolean {
  return seat.isLocked && goesToHelp(call, seat.emergencyNumbers);
}

/** Whether the lock of a seat lets this number be dialled. */
export function lockLetsDial(seat: Seat, typed: string): boolean {
  if (!seat.isLocked) return true;
  const number = dialable(typed);
  // One at a time: the first cannot be held.
  return number !== null && seat.emergencyNumbers.includes(number) && !seat.calls.some((c) => isForHelp(seat, c));
}

/** Whether the lock of a seat lets a person ask for this. */
export function lockLets(seat: Seat, request: DeskRequest): boolean {
  if (!seat.isLocked) return true;
  switch (request.kind) {
    case 'choose':
      return request.choice.kind === 'signed-out';
    case 'call-me':
    case 'test-line':
      return false;
    case 'code':
    case 'draft':
      return isBegun(seat, request.callId);
    default:
      return true;
  }
}

/** Whose call it was is still there to finish it. */
function isBegun(seat: Seat, callId: string): boolean {
  return seat.afterCalls.includes(callId) || seat.calls.some((c) => c.call.callId === callId && !isForHelp(seat, c));
}

/** The seat with the calls of whoever works at it: without calls for help, and without those the lock sends away. */
export function withoutNobodys(seat: Seat): Seat {
  if (!seat.isLocked) return seat;
  return { ...seat, calls: seat.calls.filter((c) => !isForHelp(seat, c) && !isSentAway(c)) };
}
