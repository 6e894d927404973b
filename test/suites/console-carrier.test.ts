import { once } from 'node:events';
import { createServer } from 'node:http';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WebSocketServer, type WebSocket as WsSocket } from 'ws';
import { type FramePort, portWire } from '../../main/carriers/port-wire.ts';
import { socketWire } from '../../main/carriers/socket-wire.ts';
import { frameLengthMax } from '../../main/carriers/wire.ts';
import { messagePortWire, type OpenConsoleWire, webSocketWire } from '../../renderer/console-wire.ts';
import { type Carrier, consoleCarrierSuite } from './console-carrier.suite.ts';

consoleCarrierSuite('a WebSocket', async () => {
  const closers: (() => void)[] = [];
  const carrier: Carrier = {
    page: async (server, name) => {
      const http = createServer();
      const sockets = new WebSocketServer({ server: http, maxPayload: frameLengthMax, perMessageDeflate: false });
      let present: WsSocket | null = null;
      sockets.on('connection', (socket) => {
        present = socket;
        server.serve(name, socketWire(socket));
      });
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      const address = http.address();
      if (address === null || typeof address === 'string') {
        throw new Error('no port');
      }
      closers.push(() => {
        for (const client of sockets.clients) {
          client.terminate();
        }
        http.close();
      });
      let wire: ReturnType<OpenConsoleWire> | null = null;
      const open = webSocketWire(`ws://127.0.0.1:${address.port}/`);
      return {
        open: (events) => {
          wire = open(events);
          return wire;
        },
        cut: () => present?.terminate(),
        // A second path to the server's socket: what the other side of the wire would have sent.
        sendRaw: (frame) => {
          if (typeof frame === 'string') {
            wire?.send(frame);
          } else {
            present?.emit('message', Buffer.from(frame), true);
          }
        },
      };
    },
    close: async () => {
      for (const close of closers) {
        close();
      }
    },
  };
  return carrier;
});

/** Both kinds of port carry the same frames; `asServed` is how the seat process sees its end. */
function portCarrier(asServed: (port: MessagePort) => FramePort): () => Promise<Carrier> {
  return async () => {
    const closers: (() => void)[] = [];
    return {
      page: async (server, name) => {
        let present: MessageChannel | null = null;
        return {
          open: (events) => {
            const channel = new MessageChannel();
            present = channel;
            closers.push(() => channel.port1.close());
            server.serve(name, portWire(asServed(channel.port1)));
            return messagePortWire(channel.port2)(events);
          },
          cut: () => present?.port1.close(),
          sendRaw: (frame) => present?.port2.postMessage(frame),
        };
      },
      close: async () => {
        for (const close of closers) {
          close();
        }
      },
    };
  };
}

consoleCarrierSuite(
  'a MessagePort of Node',
  portCarrier((port) => port),
);

// Electron's MessagePortMain has no Node twin that runs without Electron; this obeys its documented shape.
consoleCarrierSuite(
  "a MessagePort in Electron's shape",
  portCarrier((port) => ({
    on: (event: 'message' | 'close', listener: (message: unknown) => void) =>
      event === 'message'
        ? port.on('message', (data: unknown) => listener({ data, ports: [] }))
        : port.on('close', () => listener(undefined)),
    postMessage: (frame) => port.postMessage(frame),
    start: () => port.start(),
    close: () => port.close(),
  })),
);
