import { useNow } from './clock.ts';
import { formatDuration, isoDuration } from './duration.ts';
import styles from './text.module.css';

/** A time that runs since a moment (wall-clock milliseconds), drawn by itself so that nothing around it is drawn anew. */
export function Timer({ sinceAt }: { readonly sinceAt: number }) {
  const now = useNow();
  // A state may begin between two ticks: its first second is 00:00, not a second of an older clock.
  const runMs = Math.max(0, now - sinceAt);
  return (
    <time className={styles.timer} dateTime={isoDuration(runMs)} role="timer">
      {formatDuration(runMs)}
    </time>
  );
}
