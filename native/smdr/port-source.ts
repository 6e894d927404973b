import type { Clock } from '../clock.ts';
import { keepPort } from '../serial/kept-port.ts';
import type { PortFinder } from '../serial/port-finder.ts';
import type { PortOpener, PortSettings } from '../serial/serial-bus.ts';
import { type LogListener, type LogSource, reconnectDelayMaxMs, reconnectDelayMs } from './log-source.ts';

export type PortSourceParts = {
  readonly find: PortFinder;
  /** Answers in bounded time (open-in-time.ts). */
  readonly open: PortOpener;
  readonly settings: PortSettings;
  readonly clock: Clock;
};

/** Doubled each time, up to the longest. */
const delaysMs: readonly number[] = [...[1, 2, 4, 8, 16].map((times) => times * reconnectDelayMs), reconnectDelayMaxMs];

/** Reads the log a switch prints on its serial port; opens the port again whenever it is pulled out or refused, until closed. */
export function readLogFromPort(parts: PortSourceParts, listener: LogListener): LogSource {
  const port = keepPort({
    ...parts,
    delaysMs,
    listener: {
      onOpen: (_port, path) => {
        port.settle();
        listener.onState({ kind: 'connected', peer: path });
      },
      onBytes: (bytes) => listener.onBytes(bytes),
      onAway: (why, detail) => listener.onState({ kind: 'lost', why, detail }),
    },
  });
  return { close: () => port.close() };
}
