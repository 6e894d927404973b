import type { Clock } from '../../native/clock.ts';

/** A clock moved by hand. `pass` lets everything due in between happen, promises included; `waiting` counts timers. */
export type HandClock = Clock & { pass(ms: number): Promise<void>; waiting(): number };

export function handClock(): HandClock {
  let nowMs = 0;
  const timers = new Map<symbol, { readonly atMs: number; readonly then: () => void }>();
  // Enough turns of the microtask queue for the longest chain of awaits under test.
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  return {
    nowMs: () => nowMs,
    waiting: () => timers.size,
    after: (ms, then) => {
      const timer = Symbol('timer');
      timers.set(timer, { atMs: nowMs + ms, then });
      return () => void timers.delete(timer);
    },
    pass: async (ms) => {
      const endMs = nowMs + ms;
      for (;;) {
        await settle();
        const due = [...timers].filter(([, timer]) => timer.atMs <= endMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].atMs);
        due[1].then();
      }
      nowMs = endMs;
    },
  };
}
