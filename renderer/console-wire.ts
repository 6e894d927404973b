import { portHere, portWanted } from '../core/carrier-frame.ts';

/** One attempt to reach the seat process, open or on the way to it. */
export interface ConsoleWire {
  /** Sends one text frame. After the wire closed it is dropped: the requests on it have failed already. */
  readonly send: (frame: string) => void;
  /** Ends the attempt or the connection; `onClosed` follows at most once, also when nothing was open yet. */
  readonly close: () => void;
}

/** What a wire tells. `onOpen` at most once and first, then frames in order, `onClosed` exactly once and last. */
export interface ConsoleWireEvents {
  readonly onOpen: () => void;
  readonly onFrame: (frame: string) => void;
  readonly onClosed: () => void;
}

/** Begins one attempt. Events never come before it has returned. */
export type OpenConsoleWire = (events: ConsoleWireEvents) => ConsoleWire;

/** Over a WebSocket; `url` as the browser takes it. Frames are text. */
export function webSocketWire(url: string): OpenConsoleWire {
  return (events) => {
    const socket = new WebSocket(url);
    const closed = once(events.onClosed);
    socket.addEventListener('open', () => events.onOpen());
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string') {
        events.onFrame(event.data);
      }
    });
    // 'error' is always followed by 'close' and carries no reason a page may read, so one listener is enough.
    socket.addEventListener('close', closed);
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) {
          socket.send(frame);
        }
      },
      close: () => {
        socket.close();
        // A hung peer never completes the closing handshake; the page must not wait for it.
        queueMicrotask(closed);
      },
    };
  };
}

/** What a wire needs of a MessagePort: a page's and a worker process's have it in common. */
export interface PagePort {
  addEventListener(type: 'message' | 'close', listener: (event: Event) => void): void;
  postMessage(frame: string): void;
  start(): void;
  close(): void;
}

/** Over a MessagePort that is already here: worker processes, tests. */
export function messagePortWire(port: PagePort): OpenConsoleWire {
  return (events) => {
    const closed = once(events.onClosed);
    queueMicrotask(() => events.onOpen());
    return attach(port, events, closed);
  };
}

/** Over a MessagePort that the Electron preload hands over when asked (see core/carrier-frame.ts). */
export function preloadPortWire(page: Window): OpenConsoleWire {
  return (events) => {
    const closed = once(() => {
      page.removeEventListener('message', receive);
      events.onClosed();
    });
    let wire: ConsoleWire | null = null;
    let isClosed = false;
    function receive(event: MessageEvent<unknown>): void {
      const port = event.ports[0];
      // Only this window may hand a port over: a frame or an opener could post the same words.
      if (event.source !== page || event.data !== portHere || port === undefined) {
        return;
      }
      page.removeEventListener('message', receive);
      wire = attach(port, events, closed);
      events.onOpen();
    }
    page.addEventListener('message', receive);
    page.postMessage(portWanted, page.location.origin);
    return {
      send: (frame) => wire?.send(frame),
      close: () => {
        if (isClosed) {
          return;
        }
        isClosed = true;
        wire?.close();
        queueMicrotask(closed);
      },
    };
  };
}

function attach(port: PagePort, events: ConsoleWireEvents, closed: () => void): ConsoleWire {
  port.addEventListener('message', (event) => {
    if ('data' in event && typeof event.data === 'string') {
      events.onFrame(event.data);
    }
  });
  port.addEventListener('close', closed);
  port.start();
  return {
    send: (frame) => port.postMessage(frame),
    close: () => {
      port.close();
      queueMicrotask(closed);
    },
  };
}

function once(run: () => void): () => void {
  let hasRun = false;
  return () => {
    if (!hasRun) {
      hasRun = true;
      run();
    }
  };
}
