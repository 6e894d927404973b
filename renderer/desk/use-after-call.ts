import type { CallRow } from '../../core/call-list.ts';
import type { WorkCode } from '../../core/work-code.ts';
import type { CallDrafts } from './use-call-drafts.ts';
import { useAsk, useSeat } from './use-seat.ts';

/** The after-call work that is open, and what the person has chosen and written so far. */
export type AfterCallWork = {
  readonly row: CallRow;
  readonly codes: readonly WorkCode[];
  readonly chosen: string | null;
  readonly choose: (code: string) => void;
  /** Chooses by place, from 0. False if there is no such code. */
  readonly chooseAt: (place: number) => boolean;
  /** Saves code and note. False if no code is chosen yet. */
  readonly finish: () => boolean;
};

/** Null when no after-call work is open. Its draft began while the call was up and stays while other calls come and go. */
export function useAfterCall(drafts: CallDrafts): AfterCallWork | null {
  const ask = useAsk();
  const row = useSeat((view) => view.afterCall);
  const codes = useSeat((view) => view.settings.workCodes);
  if (row === null) return null;
  const draft = drafts.of(row.callId);
  const chosen = draft.chosen ?? row.workCode;
  const choose = (code: string): void => drafts.write(row.callId, { chosen: code });
  return {
    row,
    codes,
    chosen,
    choose,
    chooseAt(place) {
      const code = codes[place];
      if (code !== undefined) choose(code.code);
      return code !== undefined;
    },
    finish() {
      if (chosen === null) return false;
      ask({ kind: 'code', callId: row.callId, code: chosen, note: draft.note.trim() || row.note });
      return true;
    },
  };
}
