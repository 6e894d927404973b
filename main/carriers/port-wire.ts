import { frameLengthMax, type Wire } from './wire.ts';

/**
 * What Node's MessagePort (worker threads) and Electron's MessagePortMain have in common. Node gives the value itself
 * to a 'message' listener, Electron an event whose `data` is the value.
 */
export interface FramePort {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(frame: string): void;
  start(): void;
  close(): void;
}

/** A MessagePort as a wire. Anything but a text of at most frameLengthMax characters closes it. */
export function portWire(port: FramePort): Wire {
  return {
    listen: (events) => {
      port.on('message', (message) => {
        const frame = textOf(message);
        if (frame === null || frame.length > frameLengthMax) {
          port.close();
        } else {
          events.onFrame(frame);
        }
      });
      let isClosed = false;
      port.on('close', () => {
        if (!isClosed) {
          isClosed = true;
          events.onClosed();
        }
      });
      port.start();
    },
    // Both kinds of port drop what is posted after closing.
    send: (frame) => port.postMessage(frame),
    close: () => port.close(),
  };
}

function textOf(message: unknown): string | null {
  if (typeof message === 'string') {
    return message;
  }
  if (typeof message === 'object' && message !== null && 'data' in message && typeof message.data === 'string') {
    return message.data;
  }
  return null;
}
