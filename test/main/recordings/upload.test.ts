import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newUploadRecord } from '../../../main/recordings/upload-ledger.ts';
import { type Fault, type UploadHub, uploadHub } from './upload-hub.ts';

let hub: UploadHub;
beforeEach(async () => {
  hub = await uploadHub();
});
afterEach(() => hub.close());

const one = '01890000-0000-7000-8000-000000000001';
const posts = (): number => hub.seen.filter((line) => line.startsWith('POST')).length;

async function expectSame(recordingId: string): Promise<void> {
  expect(Buffer.compare(await hub.stored(recordingId), await hub.local(recordingId))).toBe(0);
  expect(await hub.ledger.get(recordingId)).toMatchObject({ queue: 'confirmed', refusals: 0 });
}

test('a recording goes up in chunks with their checksums, is compared, and is then at the hub', async () => {
  const checksums: unknown[] = [];
  hub.fault = ({ method, headers }) => {
    if (method === 'PATCH') checksums.push(headers['upload-checksum']);
    return false;
  };
  await hub.record(one, 600_000);
  const uploads = hub.start();
  await uploads.offer(one);
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  expect(hub.seen).toEqual(['POST 201', 'PATCH 204', 'PATCH 204']);
  expect(checksums).toEqual(Array.from({ length: 2 }, () => expect.stringMatching(/^sha256 [A-Za-z0-9+/]{43}=$/)));
  expect(uploads.progress()).toMatchObject({ confirmed: 1, bytesSent: 600_000, setAside: 0 });
});

test('an upload begins while its call goes on, and ends with it', async () => {
  const uploads = hub.start();
  await hub.grow(one, 4_000);
  await uploads.offer(one);
  for (let second = 0; second < 12; second += 1) {
    await hub.grow(one, 6_000);
    await uploads.offer(one);
    if (second === 6) await uploads.until(({ bytesSent }) => bytesSent > 0);
  }
  expect(await hub.ledger.get(one)).toMatchObject({ queue: 'waiting', url: expect.any(String) });
  hub.live.delete(one);
  await uploads.offer(one);
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  expect(posts()).toBe(1);
});

test('an empty file is an upload like any other; a large one goes up in chunks that grow with the road', async () => {
  const lengths: number[] = [];
  hub.fault = ({ method, headers }) => {
    if (method === 'PATCH') lengths.push(Number(headers['content-length'] ?? 0));
    return false;
  };
  await hub.record(one, 0);
  const large = '01890000-0000-7000-8000-000000000009';
  await hub.record(large, 40 * 1024 * 1024);
  const uploads = hub.start();
  await uploads.offer(one);
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  await uploads.offer(large);
  await uploads.until(({ confirmed }) => confirmed === 2);
  await expectSame(large);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(lengths.length).toBeLessThan(12);
  expect(posts()).toBe(2);
});

test('a key that was renewed in between is used from the next turn on, at the same upload', async () => {
  let key = 'old';
  hub.fault = ({ method, headers }, response) => {
    if (headers.authorization === 'Bearer new' || (method === 'POST' && key === 'old')) return false;
    key = 'new';
    tusAnswer(response, 401);
    return true;
  };
  await hub.record(one, 300_000);
  const uploads = hub.start({ headers: () => ({ authorization: `Bearer ${key}` }) });
  await uploads.offer(one);
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  expect(hub.seen.filter((line) => line === 'POST 201')).toHaveLength(1);
});

test.each([404, 410])('an upload that answers %i when it is gone on with is begun anew, once', async (status) => {
  await hub.record(one, 300_000);
  await hub.ledger.put(one, 'waiting', {
    ...newUploadRecord,
    url: `${hub.endpoint}/${'0'.repeat(32)}`,
    sentBytes: 200_000,
  });
  hub.fault = ({ method }, response) => {
    if (method !== 'HEAD' || hub.seen.length > 0) return false;
    tusAnswer(response, status);
    return true;
  };
  const uploads = hub.start();
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  expect(hub.seen.filter((line) => line === 'POST 201')).toHaveLength(1);
  expect(hub.seen).not.toContain('DELETE 204');
});

const answers = {
  '401': (response) => tusAnswer(response, 401),
  '403': (response) => tusAnswer(response, 403),
  '408': (response) => tusAnswer(response, 408),
  '409': (response) => tusAnswer(response, 409),
  '423': (response) => tusAnswer(response, 423),
  '429 with Retry-After': (response) => tusAnswer(response.setHeader('Retry-After', '7'), 429),
  '460': (response) => tusAnswer(response, 460),
  '500': (response) => tusAnswer(response, 500),
  '502 of a proxy': (response) => response.writeHead(502).end('<html>bad gateway</html>'),
  '404 of a proxy': (response) => response.writeHead(404).end('<html>not found</html>'),
  '200 of a captive portal': (response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>sign in</html>'),
  '302 of a captive portal': (response) => response.writeHead(302, { Location: 'http://portal.invalid/' }).end(),
  'a reset': (response) => response.destroy(),
  silence: () => undefined,
} satisfies Record<string, (response: ServerResponse) => unknown>;

describe.each(['POST', 'HEAD', 'PATCH'] as const)('%s is answered with', (verb) => {
  test.each(Object.keys(answers) as (keyof typeof answers)[])(
    '%s: goes on where it was, and begins only once',
    async (answer) => {
      let faults = 0;
      const fault: Fault = (request, response) => {
        // A HEAD comes after a cut; the first PATCH is let through, so there is something to lose.
        const patches = hub.seen.filter((line) => line === 'PATCH 204').length;
        if (verb === 'HEAD' && request.method === 'PATCH' && patches === 1 && faults === 0) {
          response.destroy();
          return true;
        }
        const isDue = request.method === verb && faults < 3 && (verb === 'POST' || patches === 1);
        if (!isDue) return false;
        faults += 1;
        answers[answer](response);
        return true;
      };
      hub.fault = fault;
      await hub.record(one, 400_000);
      const uploads = hub.start({ stallMs: 150 });
      await uploads.offer(one);
      await uploads.until(({ confirmed }) => confirmed === 1);
      await expectSame(one);
      expect(faults).toBe(3);
      expect(hub.seen.filter((line) => line === 'POST 201')).toHaveLength(1);
      expect(hub.seen.filter((line) => line === 'DELETE 204')).toHaveLength(0);
    },
  );
});

test('the hub has less than it said: the upload goes on there', async () => {
  let isForgotten = false;
  hub.fault = async ({ method }) => {
    if (method !== 'PATCH' || isForgotten || hub.seen.at(-1) !== 'PATCH 204') return false;
    isForgotten = true;
    await hub.forget(one, 100_000);
    return false;
  };
  await hub.record(one, 700_000);
  const uploads = hub.start();
  await uploads.offer(one);
  await uploads.until(({ confirmed }) => confirmed === 1);
  expect(isForgotten).toBe(true);
  expect(hub.seen).toContain('PATCH 409');
  await expectSame(one);
  expect(posts()).toBe(1);
  expect(hub.seen).not.toContain('DELETE 204');
});

test('the seat dies in an upload: the next goes on at the byte, and knows where', async () => {
  await hub.record(one, 400_000);
  const first = hub.start();
  await first.offer(one);
  await first.until(({ bytesSent }) => bytesSent > 0);
  await first.close();
  const posted = posts();
  const second = hub.start();
  await second.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  expect(posts()).toBe(posted);
  expect(hub.seen).toContain('HEAD 200');
});

test('what the hub no longer knows is begun anew; what it refuses three times is set aside and stops nothing', async () => {
  await hub.record(one, 200_000);
  await hub.ledger.put(one, 'waiting', {
    ...newUploadRecord,
    url: `${hub.endpoint}/${'0'.repeat(32)}`,
    sentBytes: 100_000,
  });
  const bad = '01890000-0000-7000-8000-000000000002';
  await hub.record(bad, 1_000);
  hub.fault = (request, response) => {
    const metadata = String(request.headers['upload-metadata'] ?? '');
    if (!metadata.includes(Buffer.from(bad).toString('base64'))) return false;
    tusAnswer(response, 413);
    return true;
  };
  const uploads = hub.start();
  await uploads.offer(bad);
  await uploads.until(({ confirmed, setAside }) => confirmed === 1 && setAside === 1);
  await expectSame(one);
  expect(await uploads.progressOf(bad)).toMatchObject({ queue: 'set-aside', refusals: 3 });
  hub.fault = () => false;
  await uploads.retry(bad);
  await uploads.until(({ confirmed, setAside }) => confirmed === 2 && setAside === 0);
  await expectSame(bad);
});

test('other bytes at the hub: removed there, sent again, and never called safe before they are equal', async () => {
  await hub.record(one, 200_000);
  let url = '';
  const uploads = hub.start();
  uploads.pause();
  // Somebody else's bytes stand under this recording's name.
  const made = await fetch(hub.endpoint, {
    method: 'POST',
    headers: {
      'Tus-Resumable': '1.0.0',
      'Upload-Length': '200000',
      'Upload-Metadata': `recordingId ${Buffer.from(one).toString('base64')}`,
    },
  });
  url = new URL(String(made.headers.get('location')), hub.endpoint).href;
  const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };
  await fetch(url, { method: 'PATCH', headers, body: Buffer.alloc(200_000) });
  await uploads.offer(one);
  uploads.resume();
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  expect(hub.seen).toContain('DELETE 204');
});

test('whether a recording is at the hub is asked now, and one that the hub lost is sent again', async () => {
  await hub.record(one, 20_000);
  const uploads = hub.start();
  expect(await uploads.isAtHub(one)).toBe('not-confirmed');
  await uploads.offer(one);
  await uploads.until(({ confirmed }) => confirmed === 1);
  expect(await uploads.isAtHub(one)).toBe('equal');
  for (const answer of [502, 404, 401]) {
    hub.fault = (_request, response) => {
      response.writeHead(answer).end();
      return true;
    };
    expect([answer, await uploads.isAtHub(one)]).toEqual([answer, 'hub-away']);
  }
  hub.fault = () => false;
  await hub.loseAll();
  expect(await uploads.isAtHub(one)).toBe('hub-lost-it');
  await uploads.until(({ confirmed }) => confirmed === 2);
  await expectSame(one);
});

test('the network is back: a long wait ends at once', async () => {
  await hub.record(one, 1_000);
  let waits = 0;
  hub.fault = (_request, response) => {
    response.destroy();
    return true;
  };
  const uploads = hub.start({
    // Only a signal ends a wait here; the first is the spread of the start.
    wait: (_ms, signal) => {
      waits += 1;
      if (waits === 1) return Promise.resolve();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
  });
  await uploads.offer(one);
  uploads.networkBack();
  await uploads.until(({ state }) => state === 'hub-away');
  hub.fault = () => false;
  uploads.networkBack();
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
});

test('uploads wait while the voice suffers, and while somebody wants a pause', async () => {
  let isSuffering = true;
  await hub.record(one, 300_000);
  const uploads = hub.start({ isVoiceSuffering: () => isSuffering });
  await uploads.offer(one);
  await uploads.until(({ state }) => state === 'voice-first');
  uploads.pause();
  isSuffering = false;
  await uploads.until(({ state }) => state === 'paused');
  expect(hub.seen).toEqual([]);
  uploads.resume();
  await uploads.until(({ bytesSent }) => bytesSent > 0);
  isSuffering = true;
  await uploads.until(({ state }) => state === 'voice-first');
  expect(uploads.progress().confirmed).toBe(0);
  isSuffering = false;
  await uploads.until(({ confirmed }) => confirmed === 1);
  await expectSame(one);
  expect(posts()).toBe(1);
});

test('10,000 wait: the newest first, the oldest in between, and only the ends of the queue are held', async () => {
  const id = (index: number): string => `01890000-0000-7000-8000-${String(index).padStart(12, '0')}`;
  const waiting = Array.from({ length: 10_000 }, (_, index) => id(index));
  const asked: string[] = [];
  const uploads = hub.start({
    ledger: {
      get: async () => newUploadRecord && { ...newUploadRecord, queue: 'waiting' },
      put: async (recordingId, queue) => {
        if (queue === 'waiting') return;
        asked.push(recordingId);
        waiting.splice(waiting.indexOf(recordingId), 1);
      },
      after: async () => [],
      note: async () => undefined,
      has: async () => true,
      forget: async () => undefined,
      ends: async (queue, limit) => {
        if (queue !== 'waiting') return { newest: [], oldest: [], length: 0 };
        return { newest: waiting.slice(-limit).toReversed(), oldest: waiting.slice(0, limit), length: waiting.length };
      },
    },
    source: {
      standing: async () => ({ bytes: 100, isOpen: false }),
      read: async (_recordingId, _offset, length) => Buffer.alloc(length),
      digest: async () => 'cd00e292c5970d3c5e2f0ffa5171e555bc46bfc4faddfb4a418b6840b86e79a3',
    },
  });
  await uploads.until(({ confirmed }) => confirmed === 20);
  expect(uploads.progress().waiting).toBeGreaterThan(9_900);
  expect(asked.slice(0, 8)).toEqual([9999, 9998, 9997, 0, 9996, 9995, 9994, 1].map(id));
});

function tusAnswer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Tus-Resumable': '1.0.0' }).end();
}
