import { reserveBytes } from '../../../main/store/reserve.ts';
import type { NoticeCode } from '../expect-look.ts';
import { expectLook } from '../expect-look.ts';
import { type Fault, fault } from '../fault.ts';
import { expectNothingLost, inWords } from '../oracle.ts';
import { type SeatInCall, type SeatScene, seatInCall, seatScene } from '../seat-scene.ts';
import { type DiskScene, diskScene, lacksMount } from '../small-disk.ts';
import { lacksStrace, underStrace } from './seat-kills.ts';

/** Room for the database, the reserve (which wants four times its size free to be taken) and some sound. */
const diskBytes = reserveBytes * 5;

type InCallOnDisk = SeatInCall & Pick<DiskScene, 'disk'>;

async function inCallOn(kind: 'tmpfs' | 'ext4'): Promise<InCallOnDisk> {
  const scene = diskScene({ kind, bytes: kind === 'ext4' ? diskBytes * 2 : diskBytes });
  const inCall = await seatInCall(scene);
  return { ...inCall, disk: scene.disk };
}

/** The call ends, the seat too, and everything it showed is looked for. */
async function endAndLook({ life, profile, shown }: SeatInCall): Promise<string> {
  await life.order({ do: 'hang-up' });
  await life.order({ do: 'close' });
  return inWords(await expectNothingLost(profile, shown));
}

async function told(scene: SeatInCall, ...codes: readonly NoticeCode[]): Promise<void> {
  await expectLook(scene.life, `told ${codes}`, ({ notices }) =>
    codes.every((code) => notices.some((notice) => notice.code === code)),
  );
}

/** Disks that are full, slow, broken or not to be written to. */
export const disks: Readonly<Record<string, Fault>> = {
  'disk-full': fault<InCallOnDisk>({
    promise: 'On a full disk the call goes on, sound stops and is said to have stopped, and the log is still written.',
    lacks: lacksMount,
    arrange: () => inCallOn('tmpfs'),
    inject: async ({ disk, life }, dice) => {
      disk.fill();
      await life.order({ do: 'sound', seconds: 30 });
      // Calls on top, as many as the dice say: they are written from the reserve.
      await life.order({ do: 'hang-up' });
      await life.order({ do: 'calls', count: dice.whole(1, 4) });
      await life.order({ do: 'talk', seconds: 2 });
    },
    check: async (scene) => {
      await told(scene, 'recording-stopped-disk-full');
      const { data, calls, recording } = await scene.life.look();
      if (data.code !== 'saved' || calls.length !== 1) throw new Error(`it shows ${data.code}, ${calls.length} calls`);
      if (!Object.values(recording).includes('stopped')) throw new Error('it shows a recording that is none');
      scene.disk.empty();
      return endAndLook(scene);
    },
  }),
  'inodes-full': fault<InCallOnDisk>({
    promise: 'When no file can be made any more, what is open goes on, and the next recording says that it is none.',
    lacks: lacksMount,
    arrange: () => inCallOn('ext4'),
    inject: async ({ disk, life }) => {
      disk.fillInodes();
      await life.order({ do: 'sound', seconds: 2 });
      await life.order({ do: 'hang-up' });
      await life.order({ do: 'talk', seconds: 2 });
    },
    check: async (scene) => {
      await told(scene, 'recording-stopped-disk-full');
      scene.disk.empty();
      return endAndLook(scene);
    },
  }),
  'disk-breaks-down': fault<InCallOnDisk>({
    promise:
      'When the disk takes nothing any more the call goes on, the light says so, and after a repair all is there.',
    lacks: lacksMount,
    arrange: () => inCallOn('ext4'),
    inject: async ({ disk, life }) => {
      disk.breakDown();
      await life.order({ do: 'sound', seconds: 2 });
      await life.order({ do: 'hang-up' });
    },
    check: async (scene) => {
      await told(scene, 'disk-failed');
      await expectLook(scene.life, 'a data light that is down', ({ data }) => data.state === 'down');
      await scene.life.kill();
      scene.disk.repair();
      const next = await scene.live();
      await next.order({ do: 'calls', count: 1 });
      await next.order({ do: 'close' });
      // A disk just repaired may not take everything at once: what that life kept beside it comes home with the next.
      const last = await scene.live();
      await last.order({ do: 'close' });
      return inWords(await expectNothingLost(scene.profile, scene.shown));
    },
  }),
  'disk-slow': fault<SeatScene>({
    promise: 'On a disk whose every sync takes a tenth of a second calls are handled and written as on any other.',
    lacks: lacksStrace,
    arrange: async () => seatScene(),
    inject: async (scene) => {
      const life = await scene.live({ under: underStrace('fdatasync:delay_enter=100000') });
      await life.order({ do: 'calls', count: 2 });
      await expectLook(life, 'a good data light', ({ data }) => data.code === 'saved');
      await life.kill();
    },
    check: async ({ profile, shown }) => inWords(await expectNothingLost(profile, shown)),
  }),
  'sync-fails': fault<SeatScene>({
    promise: 'What a sync did not take is never shown as saved, whether the disk recovers or not.',
    lacks: lacksStrace,
    arrange: async () => seatScene(),
    inject: async (scene, dice) => {
      // Once, from then on for ever, and each so many times: an error that goes away is the treacherous one.
      for (const when of ['', '+', '+2']) {
        const call = dice.pick(['fdatasync', 'fsync', 'pwrite64'] as const);
        const under = underStrace(`${call}:error=EIO:when=${dice.whole(20, 90)}${when}`);
        const life = scene.start({ under });
        life.begin({ do: 'calls', count: 4 });
        life.begin({ do: 'close' });
        await life.ended;
      }
    },
    check: async ({ profile, shown }) => inWords(await expectNothingLost(profile, shown)),
  }),
};
