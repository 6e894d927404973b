import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../dice.ts';
import { type Fault, fault } from '../fault.ts';
import { expectNothingLost, inWords } from '../oracle.ts';
import { type SeatInCall, type SeatScene, seatInCall, seatScene } from '../seat-scene.ts';

/** How many lives one run of `seat-killed` ends; `HOOKLINE_FAULT_KILLS=100` is a long run. */
const kills = Number(process.env.HOOKLINE_FAULT_KILLS ?? 6);

/** How often a life of some calls makes each system call before the fault: counted with `strace -c`. */
const systemCalls = { pwrite64: 260, fdatasync: 40, fsync: 20, write: 60, rename: 2 } as const;

/** Whether system calls can be made to fail here. */
export function lacksStrace(): string | null {
  return spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0 ? null : 'strace is not to be had';
}

/** Words that let strace change the n-th system call of a kind, in the seat and whatever it starts. */
export function underStrace(injection: string): readonly string[] {
  return [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${injection.split(':')[0]}`,
    '-e',
    `inject=${injection}`,
  ];
}

async function afterwards({ profile, shown }: SeatScene): Promise<string> {
  return inWords(await expectNothingLost(profile, shown));
}

/** The seat process dies at a moment of the dice: in a call, in a chunk of sound, or while it starts. */
async function killOften(scene: SeatScene, dice: Dice): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    if (dice.next() < 0.2) {
      const starting = scene.start();
      await pause(dice.whole(150, 600));
      await starting.kill();
      continue;
    }
    const life = await scene.live();
    const before = scene.shown.entries.size;
    life.begin({ do: 'work' });
    const words = dice.whole(3, 60);
    let heard = 0;
    await life.hear('enough', () => {
      heard += 1;
      return heard >= words;
    });
    await life.kill();
    if (scene.shown.entries.size === before) throw new Error('a life in which nothing was written');
  }
}

/** A seat that dies, whatever it was doing. */
export const seatKills: Readonly<Record<string, Fault>> = {
  'seat-killed': fault<SeatScene>({
    promise: 'A seat process that is killed at any moment loses nothing it had shown as saved.',
    arrange: async () => seatScene(),
    inject: killOften,
    check: afterwards,
  }),
  'seat-killed-at-a-system-call': fault<SeatScene>({
    promise: 'Killed at any system call, a seat loses nothing it had shown as saved.',
    lacks: lacksStrace,
    arrange: async () => seatScene(),
    inject: async (scene, dice) => {
      for (let life = 0; life < 3; life += 1) {
        const [call, most] = dice.pick(Object.entries(systemCalls));
        const traced = scene.start({ under: underStrace(`${call}:signal=KILL:when=${dice.whole(1, most)}`) });
        traced.begin({ do: 'calls', count: 4 });
        // Past the last call of that kind nothing kills it: then it ends when it has done its calls.
        traced.begin({ do: 'close' });
        await traced.ended;
      }
    },
    check: afterwards,
  }),
  'seat-stopped': fault<SeatInCall>({
    promise: 'A seat process that stands still for ten seconds in a call goes on where it was.',
    arrange: () => seatInCall(),
    inject: async ({ life }) => {
      process.kill(life.pid, 'SIGSTOP');
      life.begin({ do: 'sound', seconds: 3 });
      await pause(10_000);
      process.kill(life.pid, 'SIGCONT');
    },
    check: async (scene) => {
      await scene.life.order({ do: 'sound', seconds: 2 });
      const { data, calls } = await scene.life.look();
      if (data.code !== 'saved' || calls.length !== 1) throw new Error(`it shows ${data.code}, ${calls.length} calls`);
      await scene.life.order({ do: 'hang-up' });
      await scene.life.kill();
      return afterwards(scene);
    },
  }),
};
