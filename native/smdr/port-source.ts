import { type Clock, systemClock } from '../clock.ts';
import { type OpenedPort, openSerialPort, type PortSettings } from '../serial/serial-bus.ts';
import { type LogListener, type LogSource, reconnectDelayMaxMs, reconnectDelayMs } from './log-source.ts';

/**
 * Reads the log a switch prints on its serial port; opens the port again whenever it is pulled out or refused, until
 * closed. `open` is only another one in tests.
 */
export function readLogFromPort(
  path: string,
  settings: PortSettings,
  listener: LogListener,
  after: Clock['after'] = systemClock.after,
  open: typeof openSerialPort = openSerialPort,
): LogSource {
  let isClosed = false;
  let delayMs = reconnectDelayMs;
  let cancelWait = (): void => undefined;
  let opened: OpenedPort | undefined;
  const lost = (detail: string): void => {
    opened = undefined;
    if (isClosed) return;
    listener.onState({ kind: 'lost', detail });
    cancelWait = after(delayMs, begin);
    delayMs = Math.min(delayMs * 2, reconnectDelayMaxMs);
  };
  const begin = (): void => {
    const port = {
      onData: (bytes: Uint8Array): void => {
        if (!isClosed) listener.onBytes(bytes);
      },
      onGone: lost,
    };
    open(path, settings, port).then((outcome) => {
      if (outcome.kind === 'refused') return lost(outcome.detail);
      // Closed while it was being opened.
      if (isClosed) return void outcome.port.close();
      opened = outcome.port;
      delayMs = reconnectDelayMs;
      listener.onState({ kind: 'connected', peer: path });
    });
  };
  begin();
  return {
    close: () => {
      isClosed = true;
      cancelWait();
      void opened?.close();
    },
  };
}
