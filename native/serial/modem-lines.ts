import type { InputLine } from './profile.ts';

/** Whether each input line is raised. */
export type LineStates = Readonly<Record<InputLine, boolean>>;

/** Turns readings of lines into moves. A contact bounces: a move counts when the line has stood for the debounce time. */
export type LineWatch = {
  read(states: LineStates, nowMs: number): void;
  dueMs(): number | undefined;
  tick(nowMs: number): void;
  reset(): void;
};

const lines: readonly InputLine[] = ['cts', 'dsr', 'dcd'];

/** Makes a watch; `onMove` is called for each move that lasted. */
export function createLineWatch(
  debounceMs: number,
  onMove: (line: InputLine, isUp: boolean, nowMs: number) => void,
): LineWatch {
  const stands = new Map<InputLine, boolean>();
  const moving = new Map<InputLine, { readonly isUp: boolean; readonly sinceMs: number }>();
  const tick = (nowMs: number): void => {
    for (const [line, { isUp, sinceMs }] of moving) {
      if (nowMs - sinceMs < debounceMs) continue;
      moving.delete(line);
      stands.set(line, isUp);
      onMove(line, isUp, nowMs);
    }
  };
  return {
    read: (states, nowMs) => {
      for (const line of lines) {
        const isUp = states[line];
        const before = stands.get(line);
        if (before === undefined) stands.set(line, isUp);
        else if (isUp === before) moving.delete(line);
        else if (moving.get(line) === undefined) moving.set(line, { isUp, sinceMs: nowMs });
      }
      tick(nowMs);
    },
    dueMs: () => {
      const times = [...moving.values()].map(({ sinceMs }) => sinceMs + debounceMs);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    tick,
    reset: () => {
      stands.clear();
      moving.clear();
    },
  };
}
