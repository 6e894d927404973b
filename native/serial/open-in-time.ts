import type { Clock } from '../clock.ts';
import type { OpenOutcome, PortOpener } from './serial-bus.ts';

/** A driver that hangs in open is not waited for longer; should the port come after all, it is closed. */
export const openWaitMs = 5_000;

/**
 * An opener that answers within `openWaitMs`. A driver that hangs holds one of the few threads of the process
 * (UV_THREADPOOL_SIZE), so while it has not come back the same path is refused at once.
 */
export function openInTime(open: PortOpener, clock: Clock): PortOpener {
  const hanging = new Set<string>();
  return (path, settings, listener) => {
    const refused = (detail: string): OpenOutcome => ({ kind: 'refused', detail });
    if (hanging.has(path)) return Promise.resolve(refused('the driver still has not answered'));
    return new Promise((resolve) => {
      let isLate = false;
      const cancel = clock.after(openWaitMs, () => {
        isLate = true;
        hanging.add(path);
        resolve(refused(hangWords));
      });
      const settle = (outcome: OpenOutcome): void => {
        cancel();
        hanging.delete(path);
        if (isLate && outcome.kind === 'open') void outcome.port.close();
        resolve(outcome);
      };
      open(path, settings, listener).then(settle, (error: unknown) =>
        settle(refused(error instanceof Error ? error.message : String(error))),
      );
    });
  };
}

const hangWords = `no answer from the driver within ${openWaitMs} ms`;

/** Whether a refusal was a driver that hangs in open. */
export function isHang(detail: string): boolean {
  return detail === hangWords;
}
