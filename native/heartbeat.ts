import type { Clock } from './clock.ts';

/** Often enough that a hanging device process is noticed before somebody presses a key twice and gives up. */
export const beatEveryMs = 2_000;
/** Beats without an answer. Beats are counted, not seconds: after a suspend the other side gets its chance first. */
export const missedBeatsMax = 2;
/** The same before the first answer: a process takes seconds to start on a machine that is busy starting. */
export const firstBeatsMax = 15;

export type HeartbeatParts = {
  /** Answers when the other side works; a rejection is an answer too. */
  readonly ask: () => Promise<void>;
  readonly after: Clock['after'];
  /** Called once; after it nothing is asked any more. */
  readonly onSilent: (detail: string) => void;
};

/** Asks again and again, one question at a time; the answer stops it. */
export function watchHeartbeat({ ask, after, onSilent }: HeartbeatParts): () => void {
  let isWaiting = false;
  let missed = 0;
  let missedMax = firstBeatsMax;
  let isStopped = false;
  let cancel = (): void => undefined;
  const answered = (): void => {
    isWaiting = false;
    missed = 0;
    missedMax = missedBeatsMax;
  };
  const beat = (): void => {
    if (isStopped) return;
    if (isWaiting) missed += 1;
    else {
      isWaiting = true;
      ask().then(answered, answered);
    }
    if (missed > missedMax) onSilent(`no answer for ${missed} heartbeats`);
    else cancel = after(beatEveryMs, beat);
  };
  cancel = after(beatEveryMs, beat);
  return () => {
    isStopped = true;
    cancel();
  };
}
