import type { LogListener } from '../../../native/smdr/log-source.ts';

/** Takes down everything heard, and lets a test wait for it. */
export function heard(): {
  readonly listener: LogListener;
  readonly until: (words: string) => Promise<readonly string[]>;
} {
  const all: string[] = [];
  const waiting = new Set<() => void>();
  const add = (words: string): void => {
    all.push(words);
    for (const look of [...waiting]) look();
  };
  return {
    listener: {
      onBytes: (bytes) => add(Buffer.from(bytes).toString('latin1')),
      onState: (state) => add(state.kind),
    },
    until: (words) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!all.join(' ').endsWith(words)) return;
          waiting.delete(look);
          resolve([...all]);
        };
        waiting.add(look);
        look();
      }),
  };
}
