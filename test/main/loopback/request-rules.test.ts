import { describe, expect, test } from 'vitest';
import {
  pathOf,
  type RequestHead,
  refuseFetchSite,
  refuseHost,
  refuseOrigin,
  refuseUpgradeOrigin,
} from '../../../main/loopback/request-rules.ts';

const port = 4711;
const head = (headers: readonly (readonly [string, string])[], method = 'GET', url = '/'): RequestHead => ({
  method,
  url,
  rawHeaders: headers.flat(),
});
const status = (refusal: { readonly status: number } | null): number => refusal?.status ?? 200;

describe('refuseHost', () => {
  test.each([
    ['127.0.0.1:4711', 200],
    ['[::1]:4711', 200],
    ['127.0.0.1', 421],
    ['127.0.0.1:4712', 421],
    ['127.0.0.1:04711', 421],
    ['127.0.0.1:4711 ', 421],
    ['127.0.0.1:4711.evil.example', 421],
    ['127.0.0.1.evil.example:4711', 421],
    ['evil.example:4711', 421],
    ['localhost:4711', 421],
    ['LOCALHOST:4711', 421],
    ['0.0.0.0:4711', 421],
    ['127.1:4711', 421],
    ['127.0.0.2:4711', 421],
    ['2130706433:4711', 421],
    ['0x7f.0.0.1:4711', 421],
    ['user@127.0.0.1:4711', 421],
    ['[::ffff:127.0.0.1]:4711', 421],
    ['[0:0:0:0:0:0:0:1]:4711', 421],
    ['::1:4711', 421],
    ['', 421],
  ])('%j: %i', (host, expected) => {
    expect(status(refuseHost(head([['Host', host]]), port))).toBe(expected);
  });

  test('none, and two of them, whatever their case', () => {
    expect(status(refuseHost(head([]), port))).toBe(421);
    const twice = head([
      ['Host', '127.0.0.1:4711'],
      ['hOST', '127.0.0.1:4711'],
    ]);
    expect(status(refuseHost(twice, port))).toBe(421);
  });
});

const own = 'http://127.0.0.1:4711';
const foreign = [
  'null',
  '',
  'http://localhost:4711',
  'http://127.0.0.1',
  'http://127.0.0.1:4712',
  'http://127.0.0.1:47110',
  'http://127.0.0.1:4711/',
  'http://127.0.0.1:4711.evil.example',
  'http://evil.example/http://127.0.0.1:4711',
  'http://evil.example#http://127.0.0.1:4711',
  'https://127.0.0.1:4711',
  'HTTP://127.0.0.1:4711',
  'ws://127.0.0.1:4711',
  'http://[::1]:4711',
  'file://',
  'app://console',
  'chrome-extension://abcdefghijklmnop',
  'http://127.0.0.1:4711 http://127.0.0.1:4711',
];

describe('origin', () => {
  const withOrigin = (origin: string | null, method: string): RequestHead =>
    head([['Host', '127.0.0.1:4711'], ...(origin === null ? [] : ([['Origin', origin]] as const))], method);

  test.each(foreign)('%j is refused for every method and every upgrade', (origin) => {
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
    const outcomes = methods.map((method) => status(refuseOrigin(withOrigin(origin, method))));
    expect(new Set([...outcomes, status(refuseUpgradeOrigin(withOrigin(origin, 'GET')))])).toEqual(new Set([403]));
  });

  test('ours is let through; a missing one only for reading', () => {
    expect(status(refuseOrigin(withOrigin(own, 'POST')))).toBe(200);
    expect(status(refuseUpgradeOrigin(withOrigin(own, 'GET')))).toBe(200);
    expect(status(refuseOrigin(withOrigin(null, 'GET')))).toBe(200);
    expect(status(refuseOrigin(withOrigin(null, 'HEAD')))).toBe(200);
    expect(status(refuseOrigin(withOrigin(null, 'POST')))).toBe(403);
    expect(status(refuseOrigin(withOrigin(null, 'get')))).toBe(403);
    expect(status(refuseUpgradeOrigin(withOrigin(null, 'GET')))).toBe(403);
  });

  test('two of them are refused, even both ours', () => {
    const twice = head(
      [
        ['Host', '127.0.0.1:4711'],
        ['Origin', own],
        ['Origin', own],
      ],
      'POST',
    );
    expect([status(refuseOrigin(twice)), status(refuseUpgradeOrigin(twice))]).toEqual([403, 403]);
  });
});

describe('refuseFetchSite', () => {
  const opening = [
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'document'],
  ] as const;
  const loading = [
    ['Sec-Fetch-Mode', 'no-cors'],
    ['Sec-Fetch-Dest', 'script'],
  ] as const;
  const framing = [
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'iframe'],
  ] as const;
  test.each([
    ['same-origin', loading, 'GET', '/assets/a.js', 200],
    ['same-origin', framing, 'GET', '/desk/', 200],
    ['same-origin', [], 'POST', '/session', 200],
    ['none', opening, 'GET', '/', 200],
    ['none', opening, 'GET', '/start', 200],
    ['none', loading, 'GET', '/assets/a.js', 403],
    ['none', opening, 'POST', '/session', 403],
    ['cross-site', opening, 'GET', '/start', 200],
    ['cross-site', opening, 'GET', '/start?x=1', 200],
    ['cross-site', opening, 'GET', '/', 403],
    ['cross-site', opening, 'GET', '/desk/', 403],
    ['cross-site', opening, 'GET', '/start/', 403],
    ['cross-site', framing, 'GET', '/start', 403],
    ['cross-site', loading, 'GET', '/start', 403],
    ['cross-site', [], 'POST', '/session', 403],
    ['same-site', opening, 'GET', '/start', 403],
    ['same-site', opening, 'GET', '/', 403],
    ['same-site', loading, 'GET', '/assets/a.js', 403],
    ['Same-Origin', loading, 'GET', '/', 403],
    ['', opening, 'GET', '/', 403],
  ] as const)('%s %j %s %s: %i', (site, others, method, url, expected) => {
    expect(status(refuseFetchSite(head([['Sec-Fetch-Site', site], ...others], method, url), '/start'))).toBe(expected);
  });

  test('none at all is no browser: the other rules decide; two are refused', () => {
    expect(status(refuseFetchSite(head([]), '/start'))).toBe(200);
    const twice = head([
      ['Sec-Fetch-Site', 'same-origin'],
      ['Sec-Fetch-Site', 'same-origin'],
    ]);
    expect(status(refuseFetchSite(twice, '/start'))).toBe(403);
  });
});

test('pathOf leaves a path as it was written', () => {
  const urls = ['/', '/a?b', '/%2e%2e/x?y?z', '//host/x', 'http://evil.example/?a', '*', ''];
  expect(urls.map((url) => pathOf({ url }))).toEqual([
    '/',
    '/a',
    '/%2e%2e/x',
    '//host/x',
    'http://evil.example/',
    '*',
    '',
  ]);
});
