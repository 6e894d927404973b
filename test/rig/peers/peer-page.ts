import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import type { PeerAccount } from './peer.ts';

/** A page with somebody else's phone in it. Times are milliseconds since the epoch, of the page's monotonic clock. */
export type PeerPage = {
  /** Resolves when the next call rings in the page. Ask before the call is made. */
  whenRinging(): Promise<void>;
  /** Presses answer and gives the time at which it was pressed. */
  answer(): Promise<number>;
  close(): Promise<void>;
};

/** Opens a page with the phone `name` and registers it. Rejects when it cannot register. */
export async function openPeerPage(page: Page, name: 'jssip' | 'sipjs', account: PeerAccount): Promise<PeerPage> {
  const server = await serve(await bundle(name));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the peer page has no port');
  let onRinging = () => {};
  await page.exposeFunction('peerRings', () => onRinging());
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await page.evaluate(
    `Peer.startPeer(${JSON.stringify(account)}, () => peerRings()).then((peer) => { globalThis.peer = peer; })`,
  );
  return {
    whenRinging: () =>
      new Promise((resolve) => {
        onRinging = resolve;
      }),
    answer: () =>
      page.evaluate('(() => { const at = performance.timeOrigin + performance.now(); peer.answer(); return at; })()'),
    close: async () => {
      await page.close();
      server.close();
    },
  };
}

async function bundle(name: 'jssip' | 'sipjs'): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: {
        entry: new URL(`./${name}-peer.ts`, import.meta.url).pathname,
        formats: ['iife'],
        name: 'Peer',
      },
    },
  });
  for (const { output } of 'on' in built ? [] : [built].flat()) return output[0].code;
  throw new Error(`the bundler made nothing of ${name}`);
}

function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/peer.js';
    response.setHeader('content-type', `${isScript ? 'text/javascript' : 'text/html'}; charset=utf-8`);
    response.end(isScript ? script : '<!doctype html><script src="/peer.js"></script>');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
