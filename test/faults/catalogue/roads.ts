import { setTimeout as pause } from 'node:timers/promises';
import { arrangeCall, type CallScene, callStands, gapMsMax, lacksRig } from '../call-scene.ts';
import { type Fault, fault } from '../fault.ts';

/** What a road does to a call: the call outlives it, and speech is back as soon as packets pass. */
function onTheRoad(promise: string, inject: Parameters<typeof fault<CallScene>>[0]['inject']): Fault {
  return fault<CallScene>({
    promise,
    lacks: lacksRig,
    secondsMax: 120,
    arrange: () => arrangeCall(),
    inject,
    check: callStands,
  });
}

/** The road between a seat and its switch, in the middle of a call. */
export const roads: Readonly<Record<string, Fault>> = {
  'socket-reset': onTheRoad(
    'A WebSocket that is reset is not heard, and signalling is back at once.',
    async ({ network }) => void (await network.reset()),
  ),
  'black-hole': onTheRoad(
    `After nothing has passed for 8 to 20 seconds, speech is back within ${gapMsMax} ms.`,
    async ({ network, seat }, dice) => {
      await network.impair({ blackHole: 'both' });
      await pause(dice.whole(8_000, 20_000));
      await seat.desk.getByRole('button', { name: 'Media: down' }).waitFor();
      await network.impair({});
    },
  ),
  'one-way': onTheRoad(
    'When nothing passes in one direction the light says so, and speech is back when it does.',
    async ({ network, seat }, dice) => {
      const deaf = dice.pick(['to-seat', 'to-switch'] as const);
      await network.impair({ blackHole: deaf });
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor({ state: 'detached', timeout: 20_000 });
      await pause(dice.whole(2_000, 8_000));
      await network.impair({});
    },
  ),
  'link-down': onTheRoad(
    'When the network of the machine is gone for a while and comes back, so does speech.',
    async ({ network, seat }, dice) => {
      await network.link('down');
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor({ state: 'detached', timeout: 20_000 });
      await pause(dice.pick([1_000, 10_000]));
      await network.link('up');
    },
  ),
  'address-change': onTheRoad(`With another address, speech is back within ${gapMsMax} ms.`, ({ network }, dice) =>
    network.changeAddress(`10.77.0.${dice.whole(3, 200)}`),
  ),
  'bad-road': onTheRoad(
    'Loss, delay, duplicates and packets out of order do not end a call.',
    async ({ network }, dice) => {
      const share = (most: number): number => dice.next() * most;
      const road = { delayMs: dice.whole(0, 200), jitterMs: dice.whole(0, 100), loss: share(0.1) };
      await network.impair({ ...road, duplicate: share(0.05), reorder: share(0.05) }, dice.whole(1, 2 ** 30));
      await pause(10_000);
      await network.impair({});
    },
  ),
  'names-only': onTheRoad(
    'When nothing passes but names (a network that is nearly dead) the light says so, and speech comes back after.',
    async ({ network, seat }, dice) => {
      await network.impair({ only: 'dns' });
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor({ state: 'detached', timeout: 20_000 });
      await pause(dice.whole(1_000, 5_000));
      await network.impair({});
    },
  ),
  'thin-road': onTheRoad('On a road of 64 kbit/s each way a call is heard.', async ({ network, sound }, dice) => {
    await network.impair({ kbps: 64 }, dice.whole(1, 2 ** 30));
    await sound.bothWays(gapMsMax);
    await pause(8_000);
    await sound.bothWays(gapMsMax);
    await network.impair({});
  }),
  'road-matrix': fault<CallScene & { readonly table: string[] }>({
    promise: 'A call outlives every pair of loss (0, 1, 5, 20 %) and delay (0, 50, 200, 800 ms), and is heard in each.',
    lacks: lacksRig,
    secondsMax: 300,
    arrange: async () => ({ ...(await arrangeCall()), table: [] }),
    inject: async ({ network, sound, table }, dice) => {
      for (const loss of [0, 0.01, 0.05, 0.2]) {
        for (const delayMs of [0, 50, 200, 800]) {
          await network.impair({ loss, delayMs }, dice.whole(1, 2 ** 30));
          // What was under way before arrives within the delay; then it must be heard on this road.
          await pause(2_000);
          const ms = await sound.bothWays(gapMsMax + 2 * delayMs);
          table.push(`${loss * 100} %/${delayMs} ms: ${ms}`);
        }
      }
      await network.impair({});
    },
    check: async (scene) => `${await callStands(scene)}; ${scene.table.join(', ')}`,
  }),
};
