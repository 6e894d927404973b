import { accessOf, type SeatAccess } from '../../core/seat-access.ts';
import { useSeat } from '../desk/use-seat.ts';

/** How far the seat is open to whoever sits in front of it. */
export function useAccess(): SeatAccess {
  return useSeat(accessOf);
}
