import { useEffect } from 'react';
import type { KeyEvent } from '../../core/key.ts';
import { useConsole } from '../desk/use-seat.ts';
import { useLatest } from './lit-keys.ts';

/** Calls back for every key of every device while the screen stands; starts again when the seat process came back. */
export function useKeyMoments(onMoment: (event: KeyEvent) => void): void {
  const console = useConsole();
  const latest = useLatest(onMoment);
  useEffect(() => {
    if (console === null) return;
    const feed = new AbortController();
    void follow(console.equipment.keyMoments(undefined, { signal: feed.signal }), (event) => {
      if (!feed.signal.aborted) latest.current(event);
    });
    return () => feed.abort();
  }, [console, latest]);
}

async function follow(feed: Promise<AsyncIterable<KeyEvent>>, take: (event: KeyEvent) => void): Promise<void> {
  try {
    for await (const event of await feed) take(event);
  } catch {
    // The feed ends with its connection; the data light says so, and another console starts another feed.
  }
}
