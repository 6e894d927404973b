import { useCallback, useRef, useState } from 'react';
import type { SignInRefusal } from '../../core/sign-in-api.ts';
import { useSeatStore } from '../desk/use-seat.ts';

/** Why nobody was signed in; `no-seat`: the question did not reach the seat process. */
export type ShownRefusal = SignInRefusal | { readonly why: 'no-seat' };

/** Signing in, one attempt at a time. `waitUntil`: wall-clock milliseconds, while the last refusal asks for a wait. */
export function useEnter() {
  const store = useSeatStore();
  const [isEntering, setEntering] = useState(false);
  const [refusal, setRefusal] = useState<ShownRefusal | null>(null);
  const [waitUntil, setWaitUntil] = useState<number | null>(null);
  const isAsked = useRef(false);
  const enter = useCallback(
    async (typed: { readonly login: string; readonly pin: string }): Promise<void> => {
      if (isAsked.current) return;
      isAsked.current = true;
      setEntering(true);
      setRefusal(null);
      const found = await ask(store.console(), typed);
      isAsked.current = false;
      setEntering(false);
      setRefusal(found);
      setWaitUntil(found?.why === 'wait' ? Date.now() + found.waitMs : null);
    },
    [store],
  );
  const waitIsOver = useCallback(() => {
    setRefusal(null);
    setWaitUntil(null);
  }, []);
  return { enter, isEntering, refusal, waitUntil, waitIsOver };
}

async function ask(
  console: ReturnType<ReturnType<typeof useSeatStore>['console']>,
  typed: { readonly login: string; readonly pin: string },
): Promise<ShownRefusal | null> {
  try {
    const outcome = await console?.signIn.enter(typed);
    if (outcome === undefined) return { why: 'no-seat' };
    return outcome.kind === 'signed-in' ? null : outcome.refusal;
  } catch {
    // The seat process went away, or never heard it; what it thinks of it comes with its next view.
    return { why: 'no-seat' };
  }
}
