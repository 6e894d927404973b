import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type HubFault, readHubFault } from '../../../main/sync/hub-fault.ts';
import { type HubLink, openHubLink } from '../../../main/sync/hub-link.ts';
import { newFolder, noon, seatKey, startHub } from '../../hub/some-hub.ts';

/** A link of tests, closed when the test ends. */
function linkTo(address: string, key: string | null, stallMs = 5_000): HubLink {
  const link = openHubLink({ address, pins: [], hubId: 'hub', seat: 'seat-1', key, now: () => noon, stallMs });
  onTestFinished(() => link.close());
  return link;
}

/** Somebody who answers in the place of a hub. */
async function startOther(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function faultOf(asked: Promise<unknown>): Promise<HubFault> {
  return asked.then(
    () => {
      throw new Error('it was answered');
    },
    (cause: unknown) => readHubFault(cause),
  );
}

test('asks a hub, and its refusals arrive with what they say', async () => {
  const hub = await startHub(newFolder());
  const { client } = linkTo(hub.url, await seatKey(hub, 'seat-1'));
  expect(await client.journal.standing()).toEqual({ lastSeq: 0, setAsideCount: 0 });
  expect(await faultOf(client.journal.push({ firstSeq: 7, entries: [{}] }))).toMatchObject({
    kind: 'answer',
    code: 'GAP',
    data: { expectedSeq: 1 },
  });
  expect(await faultOf(linkTo(hub.url, 'abc.def').client.journal.standing())).toMatchObject({ kind: 'refused' });
  expect(await faultOf(client.keys.list({ limit: 1 }))).toMatchObject({ kind: 'refused' });
  const large = { firstSeq: 1, entries: [{ text: 'x'.repeat(5_000_000) }] };
  expect(await faultOf(client.journal.push(large))).toMatchObject({ kind: 'too-large' });
});

test.each<readonly [string, RequestListener, Partial<HubFault>]>([
  ['a page that says 200 to everything', (_, answer) => answer.end('<html>Welcome</html>'), { kind: 'away' }],
  ['JSON of somebody else', (_, a) => a.setHeader('content-type', 'application/json').end('{"a":1}'), { kind: 'away' }],
  ['half of a JSON', (_, a) => a.setHeader('content-type', 'application/json').end('{"lastSeq":'), { kind: 'away' }],
  ['a redirection', (_, a) => a.writeHead(302, { location: '/login' }).end(), { kind: 'away' }],
  ['a 401 of a proxy', (_, a) => a.writeHead(401).end('who are you'), { kind: 'away' }],
  ['a 404', (_, a) => a.writeHead(404).end('nothing'), { kind: 'away' }],
  ['a 429 with a wait', (_, a) => a.writeHead(429, { 'retry-after': '7' }).end(), { kind: 'away', askedMs: 7_000 }],
  ['a 502 of a balancer', (_, a) => a.writeHead(502).end('<html>'), { kind: 'away', askedMs: null }],
  ['a 413 of a proxy', (_, a) => a.writeHead(413).end('<html>'), { kind: 'too-large' }],
  ['a connection that is cut', (request) => request.socket.destroy(), { kind: 'away' }],
  [
    'an answer that is cut off',
    (request, a) => {
      a.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"lastSeq"');
      setImmediate(() => request.socket.destroy());
    },
    { kind: 'away' },
  ],
])('%s is told apart', async (_, listener, fault) => {
  const { client } = linkTo(await startOther(listener), 'key');
  expect(await faultOf(client.journal.standing())).toMatchObject(fault);
});

test('whoever never answers is given up', async () => {
  const { client } = linkTo(await startOther(() => undefined), 'key', 50);
  expect(await faultOf(client.journal.standing())).toMatchObject({ kind: 'away', detail: /nothing moved/ });
});

test('a link that is reset fails what is under way, and the next is asked anew', async () => {
  let isAnswering = false;
  let asked = (): void => undefined;
  const heard = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const link = linkTo(
    await startOther((_, answer) => {
      asked();
      answer.setHeader('content-type', 'application/json');
      if (isAnswering) answer.end('{"lastSeq":3,"setAsideCount":0}');
    }),
    'key',
  );
  const first = faultOf(link.client.journal.standing());
  await heard;
  link.reset();
  expect(await first).toMatchObject({ kind: 'away' });
  isAnswering = true;
  expect(await link.client.journal.standing()).toEqual({ lastSeq: 3, setAsideCount: 0 });
});
