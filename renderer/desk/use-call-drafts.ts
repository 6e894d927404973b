import { useEffect, useRef, useState } from 'react';
import type { CallDraft } from '../../core/console-api.ts';
import { useAsk, useSeat } from './use-seat.ts';

/** What a person has written about each call and not saved yet. */
export type CallDrafts = {
  of(callId: string): CallDraft;
  write(callId: string, change: Partial<CallDraft>): void;
};

/** So many drafts are kept: a seat has two or three calls, and after-call work for one. The oldest goes first. */
const draftsMax = 8;

/** How long after the last key the seat process is told: a pause in typing, shorter than any reload. */
const tellAfterMs = 300;

const nothing: CallDraft = { note: '', chosen: null };

/**
 * Drafts by call, so that what is typed while talking is there after the call and nothing has to be typed twice. The
 * field follows the keys at once; the seat process is told in pauses, and gives the drafts back when the desk reloads.
 */
export function useCallDrafts(): CallDrafts {
  const ask = useAsk();
  const kept = useSeat((view) => view.drafts);
  const [drafts, setDrafts] = useState<ReadonlyMap<string, CallDraft>>(new Map());
  const untold = useRef(new Map<string, CallDraft>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = (): void => {
    clearTimeout(timer.current);
    for (const [callId, draft] of untold.current) ask({ kind: 'draft', callId, draft });
    untold.current.clear();
  };
  useEffect(() => {
    addEventListener('pagehide', tell);
    return () => removeEventListener('pagehide', tell);
  });
  const of = (callId: string): CallDraft => drafts.get(callId) ?? kept[callId] ?? nothing;
  return {
    of,
    write(callId, change) {
      const draft = { ...of(callId), ...change };
      untold.current.set(callId, draft);
      clearTimeout(timer.current);
      timer.current = setTimeout(tell, tellAfterMs);
      setDrafts((before) => {
        const others = [...before].filter(([id]) => id !== callId).slice(1 - draftsMax);
        return new Map([...others, [callId, draft]]);
      });
    },
  };
}
