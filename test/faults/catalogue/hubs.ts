import { setTimeout as pause } from 'node:timers/promises';
import { startDyingHub } from '../../hub/hub-process.ts';
import { startTcpRelay, type TcpRelay } from '../../rig/tcp-relay.ts';
import type { Dice } from '../dice.ts';
import { type Fault, fault } from '../fault.ts';
import { expectHubWhole } from '../hub-oracle.ts';
import { drain, type HubScene, hubScene, pushOnce } from '../hub-scene.ts';

/** How many lives of a hub one run ends; `HOOKLINE_FAULT_KILLS=100` is a long run. */
const kills = Number(process.env.HOOKLINE_FAULT_KILLS ?? 5);

/** A push has some dozens of statements; five seats that push at once are killed in any of them. */
const statementsMax = 300;

const fiveSeats = () => hubScene({ seats: 5, calls: 40 });

/** Every seat pushes until `isOver`; a push that was not answered is tried again. */
async function pushUntil({ seats }: HubScene, url: string, dice: Dice, isOver: () => boolean): Promise<void> {
  await Promise.all(
    seats.map(async (seat) => {
      while (!isOver() && seat.acknowledged < seat.entries.length) {
        if (!(await pushOnce(seat, url, dice))) await pause(20);
      }
    }),
  );
}

/** All that is left goes to the hub, and it is asked what it has. */
async function whole(scene: HubScene, url = scene.url): Promise<string> {
  for (const seat of scene.seats) await drain(seat, url);
  await scene.stop('SIGTERM');
  return expectHubWhole(scene);
}

type WithRelay = HubScene & { readonly relay: TcpRelay; readonly through: string };

async function behindRelay(): Promise<WithRelay> {
  const scene = await fiveSeats();
  const relay = await startTcpRelay({ host: '127.0.0.1', port: Number(new URL(scene.url).port) });
  const close = async (options: { readonly keep: boolean }): Promise<void> => {
    await relay.close();
    await scene.close(options);
  };
  return { ...scene, relay, through: `http://127.0.0.1:${relay.port}`, close };
}

/** A hub that dies, is told to end, or whose answers do not arrive. */
export const hubs: Readonly<Record<string, Fault>> = {
  'hub-killed-in-a-push': fault<HubScene>({
    promise: 'A hub killed after any statement of a push has all of it or nothing, and takes the same push again once.',
    arrange: fiveSeats,
    inject: async (scene, dice) => {
      await scene.stop('SIGKILL');
      for (let kill = 0; kill < kills; kill += 1) {
        const dying = await startDyingHub({ kind: 'folder', path: scene.data }, dice.whole(1, statementsMax));
        let isDead = false;
        void dying.ended.then(() => {
          isDead = true;
        });
        await pushUntil(scene, dying.url, dice, () => isDead);
        dying.kill();
        await dying.ended;
      }
      await scene.start();
    },
    check: (scene) => whole(scene),
  }),
  'hub-told-to-end-in-a-push': fault<HubScene>({
    promise: 'A hub told to end answers what it was asked, ends with 0, and has everything it acknowledged.',
    arrange: fiveSeats,
    inject: async (scene, dice) => {
      for (let life = 0; life < 3; life += 1) {
        let isOver = false;
        const pushing = pushUntil(scene, scene.url, dice, () => isOver);
        await pause(dice.whole(50, 400));
        const how = await scene.stop('SIGTERM');
        if (how !== '0') throw new Error(`the hub ended with ${how}`);
        isOver = true;
        await pushing;
        await scene.start();
      }
    },
    check: (scene) => whole(scene),
  }),
  'hub-restarted-while-seats-push': fault<HubScene>({
    promise: 'A hub that is killed and started over and over while seats push ends with everything, once.',
    arrange: fiveSeats,
    inject: async (scene, dice) => {
      let isOver = false;
      const pushing = pushUntil(scene, scene.url, dice, () => isOver);
      for (let kill = 0; kill < kills; kill += 1) {
        await pause(dice.whole(0, 500));
        await scene.stop('SIGKILL');
        await scene.start();
      }
      isOver = true;
      await pushing;
    },
    check: (scene) => whole(scene),
  }),
  'hub-stopped': fault<HubScene>({
    promise: 'A hub that stands still for ten seconds goes on, and what was pushed meanwhile is there once.',
    arrange: fiveSeats,
    inject: async (scene, dice) => {
      let isOver = false;
      const pushing = pushUntil(scene, scene.url, dice, () => isOver);
      process.kill(scene.pid(), 'SIGSTOP');
      await pause(10_000);
      process.kill(scene.pid(), 'SIGCONT');
      await pause(500);
      isOver = true;
      await pushing;
    },
    check: (scene) => whole(scene),
  }),
  'hub-answers-lost': fault<WithRelay>({
    promise: 'When the hub did what it was asked and its answer was lost, the same push again changes nothing.',
    arrange: behindRelay,
    inject: async (scene, dice) => {
      for (let round = 0; round < 4; round += 1) {
        scene.relay.rule({ kind: 'lose-answers', count: dice.whole(2, 8) });
        // A connection keeps the rule it was made under.
        scene.relay.reset();
        for (const seat of scene.seats)
          for (let push = 0; push < 4; push += 1) await pushOnce(seat, scene.through, dice);
      }
    },
    check: (scene) => whole(scene, scene.through),
  }),
  'hub-behind-a-portal': fault<WithRelay>({
    promise: 'Answers of a captive portal are not taken for the hub’s: nothing is believed to be there that is not.',
    arrange: behindRelay,
    inject: async (scene, dice) => {
      for (const seat of scene.seats) await pushOnce(seat, scene.through, dice);
      scene.relay.rule({ kind: 'portal' });
      for (const seat of scene.seats) {
        const before = seat.acknowledged;
        if (await pushOnce(seat, scene.through, dice)) throw new Error('a portal was taken for a hub');
        if (seat.acknowledged !== before) throw new Error('a portal acknowledged something');
      }
      scene.relay.rule({ kind: 'pass' });
    },
    check: (scene) => whole(scene, scene.through),
  }),
  'hub-requests-cut': fault<WithRelay>({
    promise: 'Requests that are cut off anywhere leave nothing half done.',
    arrange: behindRelay,
    inject: async (scene, dice) => {
      for (let round = 0; round < 10; round += 1) {
        scene.relay.rule({ kind: 'cut-after', bytes: dice.whole(1, 12_000) });
        scene.relay.reset();
        for (const seat of scene.seats) await pushOnce(seat, scene.through, dice);
      }
      scene.relay.rule({ kind: 'pass' });
      scene.relay.reset();
    },
    check: (scene) => whole(scene, scene.through),
  }),
};
