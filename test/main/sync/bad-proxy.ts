import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What becomes of one request. */
export type Fate =
  | 'through'
  /** It never reaches the hub. */
  | 'lost'
  /** The hub does it, and its answer is lost. */
  | 'answer-lost'
  /** The hub does it, and half of its answer arrives. */
  | 'answer-cut'
  /** The hub gets it twice. */
  | 'twice'
  | { readonly status: number; readonly retryAfter?: string };

/** Something between a seat and its hub. */
export interface BadProxy {
  readonly url: string;
  /** Paths of requests, with their fates. */
  readonly seen: { readonly path: string; readonly bytes: number; readonly fate: Fate }[];
  /** Where requests go from now on. */
  turnTo(url: string): void;
}

/** Starts a proxy before a hub; `fateOf` says what becomes of each request. */
export async function startBadProxy(
  hub: string,
  fateOf: (asked: { readonly path: string; readonly bytes: number; readonly number: number }) => Fate,
): Promise<BadProxy> {
  let target = hub;
  const seen: { path: string; bytes: number; fate: Fate }[] = [];
  const server = createServer((asked, answer) => {
    void (async () => {
      const body = await buffer(asked);
      const path = (asked.url ?? '').split('?')[0] ?? '';
      const fate = fateOf({ path, bytes: body.length, number: seen.length });
      seen.push({ path, bytes: body.length, fate });
      await perform(fate, target, asked, body, answer);
    })().catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    turnTo: (url) => {
      target = url;
    },
  };
}

async function perform(
  fate: Fate,
  target: string,
  asked: IncomingMessage,
  body: Buffer,
  answer: ServerResponse,
): Promise<void> {
  if (typeof fate === 'object') {
    answer.writeHead(fate.status, fate.retryAfter === undefined ? {} : { 'retry-after': fate.retryAfter }).end();
    return;
  }
  if (fate === 'lost') {
    asked.socket.destroy();
    return;
  }
  const first = await forward(target, asked, body);
  const { status, headers, text } = fate === 'twice' ? await forward(target, asked, body) : first;
  if (fate === 'answer-lost') {
    asked.socket.destroy();
    return;
  }
  const { 'transfer-encoding': _, ...rest } = headers;
  answer.writeHead(status, { ...rest, 'content-length': text.length });
  if (fate === 'answer-cut') {
    answer.write(text.subarray(0, text.length / 2));
    setImmediate(() => asked.socket.destroy());
    return;
  }
  answer.end(text);
}

function forward(
  target: string,
  asked: IncomingMessage,
  body: Buffer,
): Promise<{ readonly status: number; readonly headers: IncomingMessage['headers']; readonly text: Buffer }> {
  return new Promise((resolve, reject) => {
    const { method, headers } = asked;
    const sent = request(`${target}${asked.url}`, { method, headers }, (got) => {
      buffer(got).then((text) => resolve({ status: got.statusCode ?? 0, headers: got.headers, text }), reject);
    });
    sent.on('error', reject);
    // Whoever asked has gone: the hub hears of it.
    const gone = (): void => void sent.destroy();
    asked.socket.once('close', gone);
    sent.once('close', () => asked.socket.off('close', gone));
    sent.end(body);
  });
}
