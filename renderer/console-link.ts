import { createORPCClient } from '@orpc/client';
import { StandardRPCLink } from '@orpc/client/standard';
import type { ContractRouterClient } from '@orpc/contract';
import { ClientPeer } from '@orpc/standard-server-peer';
import { type ConsolePage, probeAnswerFrame, probeFrame } from '../core/carrier-frame.ts';
import type { consoleApi } from '../core/console-api.ts';
import { type ConsoleWire, type OpenConsoleWire, preloadPortWire, webSocketWire } from './console-wire.ts';

/** The seat process as a page sees it: console-api, typed. Each connection is a new one; the old one only fails. */
export type Console = ContractRouterClient<typeof consoleApi>;

/** The page's connection to the seat process; it lasts as long as the page. */
export interface ConsoleLink {
  /**
   * Calls the listener at once with the present connection and then at each change; null while there is none.
   * Feeds and signals end with the connection (their iterator throws ConsoleLost), so watch them anew on each console.
   * Answers a function that ends the watching.
   */
  readonly watch: (listener: (console: Console | null) => void) => () => void;
  /** Ends the connection for good. */
  readonly close: () => void;
}

/** Why a request or feed ended when the connection did: whether the seat process did it is not known. */
export class ConsoleLost extends Error {
  override readonly name = 'ConsoleLost';
  constructor() {
    super('The connection to the seat process was lost.');
  }
}

/** Waits of the link, in milliseconds. */
export interface ConsoleTiming {
  /** The first wait before connecting again; doubled at each failure. */
  readonly retryDelayMs: number;
  readonly retryDelayMaxMs: number;
  /** How often a silent connection is probed. */
  readonly probeEveryMs: number;
  /** How long a probe may stay without any frame from the other side before the connection counts as hung. */
  readonly probeWaitMs: number;
}

/** 0.2 s is not noticed by a person; 5 s is as long as somebody waits before pressing reload. */
export const consoleTiming: ConsoleTiming = {
  retryDelayMs: 200,
  retryDelayMaxMs: 5_000,
  probeEveryMs: 5_000,
  probeWaitMs: 5_000,
};

/** What connectConsole needs; everything has its value for a real page. */
export interface ConnectConsoleOptions {
  readonly open?: OpenConsoleWire;
  readonly timing?: ConsoleTiming;
  /** Resolves when this page may connect for the first time; null for at once. */
  readonly turn?: Promise<void> | null;
}

/**
 * Connects this page to the seat process: by the port of the Electron preload when the page is `app://`, else by a
 * WebSocket to `/console` of its own host. Connects again by itself, at once when the machine comes back online.
 * A second phone page of the same browser waits until the first has gone: two would register and record twice.
 */
export function connectConsole(options: ConnectConsoleOptions = {}): ConsoleLink {
  const open = options.open ?? pageWire(window);
  const turn = options.turn ?? (options.open === undefined ? phoneTurn(window) : null);
  const timing = options.timing ?? consoleTiming;
  const listeners = new Set<(console: Console | null) => void>();
  let present: Console | null = null;
  let connection: Connection | null = null;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let retryDelayMs = timing.retryDelayMs;
  let isClosed = false;

  const tell = (next: Console | null): void => {
    if (present === next) {
      return;
    }
    present = next;
    for (const listener of [...listeners]) {
      listener(next);
    }
  };
  const connect = (): void => {
    clearTimeout(retryTimer);
    connection = openConnection(open, timing, {
      onOpen: tell,
      onAlive: () => {
        retryDelayMs = timing.retryDelayMs;
      },
      onLost: () => {
        connection = null;
        tell(null);
        if (!isClosed) {
          retryTimer = setTimeout(connect, retryDelayMs);
          retryDelayMs = Math.min(retryDelayMs * 2, timing.retryDelayMaxMs);
        }
      },
    });
  };
  let hasTurn = turn === null;
  const connectNow = (): void => {
    if (!isClosed && hasTurn && connection === null) {
      connect();
    }
  };
  // Node (the suites) has no such events; a page always has.
  const page = typeof window === 'undefined' ? null : window;
  page?.addEventListener('online', connectNow);
  connectNow();
  void turn?.then(() => {
    hasTurn = true;
    connectNow();
  });

  return {
    watch: (listener) => {
      listeners.add(listener);
      listener(present);
      return () => {
        listeners.delete(listener);
      };
    },
    close: () => {
      isClosed = true;
      page?.removeEventListener('online', connectNow);
      clearTimeout(retryTimer);
      connection?.close();
    },
  };
}

interface Connection {
  readonly close: () => void;
}

interface ConnectionEvents {
  readonly onOpen: (console: Console) => void;
  /** The other side has said something: it is not only open, it lives. */
  readonly onAlive: () => void;
  readonly onLost: () => void;
}

/** One wire from its first attempt to its end: a client on it, a probe now and then, everything failed when it ends. */
function openConnection(open: OpenConsoleWire, timing: ConsoleTiming, events: ConnectionEvents): Connection {
  let hungTimer: ReturnType<typeof setTimeout> | undefined;
  // The attempt itself may hang too (a port nobody hands over, a host that does not answer the upgrade).
  let probeTimer = setTimeout(giveUp, timing.probeWaitMs);
  let isAlive = false;
  let isLost = false;
  const peer = new ClientPeer((frame) => {
    if (typeof frame !== 'string') {
      throw new TypeError('console-api has no binary frames');
    }
    wire.send(frame);
  });

  function giveUp(): void {
    wire.close();
  }
  function probeLater(): void {
    clearTimeout(probeTimer);
    clearTimeout(hungTimer);
    hungTimer = undefined;
    probeTimer = setTimeout(probe, timing.probeEveryMs);
  }
  function probe(): void {
    hungTimer = setTimeout(giveUp, timing.probeWaitMs);
    wire.send(probeFrame);
  }

  const wire: ConsoleWire = open({
    onOpen: () => {
      clearTimeout(probeTimer);
      events.onOpen(newConsole(peer, () => isLost));
      probe();
    },
    onFrame: (frame) => {
      if (!isAlive) {
        isAlive = true;
        events.onAlive();
      }
      // Any frame shows life; arming a timer for each of many frames would cost more than it tells.
      if (hungTimer !== undefined) {
        probeLater();
      }
      if (frame === probeFrame) {
        wire.send(probeAnswerFrame);
      } else if (frame !== probeAnswerFrame) {
        peer.message(frame).catch((error: unknown) => {
          console.error('A frame from the seat process could not be read.', error);
          giveUp();
        });
      }
    },
    onClosed: () => {
      clearTimeout(probeTimer);
      clearTimeout(hungTimer);
      isLost = true;
      peer.close({ reason: new ConsoleLost() });
      events.onLost();
    },
  });
  return { close: () => wire.close() };
}

function newConsole(peer: ClientPeer, isLost: () => boolean): Console {
  const link = new StandardRPCLink(
    {
      call: async (request) => {
        // The peer itself would wait for ever: it does not know that nobody is there.
        if (isLost()) {
          throw new ConsoleLost();
        }
        const response = await peer.request(request);
        return { ...response, body: () => Promise.resolve(response.body) };
      },
    },
    // Only the path of it is used; oRPC wants an absolute address.
    { url: 'http://orpc' },
  );
  return createORPCClient<Console>(link);
}

function pageWire(page: Window): OpenConsoleWire {
  if (page.location.protocol === 'app:') {
    return preloadPortWire(page);
  }
  const scheme = page.location.protocol === 'https:' ? 'wss' : 'ws';
  return webSocketWire(`${scheme}://${page.location.host}/console?page=${pageName(page)}`);
}

function pageName(page: Window): ConsolePage {
  return page.location.pathname.startsWith('/desk') ? 'desk' : 'phone';
}

/**
 * When a phone page in a browser may connect: when no other window of this browser holds the phone. (Opening the
 * console a second time opens a second window.) The browser ends the hold with the page, crash and reload included.
 * Electron makes one phone page itself.
 */
function phoneTurn(page: Window): Promise<void> | null {
  if (page.location.protocol === 'app:' || pageName(page) === 'desk') {
    return null;
  }
  return new Promise((resolve) => {
    const hold = (): Promise<never> => {
      resolve();
      return new Promise(() => {});
    };
    page.navigator.locks.request('hookline-phone', hold).catch((error: unknown) => {
      // A phone that might be the second one is better than none.
      console.error('The phone could not be held for this window.', error);
      resolve();
    });
  });
}
