import type { Clock } from '../clock.ts';
import type { PortFinder } from './port-finder.ts';
import type { OpenedPort, PortOpener, PortSettings } from './serial-bus.ts';

/** Waits before a port that is away is looked for again; the last one for ever after. */
export const keptPortDelaysMs: readonly number[] = [250, 500, 1_000, 2_000, 5_000];

/** At closing a driver that hangs in open is waited for no longer; what it opens in the end is closed again. */
const closeWaitMs = 1_000;

/** What a kept port calls back with, in order; nothing after `close` has resolved. */
export type KeptPortListener = {
  /** The port is open; bytes follow. */
  onOpen(port: OpenedPort, path: string): void;
  onBytes(bytes: Uint8Array): void;
  /**
   * It is not open (any more), and is looked for. `not-found`: no such port; `refused`: the system's words; `lost`: it was
   * open. Told once for each change, not for each try.
   */
  onAway(why: 'not-found' | 'refused' | 'lost', detail: string): void;
};

export type KeptPortParts = {
  readonly find: PortFinder;
  /** Answers in bounded time (open-in-time.ts). */
  readonly open: PortOpener;
  readonly settings: PortSettings;
  readonly clock: Clock;
  readonly listener: KeptPortListener;
  readonly delaysMs?: readonly number[];
};

/** A port that is looked for, opened, and opened again whenever it was lost, until closed. It knows no protocol. */
export type KeptPort = {
  /** Closes the port and opens it anew after a wait, for a device that does not answer. Tells `lost`. */
  restart(detail: string): void;
  /** The device answers: the next loss is waited for from the shortest delay on. */
  settle(): void;
  /** Lets go of the port and resolves; may be called again. */
  close(): Promise<void>;
};

/** Starts keeping a port. */
export function keepPort(parts: KeptPortParts): KeptPort {
  const { find, open, settings, clock, listener, delaysMs = keptPortDelaysMs } = parts;
  let isClosed = false;
  let tries = 0;
  let told = '';
  let endWait = (): void => undefined;
  let endSession = (_detail: string): void => undefined;
  const away: KeptPortListener['onAway'] = (why, detail) => {
    if (isClosed || told === `${why} ${detail}`) return;
    told = `${why} ${detail}`;
    listener.onAway(why, detail);
  };
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(delaysMs[Math.min(tries, delaysMs.length - 1)] ?? 1_000, resolve);
      tries += 1;
      endWait = () => {
        cancel();
        resolve();
      };
    });
  const session = async (path: string): Promise<void> => {
    const { events, ended, connect, end } = sessionEvents(listener);
    const outcome = await open(path, settings, events);
    if (outcome.kind === 'refused') return away('refused', outcome.detail);
    if (!isClosed) {
      endSession = end;
      told = '';
      listener.onOpen(outcome.port, path);
      connect();
      away('lost', await ended);
    }
    await outcome.port.close();
  };
  const run = async (): Promise<void> => {
    while (!isClosed) {
      const path = await find();
      if (isClosed) return;
      if (path === undefined) away('not-found', '');
      else {
        // Whoever owns the port may make a mistake in `onOpen`; the port is then tried again.
        await session(path).catch((error: unknown) => away('lost', `opening failed: ${wordsOf(error)}`));
      }
      if (!isClosed) await wait();
    }
  };
  const running = run();
  return {
    restart: (detail) => endSession(detail),
    settle: () => {
      tries = 0;
    },
    close: async () => {
      isClosed = true;
      endWait();
      endSession('closed');
      await Promise.race([running, waited(clock)]);
    },
  };
}

function waited(clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.after(closeWaitMs, resolve));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a port says before its owner has it is kept: one piece is enough for a device that greets at once. */
function sessionEvents(listener: KeptPortListener) {
  let isConnected = false;
  let early: Uint8Array | undefined;
  let tellEnd = (_detail: string): void => undefined;
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    tellEnd = resolve;
  });
  const end = (detail: string): void => {
    isOver = true;
    tellEnd(detail);
  };
  return {
    ended,
    end,
    events: {
      onData: (bytes: Uint8Array): void => {
        if (isOver) return;
        if (isConnected) listener.onBytes(bytes);
        else early = bytes;
      },
      onGone: end,
    },
    connect: (): void => {
      isConnected = true;
      if (early !== undefined && !isOver) listener.onBytes(early);
    },
  };
}
