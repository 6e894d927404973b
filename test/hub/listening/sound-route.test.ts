import { once } from 'node:events';
import { request } from 'node:http';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import '../../../hub/serve/door.ts';
import { mountSound } from '../../../hub/listening/sound-route.ts';
import { newFolder, startHub } from '../some-hub.ts';
import { seatWithSound } from './seat-with-sound.ts';

test('no more plays at once than there is memory for; one that ends makes room, and all end when the hub stops', async () => {
  const hub = await startHub(newFolder());
  const one = await seatWithSound(hub, 'seat-1');
  await one.record('r1');
  await one.begin('r1');
  const stopping = new AbortController();
  const fastify = Fastify();
  onTestFinished(() => fastify.close());
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', async (asked) => {
    asked.caller = { keyId: 'k', role: 'quality', seat: null };
  });
  const info = {
    recordingId: 'r1',
    bytes: 1_000,
    seconds: 1,
    channels: 2,
    isComplete: true,
    gaps: [],
    damagedChunks: [],
  };
  const releases: (() => void)[] = [];
  const heldOpen = async function* () {
    yield Buffer.alloc(10);
    await new Promise<void>((resolve) => releases.push(resolve));
  };
  mountSound(fastify, {
    parts: hub.parts,
    recordings: {
      hear: async () => ({
        kind: 'heard',
        version: 'v',
        playable: { kind: 'playable', info, length: 1_000, heldBytes: 0, read: heldOpen },
      }),
      forget: () => undefined,
      close: () => undefined,
    },
    listening: { listen: () => Promise.resolve() },
    config: {},
    onFault: () => undefined,
    stopping: stopping.signal,
    playsMax: 2,
  });
  const url = `${await fastify.listen({ host: '127.0.0.1', port: 0 })}/v1/recordings/seat-1/r1/sound`;
  const play = async () => {
    const asked = request(url);
    asked.on('error', () => undefined);
    asked.end();
    const [answer] = await once(asked, 'response');
    return { asked, answer, status: answer.statusCode, retryAfter: answer.headers['retry-after'] };
  };
  const first = await play();
  const second = await play();
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(await play()).toMatchObject({ status: 503, retryAfter: '5' });
  first.asked.destroy();
  // The store's answer, which nobody waits for any more.
  releases[0]?.();
  // The hub hears of it when the connection closes; a player that was refused comes again.
  let third = await play();
  for (let tries = 0; third.status === 503 && tries < 100; tries += 1) third = await play();
  expect(third.status).toBe(200);
  const ended = Promise.all(
    [second, third].map(
      ({ answer }) =>
        new Promise((resolve) =>
          answer
            .once('close', resolve)
            .on('error', () => undefined)
            .resume(),
        ),
    ),
  );
  stopping.abort();
  await ended;
  for (const release of releases) release();
}, 30_000);
