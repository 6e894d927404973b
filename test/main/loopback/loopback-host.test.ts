import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  exchange,
  host,
  hostForEachTest,
  ownHost,
  ownOrigin,
  raw,
  refused,
  request,
  signIn,
  statusOf,
  tokenOf,
  upgrade,
} from './host-under-test.ts';

hostForEachTest();

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

describe('hostile input', () => {
  test('10 MB of headers', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\n${ownHost()}\r\nX-Long: ${'A'.repeat(10 * 1024 * 1024)}\r\n\r\n`);
    // The connection may be reset before the answer is read: then there is none.
    expect([431, Number.NaN]).toContain(statusOf(answer));
    expect(statusOf(await request('GET /start', [ownHost()]))).toBe(200);
  });

  test('a request that never ends is ended', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\n${ownHost()}\r\n`);
    expect(statusOf(answer)).toBe(408);
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
  test('only on loopback, on the same port of IPv6 where there is one', () => {
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
});

const hexPort = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
