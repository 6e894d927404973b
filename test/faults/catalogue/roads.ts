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
};
