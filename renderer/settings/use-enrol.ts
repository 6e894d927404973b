import { useState } from 'react';
import type { EnrolRefusal } from '../../core/hub-console-api.ts';
import { useSeatStore } from '../desk/use-seat.ts';

/** How joining a hub stands. `no-seat`: the question did not reach the seat process. */
export type EnrolState =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'joining' }
  | { readonly kind: 'joined' }
  | { readonly kind: 'refused'; readonly why: EnrolRefusal | 'no-seat'; readonly detail: string };

export type Enrol = { readonly state: EnrolState; readonly join: (text: string) => Promise<void> };

/** The longest enrolment the seat reads (hub-console-api), in characters. */
export const enrolmentLengthMax = 4_000;

/** Joins a hub by the text of an enrolment; one at a time, because a code serves once. */
export function useEnrol(): Enrol {
  const store = useSeatStore();
  const [state, setState] = useState<EnrolState>({ kind: 'untouched' });
  const join = async (typed: string): Promise<void> => {
    const text = typed.trim();
    if (state.kind === 'joining') return;
    if (text === '' || text.length > enrolmentLengthMax) {
      setState({ kind: 'refused', why: 'unreadable', detail: '' });
      return;
    }
    setState({ kind: 'joining' });
    try {
      const outcome = await store.console()?.hub.enrol({ text });
      if (outcome === undefined) setState({ kind: 'refused', why: 'no-seat', detail: '' });
      else setState(outcome.kind === 'enrolled' ? { kind: 'joined' } : outcome);
    } catch (error) {
      setState({ kind: 'refused', why: 'no-seat', detail: String(error) });
    }
  };
  return { state, join };
}
