import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RelayRule, startTcpRelay, type TcpRelay } from './tcp-relay.ts';

/** A server that counts what reached it, and a relay in front of it. */
let server: Server;
let relay: TcpRelay;
let reached = 0;

beforeAll(async () => {
  server = createServer((asked, response) => {
    reached += 1;
    asked.resume().once('end', () => response.end('done'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  relay = await startTcpRelay({ host: '127.0.0.1', port: address.port });
});

afterAll(async () => {
  await relay.close();
  server.closeAllConnections();
  server.close();
});

/** What becomes of one request on a connection of its own: the status, or nothing. */
function ask(body = ''): Promise<number | null> {
  return new Promise((resolve) => {
    const asked = request({
      host: '127.0.0.1',
      port: relay.port,
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(1_000),
    });
    asked.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    asked.once('error', () => resolve(null));
    asked.end(body);
  });
}

const large = 'x'.repeat(20_000);
const rules: readonly (readonly [RelayRule, string, number | null, number])[] = [
  [{ kind: 'pass' }, '', 200, 1],
  [{ kind: 'refuse' }, '', null, 0],
  [{ kind: 'black-hole' }, '', null, 0],
  [{ kind: 'portal' }, '', 302, 0],
  [{ kind: 'lose-answers', count: 1 }, '', null, 1],
  [{ kind: 'throttle', bytesPerSecond: 200_000 }, large, 200, 1],
  [{ kind: 'throttle', bytesPerSecond: 2_000 }, large, null, 1],
];

test.each(rules)('%o: the answer, and what reached the other side', async (rule, body, status, count) => {
  const before = reached;
  relay.rule(rule);
  expect([await ask(body), reached - before]).toEqual([status, count]);
});

test('a connection is cut after so many bytes, and answers pass again when enough were lost', async () => {
  relay.rule({ kind: 'cut-after', bytes: 5_000 });
  expect(await ask(large)).toBeNull();
  expect(await ask()).toBe(200);
  relay.rule({ kind: 'lose-answers', count: 2 });
  expect([await ask(), await ask(), await ask()]).toEqual([null, null, 200]);
});
