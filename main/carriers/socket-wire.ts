import type { RawData, WebSocket } from 'ws';
import type { Wire } from './wire.ts';

/** RFC 6455 §7.4.1: closed because of a message this endpoint does not accept. */
const closePolicyCode = 1008;

/** How long a peer may take to complete the closing handshake before its socket is destroyed, in milliseconds. */
const closeWaitMs = 1_000;

/**
 * A WebSocket (of the `ws` library, already open) as a wire. The frame length is limited by the WebSocketServer's
 * maxPayload, before a frame is in memory. A binary frame closes the wire: console-api has none.
 */
export function socketWire(socket: WebSocket): Wire {
  const close = (reason: string): void => {
    socket.close(closePolicyCode, reason);
    const timer = setTimeout(() => socket.terminate(), closeWaitMs);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  };
  return {
    listen: (events) => {
      socket.on('message', (data: RawData, isBinary: boolean) => {
        if (isBinary) {
          close('binary frame');
        } else {
          events.onFrame(data.toString());
        }
      });
      // A broken frame or a reset connection: 'close' follows by itself and says all that matters.
      socket.on('error', () => socket.terminate());
      if (socket.readyState === socket.OPEN) {
        socket.once('close', events.onClosed);
      } else {
        queueMicrotask(events.onClosed);
      }
    },
    send: (frame) => {
      if (socket.readyState === socket.OPEN) {
        socket.send(frame);
      }
    },
    close,
  };
}
