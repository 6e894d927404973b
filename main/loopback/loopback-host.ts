import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConsolePage } from '../../core/carrier-frame.ts';
import type { AppFiles } from '../app-files.ts';
import { answerRequest, type HostParts } from './answer-request.ts';
import { anySwitch } from './security-headers.ts';
import { openSessions } from './sessions.ts';
import { startPath } from './start-page.ts';
import { openUpgrade } from './upgrade.ts';

/** How many bytes the headers of a request may have together: ours have less than 2 KB. */
const headerBytesMax = 16 * 1024;

/** How long the headers of a request may take to come, in milliseconds; a browser on the same machine takes none. */
const headersWaitMs = 5_000;

/** How long a whole request may take to come, in milliseconds. */
const requestWaitMs = 10_000;

/** How often the two waits above are checked, in milliseconds. */
const waitCheckMs = 1_000;

/** How many connections may be open: two pages with six each, as browsers do, twice over for a reload. */
const connectionsMax = 64;

/** How often another port is tried when the one that is free on 127.0.0.1 is taken on [::1]. */
const portTriesMax = 10;

/** What a loopback host is made of. */
export interface LoopbackHostOptions {
  /** Everything it gives out; `/phone/index.html` is what `/` shows. */
  readonly files: AppFiles;
  /** Told each page that connects; the socket is open and its right to be there is checked. */
  readonly serve: (page: ConsolePage, socket: WebSocket) => void;
  /** The switches the phone page may reach, as Content-Security-Policy sources; any by default (security-headers.ts). */
  readonly switches?: () => readonly string[];
  /** Told of each refused request, without any secret; a technician's log. */
  readonly onRefused?: (why: string) => void;
  /** Milliseconds that never run backwards. */
  readonly nowMs?: () => number;
}

/** A host that serves one browser window on this machine. */
export interface LoopbackHost {
  /** A launch address with its one-time token in the fragment: give it to a browser, never to a log or a command line. */
  readonly url: string;
  readonly port: number;
  /** Another launch address with a token of its own, for a second window or after the first was spent. */
  readonly newLaunchUrl: () => string;
  /** Resolves when the next launch token is spent: a browser has arrived. */
  readonly launched: () => Promise<void>;
  /** Stops listening and cuts every connection. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the console's pages and `/console` on a random port of 127.0.0.1, and of [::1] where there is one, to whoever
 * holds a launch token. The rules are in request-rules.ts; facts/security.md section 2 says against whom.
 */
export async function startLoopbackHost(options: LoopbackHostOptions): Promise<LoopbackHost> {
  const { servers, port } = await listen();
  let waiting: (() => void)[] = [];
  const sessions = openSessions({ port, random: randomBytes, nowMs: options.nowMs ?? (() => performance.now()) });
  const host: HostParts = {
    port,
    sessions,
    files: options.files,
    switches: options.switches ?? (() => anySwitch),
    onRefused: options.onRefused ?? (() => {}),
    onLaunched: () => {
      for (const resolve of waiting) {
        resolve();
      }
      waiting = [];
    },
  };
  const upgrade = openUpgrade(host, options.serve);
  for (const server of servers) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      answerRequest(host, request, response).catch((error: unknown) => {
        host.onRefused(`answering failed: ${String(error)}`);
        response.destroy();
      });
    });
    server.on('upgrade', upgrade.onUpgrade);
  }
  const newLaunchUrl = (): string => `http://127.0.0.1:${port}${startPath}#${sessions.newLaunchToken()}`;
  return {
    url: newLaunchUrl(),
    port,
    newLaunchUrl,
    launched: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    close: async () => {
      upgrade.close();
      await Promise.all(servers.map(closeServer));
    },
  };
}

/** Listens on the same free port of both loopbacks; on 127.0.0.1 alone where this machine has no IPv6. */
async function listen(): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  for (let tries = 1; ; tries += 1) {
    const first = newServer();
    const port = await listenOn(first, '127.0.0.1', 0);
    const second = newServer();
    try {
      await listenOn(second, '::1', port);
      return { servers: [first, second], port };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') {
        return { servers: [first], port };
      }
      await closeServer(first);
      // Somebody else listens on [::1] there, and would get what a browser sends to that name: take another port.
      if (code !== 'EADDRINUSE' || tries === portTriesMax) {
        throw error;
      }
    }
  }
}

/** Node's codes for a request that was cut off, and what HTTP calls them. */
const statusOfClientError: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function newServer(): Server {
  const server = createServer({
    maxHeaderSize: headerBytesMax,
    headersTimeout: headersWaitMs,
    requestTimeout: requestWaitMs,
    connectionsCheckingInterval: waitCheckMs,
    insecureHTTPParser: false,
  });
  server.maxConnections = connectionsMax;
  server.on('clientError', (error: Error & { readonly code?: string }, socket: Duplex) => {
    const status = statusOfClientError[error.code ?? ''] ?? '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
  });
  return server;
}

function listenOn(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', reject);
      const bound = server.address();
      if (bound === null || typeof bound === 'string') {
        throw new TypeError('a TCP server has a port');
      }
      resolve(bound.port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
