import type { Clock } from '../clock.ts';
import { floodGate, floodRestMs } from '../serial/flood-gate.ts';
import { type KeptPortListener, keepPort } from '../serial/kept-port.ts';
import type { PortFinder } from '../serial/port-finder.ts';
import type { OpenedPort, PortOpener, PortSettings } from '../serial/serial-bus.ts';
import type { NumberWidth } from './smdi-message.ts';
import { createSmdiReader, type SmdiRead } from './smdi-reader.ts';

/** What a link calls back with; nothing after `close` has resolved. */
export type SmdiLinkListener = {
  /** The port is open (again); what was sent shortly before it was lost may not have arrived. */
  onOpen(path: string): void;
  onAway: KeptPortListener['onAway'];
  onRead(read: SmdiRead): void;
  /** The next bytes to send; undefined: none now. Asked when the line is free, and after `wake`. */
  next(): Uint8Array | undefined;
  onTrouble(doing: string, detail: string): void;
  /** The link cannot go on by itself: the other side floods it without end. */
  onFailed(detail: string): void;
};

export type SmdiLinkParts = {
  readonly find: PortFinder;
  readonly open: PortOpener;
  readonly settings: PortSettings;
  readonly width: NumberWidth;
  readonly clock: Clock;
  readonly listener: SmdiLinkListener;
};

/** A message desk link on a serial port, kept open: bytes in, messages out. It knows no side. */
export type SmdiLink = {
  /** There may be something to send. */
  wake(): void;
  close(): Promise<void>;
};

/** A port that holds up the flow this long takes no bytes any more. */
const writeWaitMs = 5_000;
/** Start bit, seven or eight data bits, parity, stop: a line carries a tenth of its speed. */
const bitsPerByte = 10;

/**
 * Starts a link. It sends no faster than the line carries: what waits then waits with its owner, who may still change his
 * mind, and not in a driver's buffer.
 */
export function startSmdiLink(parts: SmdiLinkParts): SmdiLink {
  const { clock, listener, settings } = parts;
  const reader = createSmdiReader(parts.width);
  let gate = floodGate(settings.baudRate, clock.nowMs());
  let port: OpenedPort | undefined;
  let isSending = false;
  let isClosed = false;
  let cancelWait = (): void => undefined;
  const kept = keepPort({
    ...{ find: parts.find, open: parts.open, settings, clock },
    listener: {
      onOpen: (opened, path) => {
        reader.reset();
        gate = floodGate(settings.baudRate, clock.nowMs());
        port = opened;
        listener.onOpen(path);
        void send();
      },
      onBytes: (bytes) => {
        const verdict = gate(bytes.length, clock.nowMs());
        if (verdict === 'pass') {
          kept.settle();
          for (const read of reader.push(bytes)) listener.onRead(read);
        }
        if (verdict === 'hopeless') listener.onFailed('the other side floods the line');
        if (verdict !== 'first-drop') return;
        listener.onTrouble('reading', 'more than the line can carry; the rest is dropped');
        port?.rest(floodRestMs);
      },
      onAway: (why, detail) => {
        port = undefined;
        if (!isClosed) listener.onAway(why, detail);
      },
    },
  });
  const send = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (port !== undefined && !isClosed) {
      const bytes = listener.next();
      if (bytes === undefined) break;
      const fault = await written(port, bytes, clock);
      if (fault === undefined) kept.settle();
      else kept.restart(fault);
      const carried = wait((bytes.length * bitsPerByte * 1000) / settings.baudRate, clock);
      cancelWait = carried.end;
      await carried.over;
    }
    isSending = false;
  };
  return {
    wake: () => void send(),
    close: async () => {
      isClosed = true;
      cancelWait();
      await kept.close();
    },
  };
}

function wait(ms: number, clock: Clock): { readonly over: Promise<void>; end(): void } {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve);
    end = () => {
      cancel();
      resolve();
    };
  });
  return { over, end };
}

/** Writes in bounded time. Gives what went wrong in words; undefined: the system took the bytes. */
function written(port: OpenedPort, bytes: Uint8Array, clock: Clock): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(writeWaitMs, () => resolve(`the port took no bytes for ${writeWaitMs} ms`));
    port.write(bytes).then(
      () => {
        cancel();
        resolve(undefined);
      },
      (error: unknown) => {
        cancel();
        resolve(error instanceof Error ? error.message : String(error));
      },
    );
  });
}
