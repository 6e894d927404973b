import type { Lock, Locker } from '@tus/utils';
import { UploadRefusal } from './upload-request.ts';

/** How long a HEAD waits for a PATCH that it asked to stop, in milliseconds; longer than `drainMs`. */
const waitMs = 5_000;
/** How long a PATCH that was asked to stop may go on taking bytes, in milliseconds. */
export const drainMs = 1_000;
/** How many may wait for one upload. One seat has one client; more is a mistake somewhere. */
const waitersMax = 8;

interface Held {
  readonly isShort: boolean;
  readonly askToStop: () => unknown;
  readonly waiters: Set<() => void>;
}

/**
 * One request at a time for an upload. Two that write: the second is refused with 423 and the first is not disturbed.
 * A HEAD means that the client gave up the connection it had: whoever writes is asked to stop (its bytes so far are
 * kept), and the HEAD waits for that, with a limit. The stock locker makes the second writer wait and cuts the first.
 * It holds for one process: hubs behind a balancer must send one seat to one hub.
 */
export function uploadLocks(): (method: string) => Locker {
  const held = new Map<string, Held>();
  const take = async (id: string, isShort: boolean, signal: AbortSignal, askToStop: () => unknown): Promise<void> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    for (let holder = held.get(id); holder !== undefined; holder = held.get(id)) {
      if ((!isShort && !holder.isShort) || holder.waiters.size >= waitersMax || deadline.aborted) throw locked();
      if (isShort && !holder.isShort) holder.askToStop();
      await released(holder, deadline);
    }
    held.set(id, { isShort, askToStop, waiters: new Set() });
  };
  return (method) => ({
    newLock: (id): Lock => ({
      lock: (signal, askToStop) => take(id, method === 'HEAD', signal, askToStop),
      unlock: async () => {
        const holder = held.get(id);
        held.delete(id);
        for (const wake of holder?.waiters ?? []) wake();
      },
    }),
  });
}

function released({ waiters }: Held, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      waiters.delete(wake);
      deadline.removeEventListener('abort', wake);
      resolve();
    };
    waiters.add(wake);
    deadline.addEventListener('abort', wake, { once: true });
  });
}

function locked(): UploadRefusal {
  return new UploadRefusal(423, 'the upload is being written to; try again');
}
