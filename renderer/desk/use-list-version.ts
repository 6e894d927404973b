import type { SeatView } from '../../core/console-api.ts';
import { useLostAt, useSeat } from './use-seat.ts';

/**
 * A text that changes whenever the call list may have: a call came, was answered or ended, after-call work was opened or
 * saved, the seat process came back. The list itself is not part of the feed, because it has no limit.
 */
export function useListVersion(): string {
  const calls = useSeat((view) => view.calls);
  const after = useSeat((view) => view.afterCall);
  const today = useSeat((view) => view.today.calls);
  const isLost = useLostAt() !== null;
  const live = calls.map((call) => `${call.callId} ${call.answeredAt ?? ''}`).join(' ');
  return `${live}|${after?.callId ?? ''} ${after?.workCode ?? ''}|${today}|${isLost}`;
}

/** The same for a list of what came by a port: the seat counts its lines, and the seat process may have come back. */
export function useLineVersion(list: keyof SeatView['linesWritten']): string {
  const count = useSeat((view) => view.linesWritten[list]);
  const isLost = useLostAt() !== null;
  return `${count}|${isLost}`;
}
