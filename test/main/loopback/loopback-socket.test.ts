import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { socketsMax } from '../../../main/loopback/upgrade.ts';
import {
  host,
  hostForEachTest,
  openSocket,
  ownHost,
  ownOrigin,
  request,
  served,
  signIn,
  statusOf,
  upgrade,
} from './host-under-test.ts';

hostForEachTest();

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
