import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../clock.ts';
import { type LogListener, type LogSource, reconnectDelayMaxMs, reconnectDelayMs } from './log-source.ts';

/** A cable that was pulled says nothing; the keep-alive of TCP then finds out. */
const keepAliveMs = 60_000;

export type TcpAddress = { readonly host: string; readonly port: number };
/** Without a host: every address of this machine. */
export type ListenAddress = { readonly host?: string; readonly port: number };

/**
 * Reads the log from a switch that waits to be asked (Mitel 5000, IP Office): connects, sends the greeting, and connects
 * again whenever the connection is lost or refused, until closed.
 */
export function connectToLog(
  { host, port }: TcpAddress,
  greeting: Uint8Array,
  listener: LogListener,
  after: Clock['after'] = systemClock.after,
): LogSource {
  let isClosed = false;
  let delayMs = reconnectDelayMs;
  let cancelWait = (): void => undefined;
  let socket: Socket | undefined;
  const open = (): void => {
    const opened = connect({ host, port, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
    socket = opened;
    let detail = 'the switch closed the connection';
    let why: 'refused' | 'lost' = 'refused';
    opened.once('connect', () => {
      why = 'lost';
      if (greeting.length > 0) opened.write(greeting);
      listener.onState({ kind: 'connected', peer: `${host}:${port}` });
    });
    opened.on('data', (bytes: Uint8Array) => {
      if (isClosed) return;
      // Only a switch that talks is back: one that takes and drops connections is still waited for longer and longer.
      delayMs = reconnectDelayMs;
      listener.onBytes(bytes);
    });
    opened.once('error', (error) => {
      detail = error.message;
    });
    opened.once('close', () => {
      if (isClosed) return;
      listener.onState({ kind: 'lost', why, detail });
      cancelWait = after(delayMs, open);
      delayMs = Math.min(delayMs * 2, reconnectDelayMaxMs);
    });
  };
  open();
  return {
    close: async () => {
      isClosed = true;
      cancelWait();
      socket?.destroy();
    },
  };
}

/**
 * Waits for a switch that brings its log (IP Office). One switch: a new connection takes the place of the one before,
 * which a switch that was switched off leaves behind without a word. Resolves when it listens; rejects with the system's
 * error when it cannot.
 */
export function listenForLog({ host, port }: ListenAddress, listener: LogListener): Promise<LogSource> {
  let current: Socket | undefined;
  let isClosed = false;
  const server: Server = createServer({ keepAlive: true, keepAliveInitialDelay: keepAliveMs }, (socket) => {
    const former = current;
    current = socket;
    if (former !== undefined) {
      former.destroy();
      listener.onState({ kind: 'lost', why: 'lost', detail: 'another connection took its place' });
    }
    let detail = 'the switch closed the connection';
    listener.onState({ kind: 'connected', peer: socket.remoteAddress ?? '' });
    socket.on('data', (bytes: Uint8Array) => {
      if (current === socket && !isClosed) listener.onBytes(bytes);
    });
    socket.once('error', (error) => {
      detail = error.message;
    });
    socket.once('close', () => {
      if (current !== socket || isClosed) return;
      current = undefined;
      listener.onState({ kind: 'lost', why: 'lost', detail });
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      const address = server.address();
      listener.onState({ kind: 'listening', port: typeof address === 'object' ? (address?.port ?? port) : port });
      resolve({
        close: () =>
          new Promise((closed) => {
            isClosed = true;
            server.close(() => closed());
            current?.destroy();
          }),
      });
    });
  });
}
