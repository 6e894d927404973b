import { fork, type StdioOptions } from 'node:child_process';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { type deviceApi, keySignal } from '../core/device-api.ts';
import type { KeyEvent } from '../core/key.ts';
import { type MessageProcess, processPort } from './process-port.ts';

/** For showing idle and closing every device (closeFlushMs) on a loaded machine; after it the process is killed. */
export const stopWaitMs = 1_500;

/** A device process as its parent holds it. `each `onExit` listener is called once, also when it is added late. */
export type DeviceChild = MessageProcess & {
  onExit(listener: (detail: string) => void): void;
  kill(): void;
};

/** Starts the device process with these arguments; Electron passes one over utilityProcess.fork. */
export type ForkDeviceProcess = (modulePath: string, args: readonly string[]) => DeviceChild;

/** A device process that runs, and how to talk to it. */
export type Running = {
  readonly child: DeviceChild;
  readonly client: ContractRouterClient<typeof deviceApi>;
  readonly closePort: () => void;
};

/** Opens the api of a process that has just been started. What is no key signal is not heard. */
export function connect(child: DeviceChild, onKey: (event: KeyEvent) => void): Running {
  const { port, closePort } = processPort(child, (message) => {
    const said = keySignal.safeParse(message);
    if (said.success) onKey(said.data.event);
  });
  const client: ContractRouterClient<typeof deviceApi> = createORPCClient(new RPCLink({ port }));
  return { child, client, closePort };
}

/** Asks it to show idle and to let go; ends it when it does not answer in time. */
export async function stop({ child, client }: Running): Promise<void> {
  const closed = client.close().catch(() => undefined); // It may die while closing: that is what was wanted.
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopWaitMs);
  });
  await Promise.race([closed, waited]);
  clearTimeout(timer);
  const ended = new Promise<void>((resolve) => child.onExit(() => resolve()));
  child.kill();
  await ended;
}

/** A serial driver that hangs in open holds a thread for as long as it hangs; Node's four would soon all be held. */
export const driverThreads = 16;

/** The device process as a child of plain Node, with this environment (node-hid is led to mock devices by it). */
export function forkChild(env: NodeJS.ProcessEnv = process.env): ForkDeviceProcess {
  return (modulePath, args) => {
    const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
    const child = fork(modulePath, args, {
      env: { UV_THREADPOOL_SIZE: String(driverThreads), ...env },
      serialization: 'advanced',
      stdio,
    });
    let ended: string | undefined;
    const exitListeners = new Set<(detail: string) => void>();
    const end = (detail: string): void => {
      if (ended !== undefined) return;
      ended = detail;
      for (const listener of exitListeners) listener(detail);
    };
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    // It could not be started at all; then there is no exit.
    child.once('error', (error) => end(error.message));
    return {
      on: (event, listener) => child.on(event, listener),
      // A message to a child that has just died is lost with it; onExit tells.
      send: (message) => void (child.connected && child.send(message, () => undefined)),
      onExit: (listener) => void (ended === undefined ? exitListeners.add(listener) : listener(ended)),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
