import type { Clock } from '../clock.ts';

/**
 * Why a session of a port ended. `gone`: unplugged or broken. `no-answer`: the device does not do as its profile says.
 * `flooded`: it sends more than the line can carry, on and on. `failed`: our own mistake. `closed`: as asked.
 */
export type SessionEnd = {
  readonly why: 'gone' | 'no-answer' | 'flooded' | 'failed' | 'closed';
  readonly detail: string;
};

/** The life of one opening of a port, and everything in it that waits: all of it gives up when the life ends. */
export type SessionLife = {
  readonly isOver: boolean;
  /** Waits for `doing`, a limit, or the end. Rejects as `doing` does. */
  within<T>(doing: Promise<T>, ms: number): Promise<T | 'late'>;
  pause(ms: number): Promise<void>;
  /** Only the first end counts. */
  end(why: SessionEnd['why'], detail: string): void;
  /** Resolves once, after `onEnd` is done. */
  readonly ended: Promise<SessionEnd>;
};

/** Begins a life; `onEnd` is called once, before `ended` resolves, and waited for. */
export function beginSession(clock: Clock, onEnd: () => Promise<void>): SessionLife {
  const waiters = new Set<() => void>();
  let isOver = false;
  let tellEnded: (end: SessionEnd) => void = () => undefined;
  const ended = new Promise<SessionEnd>((resolve) => {
    tellEnded = resolve;
  });
  const within = <T>(doing: Promise<T>, ms: number): Promise<T | 'late'> =>
    new Promise((resolve, reject) => {
      if (isOver) return resolve('late');
      const over = (): void => {
        cancel();
        waiters.delete(giveUp);
      };
      const giveUp = (): void => {
        over();
        resolve('late');
      };
      const cancel = clock.after(ms, giveUp);
      waiters.add(giveUp);
      doing.then(resolve, reject).finally(over);
    });
  return {
    get isOver() {
      return isOver;
    },
    within,
    pause: async (ms) => {
      await within(new Promise(() => undefined), ms);
    },
    end: (why, detail) => {
      if (isOver) return;
      isOver = true;
      const closing = onEnd();
      for (const giveUp of waiters) giveUp();
      void closing.then(() => tellEnded({ why, detail }));
    },
    ended,
  };
}
