import { useState } from 'react';

/** What a person has written about a call that is not saved yet. */
export type CallDraft = { readonly note: string; readonly chosen: string | null };

export type CallDrafts = {
  of(callId: string): CallDraft;
  write(callId: string, change: Partial<CallDraft>): void;
};

/** So many drafts are kept: a seat has two or three calls, and after-call work for one. The oldest goes first. */
const draftsMax = 8;

const nothing: CallDraft = { note: '', chosen: null };

/** Drafts by call, so that what is typed while talking is there after the call, and nothing has to be typed twice. */
export function useCallDrafts(): CallDrafts {
  const [drafts, setDrafts] = useState<ReadonlyMap<string, CallDraft>>(new Map());
  return {
    of: (callId) => drafts.get(callId) ?? nothing,
    write(callId, change) {
      setDrafts((before) => {
        const others = [...before].filter(([id]) => id !== callId).slice(1 - draftsMax);
        return new Map([...others, [callId, { ...(before.get(callId) ?? nothing), ...change }]]);
      });
    },
  };
}
