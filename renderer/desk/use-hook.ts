import { useEffect, useRef } from 'react';
import type { Call } from '../../core/call.ts';
import { hookMeaning, mayPressHook } from './card-calls.ts';
import { useAsk } from './use-seat.ts';

/**
 * What a press on the hook does, for the big key, F8 and the slim bar alike. `onDialled` is called when the typed number
 * was dialled. Presses just after the meaning changed are ignored (hookGuardMs).
 */
export function useHook(first: Call | null, typedNumber: string, onDialled: () => void): () => void {
  const ask = useAsk();
  const meaning = hookMeaning(first, typedNumber);
  const target = meaning.kind === 'dial' ? 'dial' : `${meaning.kind} ${meaning.callId}`;
  const before = useRef<{ readonly target: string; readonly changedAt: number | null }>({ target, changedAt: null });
  useEffect(() => {
    if (before.current.target === target) return;
    const wasCall = before.current.target !== 'dial';
    before.current = { target, changedAt: wasCall ? performance.now() : null };
  }, [target]);
  return () => {
    if (!mayPressHook(before.current.changedAt, performance.now())) return;
    if (meaning.kind === 'answer') ask({ kind: 'answer', callId: meaning.callId });
    if (meaning.kind === 'hang-up') ask({ kind: 'hang-up', callId: meaning.callId });
    if (meaning.kind === 'dial' && meaning.number.trim() !== '') {
      ask({ kind: 'dial', number: meaning.number.trim() });
      onDialled();
    }
  };
}
