/**
 * The one shape of "the process at the other end" that both oRPC's message-port carrier and we need, over child_process
 * IPC and over Electron's utilityProcess.
 */
export type ProcessPort = {
  on(event: string, callback: (event?: { data: unknown }) => void): void;
  postMessage(data: string | object): void;
};

/** A process whose messages are the very data (child_process; utilityProcess seen from its parent). */
export type MessageProcess = {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  send(message: string | object): void;
};

/** Whether a message is a signal beside the api: it says so itself (core/device-api.ts, keySignal). */
function isSignal(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'signal' in message;
}

/** Makes a port; signals go to `onSignal` instead of the carrier; `closePort` tells the carrier that the other end is gone, so that all that waits ends. */
export function processPort(
  peer: MessageProcess,
  onSignal: (message: unknown) => void = () => undefined,
): { readonly port: ProcessPort; readonly closePort: () => void } {
  const closeListeners = new Set<() => void>();
  return {
    port: {
      on: (event, callback) => {
        if (event !== 'message') {
          closeListeners.add(() => callback());
          return;
        }
        peer.on('message', (data) => (isSignal(data) ? onSignal(data) : callback({ data })));
      },
      postMessage: (data) => peer.send(data),
    },
    closePort: () => {
      for (const listener of closeListeners) listener();
      closeListeners.clear();
    },
  };
}
