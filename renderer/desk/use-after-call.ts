import { useState } from 'react';
import type { CallRow } from '../../core/call-list.ts';
import type { WorkCode } from '../../core/work-code.ts';
import { useAsk, useSeat } from './use-seat.ts';

/** The after-call work that is open, and what the person has chosen and written so far. */
export type AfterCallWork = {
  readonly row: CallRow;
  readonly codes: readonly WorkCode[];
  readonly chosen: string | null;
  readonly note: string;
  /** The focus is in the form: it must not go away under the person's hands. */
  readonly isTyping: boolean;
  choose(code: string): void;
  /** Chooses by place, from 0. False if there is no such code. */
  chooseAt(place: number): boolean;
  write(note: string): void;
  setTyping(isTyping: boolean): void;
  /** Saves code and note. False if no code is chosen yet. */
  finish(): boolean;
};

type Draft = { readonly callId: string; readonly chosen: string | null; readonly note: string };

/** Null when no after-call work is open. A draft belongs to its call and is kept while other calls come and go. */
export function useAfterCall(): AfterCallWork | null {
  const ask = useAsk();
  const row = useSeat((view) => view.afterCall);
  const codes = useSeat((view) => view.settings.workCodes);
  const [kept, setKept] = useState<Draft | null>(null);
  const [isTyping, setTyping] = useState(false);
  if (row === null) return null;
  const draft = kept?.callId === row.callId ? kept : { callId: row.callId, chosen: row.workCode, note: row.note };
  const choose = (chosen: string): void => setKept({ ...draft, chosen });
  return {
    row,
    codes,
    chosen: draft.chosen,
    note: draft.note,
    isTyping,
    choose,
    chooseAt(place) {
      const code = codes[place];
      if (code !== undefined) choose(code.code);
      return code !== undefined;
    },
    write: (note) => setKept({ ...draft, note }),
    setTyping,
    finish() {
      if (draft.chosen === null) return false;
      ask({ kind: 'code', callId: row.callId, code: draft.chosen, note: draft.note.trim() });
      return true;
    },
  };
}
