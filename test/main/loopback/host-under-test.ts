import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { WebSocket } from 'ws';
import { listAppFiles } from '../../../main/app-files.ts';
import { type LoopbackHost, startLoopbackHost } from '../../../main/loopback/loopback-host.ts';

let folder: string;
/** The host of the present test. */
export let host: LoopbackHost;
/** The pages that came to it. */
export let served: string[];
/** What it said it refused. */
export let refused: string[];

/** Starts a host before each test of the file that calls this, with a few files, and closes it afterwards. */
export function hostForEachTest(): void {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopback-'));
    for (const page of ['phone', 'desk', 'assets']) {
      mkdirSync(join(folder, page));
    }
    writeFileSync(join(folder, 'phone', 'index.html'), 'the phone page');
    writeFileSync(join(folder, 'desk', 'index.html'), 'the desk page');
    writeFileSync(join(folder, 'assets', 'desk-a1B2c3D4.js'), 'hashed');
    writeFileSync(join(folder, 'tone.wav'), 'RIFF');
    served = [];
    refused = [];
    host = await startLoopbackHost({
      files: listAppFiles([{ at: '/', folder }]),
      serve: (page, socket) => {
        served.push(page);
        socket.on('error', () => socket.terminate());
        socket.on('message', (data) => socket.send(`${page} ${data.toString()}`));
      },
      onRefused: (why) => refused.push(why),
    });
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });
}

/** Sends bytes as they are and gives all that comes back until the host closes: no client library corrects anything. */
export function raw(text: string): Promise<string> {
  const socket = connect(host.port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    answer += part;
  });
  socket.write(text);
  // Not events.once, which would reject when the host resets the connection in the middle of a long request.
  return new Promise((resolve) => socket.once('close', () => resolve(answer)));
}

/** One request with exactly these headers besides Connection: close. */
export const request = (line: string, headers: readonly string[], body = ''): Promise<string> =>
  raw(`${[`${line} HTTP/1.1`, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);

/** The HTTP status of an answer, NaN for none. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
/** The right Host header. */
export const ownHost = (): string => `Host: 127.0.0.1:${host.port}`;
/** The right Origin header. */
export const ownOrigin = (): string => `Origin: http://127.0.0.1:${host.port}`;
/** The token of a launch address. */
export const tokenOf = (url: string): string => new URL(url).hash.slice(1);

/** Gives a token up for a session. */
export const exchange = (token: string, headers = [ownHost(), ownOrigin(), 'X-Console: 1']): Promise<string> =>
  request('POST /session', [...headers, `Content-Length: ${token.length}`], token);

/** A new session's Cookie header. */
export async function signIn(): Promise<string> {
  const answer = await exchange(tokenOf(host.newLaunchUrl()));
  return `Cookie: ${/Set-Cookie: ([^;]+)/.exec(answer)?.[1]}`;
}

const upgradeHeaders = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
/** One upgrade with exactly these headers besides those of RFC 6455. */
export const upgrade = (path: string, headers: readonly string[]): Promise<string> =>
  raw(`${[`GET ${path} HTTP/1.1`, 'Connection: Upgrade', ...upgradeHeaders, ...headers].join('\r\n')}\r\n\r\n`);

/** A page's socket, as the `ws` library opens it. */
export function openSocket(page: string, cookie: string): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${host.port}/console?page=${page}`, {
    headers: { Cookie: cookie.slice('Cookie: '.length), Origin: `http://127.0.0.1:${host.port}` },
  });
}
