import type { Clock } from '../clock.ts';

/** How a write ended. `stuck`: it did not end in time, and whoever waits for it waits for ever. */
export type WriteOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'failed' | 'stuck'; readonly detail: string };

/** The outcome of a write that is under way, after `waitMs` at the latest. Never rejects. */
export async function timedWrite(write: Promise<void>, clock: Clock, waitMs: number): Promise<WriteOutcome> {
  let cancel = (): void => undefined;
  const late = new Promise<WriteOutcome>((resolve) => {
    cancel = clock.after(waitMs, () => resolve({ kind: 'stuck', detail: `It did not end within ${waitMs} ms.` }));
  });
  const ended = write.then(
    (): WriteOutcome => ({ kind: 'written' }),
    (error: unknown): WriteOutcome => ({
      kind: 'failed',
      detail: error instanceof Error ? error.message : String(error),
    }),
  );
  const outcome = await Promise.race([ended, late]);
  cancel();
  return outcome;
}
