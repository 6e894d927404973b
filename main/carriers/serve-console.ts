import { ORPCError, type Router } from '@orpc/server';
import { StandardRPCHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import {
  encodeResponseMessage,
  MessageType,
  experimental_ServerPeerWithoutCodec as ServerPeer,
} from '@orpc/standard-server-peer';
import { type ConsolePage, probeAnswerFrame, probeFrame } from '../../core/carrier-frame.ts';
import type { consoleApi } from '../../core/console-api.ts';
import { type Outlet, openOutlet } from './outlet.ts';
import { type PageFrame, readPageFrame } from './page-frame.ts';
import { mayAsk } from './page-rights.ts';
import type { Wire } from './wire.ts';

/** What each handler of the router knows about who asks. */
export interface ConsoleContext {
  readonly page: ConsolePage;
}

/** `implement(consoleApi).$context<ConsoleContext>().router({…})`. A feed's handler gives its `signal` to the watch. */
export type ConsoleRouter = Router<typeof consoleApi, ConsoleContext>;

/** How many requests of one page, feeds included, may be under way. A page has 4 feeds and a handful of requests. */
export const requestsUnderWayMax = 256;

/** How many pages may be connected. A seat has two; a reload overlaps for a moment, and a technician may watch. */
const pagesMax = 16;

/** Serves console-api to pages, whatever carries them. */
export interface ConsoleServer {
  /** Serves one page until its wire closes; then every feed it watched ends and every handler's signal fires. */
  readonly serve: (page: ConsolePage, wire: Wire) => void;
  /** How many pages are connected. */
  readonly pageCount: () => number;
  /** Closes every wire. */
  readonly close: () => void;
}

/** What serveConsole needs besides the router. */
export interface ServeConsoleOptions {
  /** Told what went wrong and where: a handler that threw, a page that sent nonsense. Nothing here stops the server. */
  readonly onProblem: (doing: string, error: unknown) => void;
}

/**
 * Makes a router servable. The same code serves every carrier: oRPC's own adapters are not used because they leave a
 * malformed frame on a MessagePort as an unhandled rejection, which ends a Node process, and never wait for a slow page.
 * A page gets FORBIDDEN for what is not its own (page-rights.ts) and BAD_REQUEST for what zod refuses.
 */
export function serveConsole(router: ConsoleRouter, options: ServeConsoleOptions): ConsoleServer {
  const wires = new Set<Wire>();
  const handler = new StandardRPCHandler<ConsoleContext>(router, {
    clientInterceptors: [
      async ({ next, context, path, signal }) => {
        if (!mayAsk(context.page, path)) {
          throw new ORPCError('FORBIDDEN', { message: `The ${context.page} page may not ask for ${path.join('.')}.` });
        }
        const output = await next();
        endWithSignal(output, signal, (error) => options.onProblem(`ending ${path.join('.')}`, error));
        return output;
      },
    ],
    interceptors: [
      async ({ next, request }) => {
        try {
          return await next();
        } catch (error) {
          // What the handler itself decided to refuse is an answer, not a problem; so is a request the page ended.
          const isRefusal = error instanceof ORPCError && error.status < 500;
          if (!isRefusal && request.signal?.aborted !== true) {
            options.onProblem(`console-api ${request.url.pathname}`, error);
          }
          throw error;
        }
      },
    ],
  });
  return {
    serve: (page, wire) => {
      if (wires.size >= pagesMax) {
        wire.listen({ onFrame: () => {}, onClosed: () => {} });
        wire.close('too many pages');
        return;
      }
      wires.add(wire);
      const served = new ServedPage({ handler, page, wire, options });
      wire.listen({
        onFrame: (text) => served.onFrame(text),
        onClosed: () => {
          served.onClosed();
          wires.delete(wire);
        },
      });
    },
    pageCount: () => wires.size,
    close: () => {
      for (const wire of wires) {
        wire.close('the seat process stops');
      }
    },
  };
}

type ServedPageParts = {
  readonly handler: StandardRPCHandler<ConsoleContext>;
  readonly page: ConsolePage;
  readonly wire: Wire;
  readonly options: ServeConsoleOptions;
};

/** One connected page: its frames in, the answers out. */
class ServedPage {
  readonly #page: ConsolePage;
  readonly #wire: Wire;
  readonly #options: ServeConsoleOptions;
  readonly #outlet: Outlet;
  readonly #peer: ServerPeer;
  readonly #handle: ReturnType<typeof createServerPeerHandleRequestFn>;
  /** The requests whose handler still runs, with whether the page has ended them. */
  readonly #underWay = new Map<string, { isEnded: boolean }>();
  #isClosed = false;

  constructor({ handler, page, wire, options }: ServedPageParts) {
    this.#page = page;
    this.#wire = wire;
    this.#options = options;
    const outlet = openOutlet(wire);
    this.#outlet = outlet;
    this.#handle = createServerPeerHandleRequestFn(handler, { context: { page } });
    this.#peer = new ServerPeer(async ([id, type, payload]) => {
      const frame = await encodeResponseMessage(id, type, payload);
      if (typeof frame !== 'string') {
        throw new TypeError('console-api has no binary answers');
      }
      await outlet.send(frame);
    });
  }

  onFrame(text: string): void {
    this.#outlet.heard();
    if (text === probeFrame) {
      this.#wire.send(probeAnswerFrame);
      return;
    }
    if (text === probeAnswerFrame) {
      this.#outlet.answered();
      return;
    }
    this.#take(readPageFrame(text));
  }

  onClosed(): void {
    this.#isClosed = true;
    this.#outlet.end();
    this.#peer.close();
  }

  #take(frame: PageFrame): void {
    switch (frame.kind) {
      case 'request':
        if (this.#underWay.size >= requestsUnderWayMax) {
          this.#refuse('too many requests under way');
        } else if (this.#underWay.has(frame.id)) {
          this.#refuse('a request id used twice');
        } else {
          void this.#answer(frame.id, frame.url, frame.body);
        }
        return;
      case 'end': {
        const request = this.#underWay.get(frame.id);
        if (request !== undefined) {
          request.isEnded = true;
          this.#peer.close({ id: frame.id });
        }
        return;
      }
      default:
        this.#refuse(frame.why);
    }
  }

  async #answer(id: string, url: URL, body: unknown): Promise<void> {
    const request = { isEnded: false };
    this.#underWay.set(id, request);
    try {
      const message = { url, method: 'POST', headers: {}, body };
      await this.#peer.message([id, MessageType.REQUEST, message], this.#handle);
    } catch (error) {
      // The page has gone or has ended the request: then nobody waits for the answer that could not be sent.
      if (!this.#isClosed && !request.isEnded) {
        this.#options.onProblem(`answering ${url.pathname}`, error);
      }
    } finally {
      this.#underWay.delete(id);
    }
  }

  #refuse(why: string): void {
    this.#options.onProblem(`the ${this.#page} page's connection`, new Error(why));
    this.#wire.close(why);
  }
}

/**
 * Ends a feed's iterator when its request ends. oRPC only notices at the feed's next value, which may be hours away,
 * if the handler did not pass its signal on.
 */
function endWithSignal(output: unknown, signal: AbortSignal | undefined, onError: (error: unknown) => void): void {
  if (typeof output !== 'object' || output === null || !('return' in output) || typeof output.return !== 'function') {
    return;
  }
  const end: () => unknown = output.return.bind(output);
  signal?.addEventListener('abort', () => void Promise.resolve(end()).catch(onError), { once: true });
}
