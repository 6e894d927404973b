import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { createBuilder } from 'vite';
import type { RelayPort, Utility } from '../../../main/electron/seat-shell.ts';

const house = fileURLToPath(new URL('../../..', import.meta.url));

/** Below node_modules, so that the bundle finds the packages it leaves outside. */
const besideTheRealOne = join(house, 'node_modules/.cache/hookline-test/main');

/** Bundles the main process as packaging does, by default beside the real one. Answers where each program lies. */
export async function bundleMain(outDir: string = besideTheRealOne): Promise<(file: string) => string> {
  const builder = await createBuilder({
    configFile: join(house, 'main/vite.config.ts'),
    logLevel: 'silent',
    environments: { main: { build: { outDir } }, preload: { build: { outDir } } },
  });
  await builder.buildApp();
  return (file) => join(outDir, file);
}

/** A Node MessagePort that behaves as Electron's MessagePortMain does. */
export type PortLikeMain = RelayPort & { readonly raw: MessagePort };

/** A channel as `new MessageChannelMain()` makes one. */
export function channelLikeMain(): { readonly port1: PortLikeMain; readonly port2: PortLikeMain } {
  const { port1, port2 } = new MessageChannel();
  return { port1: portLikeMain(port1), port2: portLikeMain(port2) };
}

function portLikeMain(raw: MessagePort): PortLikeMain {
  return {
    raw,
    on: (event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) =>
      raw.on(event, (data: unknown) => listener({ data })),
    postMessage: (message) => raw.postMessage(message),
    start: () => raw.start(),
    close: () => raw.close(),
  };
}

/** Runs a bundled program as Electron's utilityProcess would, in a worker thread; only the process around it is not real. */
export function utilityOf(program: string, args: readonly string[] = []): Utility<PortLikeMain> & { crash(): void } {
  const worker = new Worker(new URL('./process-prelude.mjs', import.meta.url), {
    workerData: { program: pathToFileURL(program).href, args },
    // node-hid loads once a process only, and says so from the second thread on; the real device process has its own.
    stderr: true,
  });
  // As in Electron, a program that throws ends, and its end is what others see; here is why.
  worker.on('error', (error) => console.error(`${program}: ${String(error)}`));
  const end = (): boolean => {
    void worker.terminate();
    return true;
  };
  return {
    postMessage: (message, transfer = []) => {
      const ports = transfer.map(({ raw }) => raw);
      worker.postMessage({ message, ports }, ports);
    },
    kill: end,
    crash: end,
    on: (event: 'exit' | 'message', listener: ((code: number) => void) & ((message: unknown) => void)) =>
      event === 'exit' ? worker.on('exit', listener) : worker.on('message', listener),
  };
}
