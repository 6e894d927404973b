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

/** Makes a port; `closePort` tells the carrier that the other end is gone, so that all that waits ends. */
export function processPort(peer: MessageProcess): { readonly port: ProcessPort; readonly closePort: () => void } {
  const closeListeners = new Set<() => void>();
  return {
    port: {
      on: (event, callback) => {
        if (event === 'message') peer.on('message', (data) => callback({ data }));
        else closeListeners.add(() => callback());
      },
      postMessage: (data) => peer.send(data),
    },
    closePort: () => {
      for (const listener of closeListeners) listener();
      closeListeners.clear();
    },
  };
}
