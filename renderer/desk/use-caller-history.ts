import { useEffect, useState } from 'react';
import type { Call } from '../../core/call.ts';
import type { CallRow } from '../../core/call-list.ts';
import { useSeatStore } from './use-seat.ts';

/** How many earlier calls of a number are looked at: more than anybody reads while a caller waits. */
const historyMax = 50;

/** The earlier calls of a number, newest first; null while they are being fetched or can't be. */
export type CallerHistory = readonly CallRow[] | null;

/** Looks up, once a call, what the seat's log knows of the far side's number. Nothing waits for it. */
export function useCallerHistory(call: Call | null): CallerHistory {
  const store = useSeatStore();
  const callId = call?.callId ?? null;
  const number = call?.remote.number ?? '';
  const [found, setFound] = useState<{ readonly callId: string; readonly rows: readonly CallRow[] } | null>(null);
  useEffect(() => {
    const console = store.console();
    if (callId === null || console === null) return;
    let isWanted = true;
    const answer =
      number === ''
        ? Promise.resolve(null)
        : console.desk.calls({ search: number.slice(0, 100), before: null, limit: historyMax });
    answer.then(
      (page) => {
        if (!isWanted) return;
        const rows = (page?.rows ?? []).filter((row) => row.remote.number === number && row.callId !== callId);
        setFound({ callId, rows });
      },
      () => {
        // The card stands without its history; the data light says why.
        if (isWanted) setFound(null);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [store, callId, number]);
  return found !== null && found.callId === callId ? found.rows : null;
}
