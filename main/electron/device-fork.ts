import type { DeviceChild, ForkDeviceProcess } from '../../native/device-child.ts';
import type { RelayPort } from './seat-shell.ts';

/** What the seat says to a device process before its port has come: three requests at a start, and a lamp or two. */
const waitingMax = 64;

/** Starting device processes from inside a utility process, which can't fork: the main process does it. */
export type DeviceFork = {
  readonly fork: ForkDeviceProcess;
  /** The main process has started the one asked for longest ago; `port` leads there. */
  takePort(port: RelayPort): void;
};

/** `ask` tells the main process to start one; the arguments are the main process's to choose. */
export function deviceFork(ask: () => void): DeviceFork {
  const unjoined: ((port: RelayPort) => void)[] = [];
  return {
    fork: () => {
      const { child, join } = waitingChild();
      unjoined.push(join);
      ask();
      return child;
    },
    takePort: (port) => {
      const join = unjoined.shift();
      if (join === undefined) port.close();
      else join(port);
    },
  };
}

function waitingChild(): { readonly child: DeviceChild; readonly join: (port: RelayPort) => void } {
  const listeners = new Set<(message: unknown) => void>();
  const exitListeners = new Set<(detail: string) => void>();
  const waiting: unknown[] = [];
  let port: RelayPort | null = null;
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    for (const listener of exitListeners) listener('its port was closed');
    exitListeners.clear();
  };
  return {
    child: {
      on: (_event, listener) => listeners.add(listener),
      send: (message) => {
        if (port !== null) port.postMessage(message);
        else if (waiting.length < waitingMax) waiting.push(message);
        else throw new Error('The main process starts no device process.');
      },
      onExit: (listener) => {
        if (isEnded) listener('its port was closed');
        else exitListeners.add(listener);
      },
      kill: () => {
        port?.close();
        end();
      },
    },
    join: (given) => {
      if (isEnded) {
        given.close();
        return;
      }
      port = given;
      given.on('message', ({ data }) => {
        for (const listener of listeners) listener(data);
      });
      given.on('close', end);
      given.start();
      for (const message of waiting.splice(0)) given.postMessage(message);
    },
  };
}
