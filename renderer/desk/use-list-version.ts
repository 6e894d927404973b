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
