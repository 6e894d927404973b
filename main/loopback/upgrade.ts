import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ConsolePage } from '../../core/carrier-frame.ts';
import { frameLengthMax } from '../carriers/wire.ts';
import type { HostParts } from './answer-request.ts';
import { peerUser } from './peer-user.ts';
import { headerValues, headOf, pathOf, type Refusal, refuseHost, refuseUpgradeOrigin } from './request-rules.ts';
import { securityHeaders } from './security-headers.ts';

/** How many WebSockets may be open; the same as main/carriers/serve-console.ts has pages. */
export const socketsMax = 16;

/** The WebSockets of a host: `/console?page=phone` and `/console?page=desk`, and no other. */
export interface Upgrade {
  /** For the 'upgrade' event of a server. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Cuts every WebSocket, and those that come later. */
  readonly close: () => void;
}

/** Lets a page's WebSocket through to `serve` when host, origin, path, session and user are right. */
export function openUpgrade(host: HostParts, serve: (page: ConsolePage, socket: WebSocket) => void): Upgrade {
  const sockets = new Set<WebSocket>();
  let isClosed = false;
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: frameLengthMax,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const accept = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const user = await peerUser(request.socket, process.getuid?.());
    if (isClosed) {
      socket.destroy();
      return;
    }
    const page = pageOf(request);
    const refusal = refuseUpgrade(request, page, host, sockets.size);
    if (refusal !== null || page === null || user === 'other') {
      refuse(host, socket, refusal ?? { status: 403, why: 'another user of this machine' });
      return;
    }
    acceptor.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.once('close', () => sockets.delete(webSocket));
      serve(page, webSocket);
    });
  };
  return {
    onUpgrade: (request, socket, head) => {
      // A client that resets the connection while it is refused is its own business.
      socket.on('error', () => socket.destroy());
      accept(request, socket, head).catch((error: unknown) => {
        host.onRefused(`an upgrade failed: ${String(error)}`);
        socket.destroy();
      });
    },
    close: () => {
      isClosed = true;
      for (const socket of sockets) {
        socket.terminate();
      }
    },
  };
}

function refuse(host: HostParts, socket: Duplex, { status, why }: NonNullable<Refusal>): void {
  host.onRefused(`upgrade: ${status} ${why}`);
  const headers = Object.entries(securityHeaders('other', host.port, [])).map(([name, value]) => `${name}: ${value}`);
  const lines = [`HTTP/1.1 ${status} Refused`, 'Connection: close', 'Content-Length: 0', ...headers];
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}

/** Why an upgrade may not be, or null: host, origin, path, session, room, in that order. */
function refuseUpgrade(
  message: IncomingMessage,
  page: ConsolePage | null,
  host: HostParts,
  socketCount: number,
): Refusal {
  const request = headOf(message);
  const refusal = refuseHost(request, host.port) ?? refuseUpgradeOrigin(request);
  if (refusal !== null) {
    return refusal;
  }
  if (page === null) {
    return { status: 404, why: 'no such socket' };
  }
  if (!host.sessions.isSession(headerValues(request, 'cookie'))) {
    return { status: 401, why: 'no session' };
  }
  return socketCount < socketsMax ? null : { status: 503, why: 'too many sockets' };
}

function pageOf(request: IncomingMessage): ConsolePage | null {
  const { url } = headOf(request);
  if (pathOf({ url }) !== '/console') {
    return null;
  }
  const page = url.slice('/console?page='.length);
  return url.startsWith('/console?page=') && (page === 'phone' || page === 'desk') ? page : null;
}
