import { useEffect, useRef, useState } from 'react';
import type { Call } from '../../core/call.ts';
import { cardCalls } from '../desk/card-calls.ts';
import { useKeyboard } from '../desk/use-keyboard.ts';
import { useIsOnModem } from '../desk/use-modem.ts';
import { useAsk, useSeat } from '../desk/use-seat.ts';

/** How the last call for help of this page ended. */
export type EndedHelp = { readonly number: string; readonly wasAnswered: boolean };

/**
 * Calling for help with nobody signed in: the call that is up, if one is; whether the numbers stand there to choose from; how
 * the last call ended. F8 is the hook here too: it shows the numbers, and hangs up; it never dials by itself. F10 mutes.
 */
export function useEmergency() {
  const ask = useAsk();
  const calls = useSeat((view) => view.calls);
  const hasNumbers = useSeat((view) => view.settings.emergencyNumbers.length > 0);
  const call = cardCalls(calls).first;
  const isOnModem = useIsOnModem(call?.callId);
  const [isOpen, setOpen] = useState(false);
  const [ended, setEnded] = useState<EndedHelp | null>(null);
  const before = useRef<Call | null>(null);
  const isHungUpHere = useRef(false);
  useEffect(() => {
    const last = before.current;
    before.current = call;
    if (call !== null || last === null) return;
    const wasAnswered = last.answeredAt !== null;
    const wasWished = isHungUpHere.current;
    isHungUpHere.current = false;
    setEnded(wasAnswered || !wasWished ? { number: last.remote.number, wasAnswered } : null);
    // Whoever was not put through wants to try again; whoever hung up before anybody answered does not.
    setOpen(!wasAnswered && !wasWished);
  }, [call]);
  const open = (): void => {
    if (!isOpen) setEnded(null);
    setOpen(true);
  };
  const hangUp = (): void => {
    if (call === null) return;
    isHungUpHere.current = true;
    ask({ kind: 'hang-up', callId: call.callId });
  };
  useKeyboard((wish) => {
    if (wish.kind === 'hook') {
      if (call !== null) hangUp();
      else if (hasNumbers) open();
      return true;
    }
    if (wish.kind !== 'mute' || call === null) return false;
    if (!isOnModem) ask({ kind: 'mute', isMuted: !call.isMuted });
    return true;
  });
  return { call, isOpen: isOpen && hasNumbers, hasNumbers, open, close: () => setOpen(false), hangUp, ended };
}
