import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { listAppFiles } from '../../../main/app-files.ts';
import { type LoopbackHost, socketsMax, startLoopbackHost } from '../../../main/loopback/loopback-host.ts';

let folder: string;
let host: LoopbackHost;
let served: string[];
let refused: string[];

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

/** Sends bytes as they are and gives all that comes back until the host closes: no client library corrects anything. */
function raw(text: string, address = '127.0.0.1'): Promise<string> {
  const socket = connect(host.port, address);
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
const request = (line: string, headers: readonly string[], body = ''): Promise<string> =>
  raw(`${[`${line} HTTP/1.1`, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const ownHost = (): string => `Host: 127.0.0.1:${host.port}`;
const ownOrigin = (): string => `Origin: http://127.0.0.1:${host.port}`;
const tokenOf = (url: string): string => new URL(url).hash.slice(1);

const exchange = (token: string, headers = [ownHost(), ownOrigin(), 'X-Console: 1']): Promise<string> =>
  request('POST /session', [...headers, `Content-Length: ${token.length}`], token);

async function signIn(): Promise<string> {
  const answer = await exchange(tokenOf(host.newLaunchUrl()));
  return `Cookie: ${/Set-Cookie: ([^;]+)/.exec(answer)?.[1]}`;
}

const upgradeHeaders = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
const upgrade = (path: string, headers: readonly string[]): Promise<string> =>
  raw(`${[`GET ${path} HTTP/1.1`, 'Connection: Upgrade', ...upgradeHeaders, ...headers].join('\r\n')}\r\n\r\n`);

function openSocket(page: string, cookie: string): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${host.port}/console?page=${page}`, {
    headers: { Cookie: cookie.slice('Cookie: '.length), Origin: `http://127.0.0.1:${host.port}` },
  });
}

describe('a launch', () => {
  test('the token is in the fragment, is good once, and opens the pages by a cookie that a reload keeps', async () => {
    const launched = host.launched();
    expect(host.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${host.port}/start#[A-Za-z0-9_-]{43}$`));
    const answer = await exchange(tokenOf(host.url));
    await launched;
    expect(statusOf(answer)).toBe(204);
    const cookie = `Cookie: ${/Set-Cookie: ([^;]+); HttpOnly; SameSite=Strict; Path=\//.exec(answer)?.[1]}`;
    expect(cookie).toContain(`hookline-${host.port}=`);
    for (let load = 0; load < 2; load += 1) {
      expect(await request('GET /', [ownHost(), cookie])).toContain('the phone page');
      expect(await request('GET /desk/?theme=dark', [ownHost(), cookie])).toContain('the desk page');
    }
    expect(statusOf(await exchange(tokenOf(host.url)))).toBe(401);
  });

  test.each([
    ['without X-Console', () => [ownHost(), ownOrigin()], 403],
    ['with another X-Console', () => [ownHost(), ownOrigin(), 'X-Console: 2'], 403],
    ['with two X-Console', () => [ownHost(), ownOrigin(), 'X-Console: 1', 'X-Console: 1'], 403],
    ['without an Origin', () => [ownHost(), 'X-Console: 1'], 403],
    ['from null', () => [ownHost(), 'Origin: null', 'X-Console: 1'], 403],
    ['from another port', () => [ownHost(), 'Origin: http://127.0.0.1:1', 'X-Console: 1'], 403],
    ['from another site', () => [ownHost(), ownOrigin(), 'X-Console: 1', 'Sec-Fetch-Site: cross-site'], 403],
    ['to another host', () => ['Host: evil.example', ownOrigin(), 'X-Console: 1'], 421],
  ])('%s the token is not spent', async (_, headers, expected) => {
    const token = tokenOf(host.url);
    expect(statusOf(await exchange(token, headers()))).toBe(expected);
    expect(statusOf(await exchange(token))).toBe(204);
    expect(refused.join()).not.toContain(token);
  });

  test('a body longer than a token is not read', async () => {
    expect(statusOf(await exchange('A'.repeat(10_000)))).toBe(413);
    expect(statusOf(await request('GET /session', [ownHost()]))).toBe(405);
  });

  test('the start page needs no session and gives nothing away', async () => {
    const answer = await request('GET /start', [ownHost()]);
    expect(statusOf(answer)).toBe(200);
    expect(answer).toContain("script-src 'self'");
    expect(statusOf(await request('GET /start.js', [ownHost()]))).toBe(200);
  });
});

describe('every route', () => {
  const routes = [
    '/',
    '/start',
    '/start.js',
    '/session',
    '/desk/',
    '/tone.wav',
    '/assets/desk-a1B2c3D4.js',
    '/nowhere',
  ];

  test.each(['evil.example', 'localhost', '127.0.0.1.evil.example'])('is refused to the host %s', async (name) => {
    const cookie = await signIn();
    const headers = [`Host: ${name}:${host.port}`, ownOrigin(), cookie];
    const answers = await Promise.all([
      ...routes.map((path) => request(`GET ${path}`, headers)),
      request('POST /session', [...headers, 'Content-Length: 0']),
      request('OPTIONS /', headers),
      upgrade('/console?page=desk', headers),
      upgrade('/nowhere', headers),
    ]);
    expect(new Set(answers.map(statusOf))).toEqual(new Set([421]));
  });

  test('is refused without a session, whether it is there or not', async () => {
    const paths = routes.filter((path) => !path.startsWith('/s'));
    const answers = await Promise.all(paths.map((path) => request(`GET ${path}`, [ownHost()])));
    expect(new Set(answers.map(statusOf))).toEqual(new Set([401]));
  });

  test('answers with the security headers and no CORS, refusals too', async () => {
    const cookie = await signIn();
    const preflight = [ownHost(), ownOrigin(), cookie, 'Access-Control-Request-Method: GET'];
    const answers = await Promise.all([
      ...routes.map((path) => request(`GET ${path}`, [ownHost(), cookie])),
      request('GET /', ['Host: evil.example']),
      request('OPTIONS /', preflight),
      upgrade('/console?page=desk', [ownHost()]),
    ]);
    for (const answer of answers) {
      const head = answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase();
      expect(head).not.toContain('access-control');
      expect(head).toContain('content-security-policy: default-src');
      expect(head).toContain('cross-origin-resource-policy: same-origin');
      expect(head).toContain('cross-origin-opener-policy: same-origin');
      expect(head).toContain('x-content-type-options: nosniff');
      expect(head).toContain('referrer-policy: no-referrer');
      expect(head).toMatch(/x-frame-options: (deny|sameorigin)/);
      expect(head).toContain('frame-ancestors');
    }
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])('%s reads no file', async (method) => {
    const headers = [ownHost(), ownOrigin(), await signIn(), 'Content-Length: 0'];
    expect(statusOf(await request(`${method} /tone.wav`, headers))).toBe(405);
  });

  test.each([
    '/../etc/passwd',
    '/desk/../../etc/passwd',
    '/%2e%2e/etc/passwd',
    '/..%2fetc/passwd',
    '/%2fetc/passwd',
    '/desk%2findex.html',
    '/..\\etc\\passwd',
    '/desk\\index.html',
    '/%5c..%5cetc',
    '//etc/passwd',
    '//evil.example/',
    '/./tone.wav',
    '/desk//index.html',
    '/tone.wav%00.html',
    '/tone.wav/',
    '/TONE.WAV',
    '/tone.wav;x',
    '/constructor',
    '/__proto__',
    '/desk',
    'http://127.0.0.1/tone.wav',
    '*',
  ])('the path %s is not there', async (path) => {
    expect(statusOf(await request(`GET ${path}`, [ownHost(), await signIn()]))).toBe(404);
  });

  test('a path with a NUL or a space is no request at all', async () => {
    expect(statusOf(await request('GET /tone.wav\u0000', [ownHost()]))).toBe(400);
    expect(statusOf(await request('GET /tone.wav x', [ownHost()]))).toBe(400);
  });
});

describe('files', () => {
  test('are given with their type, kept for ever when named by their content, else asked for anew', async () => {
    const cookie = await signIn();
    const hashed = await request('GET /assets/desk-a1B2c3D4.js', [ownHost(), cookie]);
    expect(hashed).toContain('Cache-Control: private, max-age=31536000, immutable');
    expect(hashed).toContain('Content-Type: text/javascript; charset=utf-8');
    const tone = await request('GET /tone.wav', [ownHost(), cookie]);
    const etag = /ETag: (\S+)/.exec(tone)?.[1];
    expect(tone).toContain('Content-Type: audio/wav');
    expect(statusOf(await request('GET /tone.wav', [ownHost(), cookie, `If-None-Match: ${etag}`]))).toBe(304);
    const short = await request('HEAD /tone.wav', [ownHost(), cookie]);
    expect([statusOf(short), short.endsWith('\r\n\r\n'), /Content-Length: 4/.test(short)]).toEqual([200, true, true]);
  });

  test('only the phone page may be framed by nobody, frame ours, and reach a switch', async () => {
    const cookie = await signIn();
    const policyOf = (answer: string): string => /Content-Security-Policy: (.*)\r/.exec(answer)?.[1] ?? '';
    const phone = policyOf(await request('GET /', [ownHost(), cookie]));
    const desk = policyOf(await request('GET /desk/', [ownHost(), cookie]));
    expect(phone).toContain(`connect-src 'self' ws://127.0.0.1:${host.port} wss: ws://127.0.0.1:* ws://localhost:*;`);
    expect(phone).toContain("frame-src 'self'; frame-ancestors 'none'");
    expect(desk).toContain(`connect-src 'self' ws://127.0.0.1:${host.port};`);
    expect(desk).toContain("frame-src 'none'; frame-ancestors 'self'");
    for (const policy of [phone, desk]) {
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types default");
      expect(policy).not.toContain('unsafe');
    }
  });
});

describe('/console', () => {
  test('joins each page with the seat, at once and both ways', async () => {
    const cookie = await signIn();
    for (const page of ['phone', 'desk']) {
      const socket = openSocket(page, cookie);
      await once(socket, 'open');
      socket.send('hello');
      const [data] = await once(socket, 'message');
      expect(String(data)).toBe(`${page} hello`);
    }
    expect(served).toEqual(['phone', 'desk']);
  });

  test.each([
    ['without a session', '/console?page=desk', () => [ownHost(), ownOrigin()], 401],
    [
      'with a cookie nobody gave',
      '/console?page=desk',
      () => [ownHost(), ownOrigin(), `Cookie: hookline-${host.port}=x`],
      401,
    ],
  ])('%s: refused', async (_, path, headers, expected) => {
    expect(statusOf(await upgrade(path, headers()))).toBe(expected);
    expect(served).toEqual([]);
  });

  test.each([
    ['no Origin', null],
    ['null', 'null'],
    ['another port', 'http://127.0.0.1:9'],
    ['another name', 'http://localhost'],
    ['a site', 'https://evil.example'],
  ])('%s with a good cookie: refused', async (_, origin) => {
    const headers = [ownHost(), await signIn(), ...(origin === null ? [] : [`Origin: ${origin}`])];
    expect(statusOf(await upgrade('/console?page=desk', headers))).toBe(403);
    expect(served).toEqual([]);
  });

  test.each([
    '/',
    '/console',
    '/console?page=',
    '/console?page=admin',
    '/console?page=desk&x',
    '/console/?page=desk',
    '/nowhere',
  ])('%s is no socket', async (path) => {
    expect(statusOf(await upgrade(path, [ownHost(), ownOrigin(), await signIn()]))).toBe(404);
    expect(served).toEqual([]);
  });

  test('a frame over 1 MB ends the connection; the host goes on', async () => {
    const cookie = await signIn();
    const socket = openSocket('phone', cookie);
    await once(socket, 'open');
    socket.send('A'.repeat(1024 * 1024 + 1));
    const [code] = await once(socket, 'close');
    expect(code).toBe(1009);
    expect(await request('GET /', [ownHost(), cookie])).toContain('the phone page');
  });

  test('there are only so many; one that closed makes room', async () => {
    const cookie = await signIn();
    const sockets = Array.from({ length: socketsMax }, () => openSocket('desk', cookie));
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    expect(statusOf(await upgrade('/console?page=desk', [ownHost(), ownOrigin(), cookie]))).toBe(503);
    const [first] = sockets;
    if (first === undefined) {
      throw new Error('no socket');
    }
    first.close();
    await once(first, 'close');
    const again = openSocket('desk', cookie);
    await once(again, 'open');
  });
});

describe('hostile input', () => {
  test('10 MB of headers', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\n${ownHost()}\r\nX-Long: ${'A'.repeat(10 * 1024 * 1024)}\r\n\r\n`);
    // The connection may be reset before the answer is read: then there is none.
    expect([431, Number.NaN]).toContain(statusOf(answer));
    expect(statusOf(await request('GET /start', [ownHost()]))).toBe(200);
  });

  test('a request that never ends is ended', async () => {
    const startedAt = performance.now();
    const answer = await raw(`GET / HTTP/1.1\r\n${ownHost()}\r\n`);
    expect(statusOf(answer)).toBe(408);
    expect(performance.now() - startedAt).toBeLessThan(9_000);
  }, 15_000);

  test.each([
    '\r\n\r\n\u0000\u0001',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\n bad\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ])('bytes that are no request: %j', async (text) => {
    expect([400, 421, 505]).toContain(statusOf(await raw(text)));
  });
});

describe('where it listens', () => {
  test('only on loopback, on the same port of IPv6 where there is one', async () => {
    const { readFileSync } = await import('node:fs');
    const listening = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter(([, local, , state]) => state === '0A' && local?.endsWith(hexPort(host.port)))
        .map(([, local]) => local?.split(':')[0]),
    );
    const loopbacks = ['0100007F', '00000000000000000000000001000000'];
    expect(listening.length).toBeGreaterThan(0);
    expect(listening.filter((address) => address === undefined || !loopbacks.includes(address))).toEqual([]);
  });

  test('closing cuts sockets and frees the port', async () => {
    const socket = openSocket('phone', await signIn());
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await host.close();
    await closed;
    const client = connect(host.port, '127.0.0.1');
    const [error] = await once(client, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

const hexPort = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
