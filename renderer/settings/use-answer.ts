import { useEffect, useState } from 'react';
import type { DeskConsole } from '../desk/seat-store.ts';
import { useConsole } from '../desk/use-seat.ts';

/** An answer that is asked for once: null until it has come or when it could not be had. */
export function useAnswer<T>(ask: (console: DeskConsole) => Promise<T>): {
  readonly answer: T | null;
  readonly hasFailed: boolean;
  readonly askAgain: () => void;
} {
  const console = useConsole();
  const [times, setTimes] = useState(0);
  const [answer, setAnswer] = useState<T | null>(null);
  const [hasFailed, setFailed] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked is the same as long as the form stands
  useEffect(() => {
    if (console === null) return;
    let isWanted = true;
    ask(console).then(
      (value) => {
        if (!isWanted) return;
        setAnswer(value);
        setFailed(false);
      },
      () => isWanted && setFailed(true),
    );
    return () => {
      isWanted = false;
    };
  }, [console, times]);
  return { answer, hasFailed, askAgain: () => setTimes(times + 1) };
}
