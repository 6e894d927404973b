import { setTimeout as pause } from 'node:timers/promises';
import type { RelayRule } from '../../rig/tcp-relay.ts';
import { type ClockFile, clockFile } from '../clock-file.ts';
import type { Dice } from '../dice.ts';
import { expectLook } from '../expect-look.ts';
import { type Fault, fault } from '../fault.ts';
import { seatScene } from '../seat-scene.ts';
import { expectSiteWhole, type SiteScene, siteScene } from '../site-scene.ts';
import { lacksMount, mountDisk, type SmallDisk } from '../small-disk.ts';

const secondsMax = 120;

/** A seat at work whose road to the hub is spoilt; everything it does meanwhile arrives, once. */
function spoilt(promise: string, rules: (dice: Dice) => readonly RelayRule[], forMs: number): Fault {
  return fault<SiteScene>({
    promise,
    secondsMax,
    arrange: () => siteScene(),
    inject: async ({ relay, life }, dice) => {
      for (const rule of rules(dice)) {
        relay.rule(rule);
        // A connection keeps the rule it was made under.
        if (rule.kind !== 'black-hole') relay.reset();
        await life.order({ do: 'calls', count: 3 });
        await pause(forMs);
      }
      relay.rule({ kind: 'pass' });
      relay.reset();
    },
    check: expectSiteWhole,
  });
}

/** The seat says that its hub is away, and works. */
async function away({ life }: SiteScene): Promise<void> {
  await expectLook(life, 'away', ({ hub }) => hub.kind === 'enrolled' && hub.state === 'away');
}

/** A seat and its hub: the road between them, and either of them dying in the middle. */
export const sites: Readonly<Record<string, Fault>> = {
  'site-answers-lost': spoilt(
    'Answers of the hub that are lost after it did what was asked change nothing: all of it arrives once.',
    (dice) => [{ kind: 'lose-answers', count: dice.whole(3, 12) }],
    3_000,
  ),
  'site-requests-cut': spoilt(
    'Pushes and uploads that are cut anywhere go on where they were.',
    (dice) => Array.from({ length: 4 }, () => ({ kind: 'cut-after', bytes: dice.whole(100, 40_000) }) as const),
    1_500,
  ),
  'site-thin-road': spoilt(
    'On a road of 64 kbit/s everything arrives in the end.',
    () => [{ kind: 'throttle', bytesPerSecond: 8_000 }],
    4_000,
  ),
  'site-refused': spoilt(
    'A hub that is not there is said to be away, and everything arrives when it is back.',
    () => [{ kind: 'refuse' }],
    3_000,
  ),
  'site-behind-a-portal': fault<SiteScene>({
    promise:
      'Behind a captive portal the hub is said to be away, nothing is believed of the portal, and all arrives after.',
    secondsMax,
    arrange: () => siteScene(),
    inject: async (scene) => {
      scene.relay.rule({ kind: 'portal' });
      await scene.life.order({ do: 'calls', count: 3 });
      await away(scene);
      scene.relay.rule({ kind: 'pass' });
    },
    check: expectSiteWhole,
  }),
  'site-black-hole': fault<SiteScene>({
    promise: 'A hub that takes connections and says nothing is said to be away; calls go on and arrive after.',
    secondsMax,
    arrange: () => siteScene(),
    inject: async (scene) => {
      scene.relay.rule({ kind: 'black-hole' });
      await scene.life.order({ do: 'calls', count: 3 });
      await away(scene);
      scene.relay.rule({ kind: 'pass' });
      scene.relay.reset();
    },
    check: expectSiteWhole,
  }),
  'site-hub-killed': fault<SiteScene>({
    promise: 'A hub that is killed and started while its seat works ends with everything, once.',
    secondsMax,
    arrange: () => siteScene(),
    inject: async ({ hub, life }, dice) => {
      for (let kill = 0; kill < 4; kill += 1) {
        life.begin({ do: 'calls', count: 3 });
        await pause(dice.whole(0, 1_500));
        await hub.stop(dice.pick(['SIGKILL', 'SIGTERM'] as const));
        await hub.start();
      }
    },
    check: expectSiteWhole,
  }),
  'site-seat-killed': fault<SiteScene>({
    promise: 'A seat killed while it pushes and uploads goes on where it was, and nothing is at the hub twice.',
    secondsMax,
    arrange: () => siteScene(),
    inject: async (scene, dice) => {
      for (let kill = 0; kill < 4; kill += 1) {
        scene.life.begin({ do: 'work' });
        await pause(dice.whole(100, 2_000));
        await scene.life.kill();
        scene.life = await scene.live();
      }
    },
    check: expectSiteWhole,
  }),
  'site-both-killed': fault<SiteScene>({
    promise: 'Seat and hub killed at the same moment, as by a power cut of the house, lose nothing that was shown.',
    secondsMax,
    arrange: () => siteScene(),
    inject: async (scene, dice) => {
      for (let kill = 0; kill < 3; kill += 1) {
        scene.life.begin({ do: 'work' });
        await pause(dice.whole(100, 2_000));
        await Promise.all([scene.life.kill(), scene.hub.stop('SIGKILL')]);
        await scene.hub.start();
        scene.life = await scene.live();
      }
    },
    check: expectSiteWhole,
  }),
  'site-seat-clock-a-year-forward': fault<SiteScene & { readonly clock: ClockFile }>({
    promise: 'A seat’s clock that says that a year has gone takes no copy of a recording away and locks nobody out.',
    secondsMax,
    arrange: async () => {
      const scene = seatScene();
      const clock = clockFile(scene.folders[0] ?? '');
      return { ...(await siteScene({ scene, seat: { env: clock.env } })), clock };
    },
    inject: async ({ clock, life }, dice) => {
      for (const days of [365, -365, dice.whole(1, 400)]) {
        clock.shift(days * 24 * 3_600_000);
        await life.order({ do: 'look-after-copies' });
        await life.order({ do: 'calls', count: 1 });
      }
      await life.order({ do: 'look-after-copies' });
    },
    check: expectSiteWhole,
  }),
  'site-hub-disk-full': fault<SiteScene & { readonly disk: SmallDisk }>({
    promise: 'A hub whose disk is full acknowledges nothing it cannot keep; with room again everything arrives.',
    secondsMax,
    lacks: lacksMount,
    arrange: async () => {
      const disk = mountDisk({ kind: 'tmpfs', bytes: 64 * 1024 ** 2 });
      try {
        const scene = await siteScene({ hub: { folder: disk.path } });
        const close = async (how: { readonly keep: boolean }): Promise<void> => {
          await scene.close(how);
          disk.remove();
        };
        return { ...scene, disk, close };
      } catch (error) {
        disk.remove();
        throw error;
      }
    },
    inject: async (scene, dice) => {
      scene.disk.fill();
      await scene.life.order({ do: 'calls', count: dice.whole(3, 6) });
      await expectLook(
        scene.life,
        'waiting',
        ({ hub, notAtHub }) => hub.kind === 'enrolled' && hub.waiting + notAtHub > 0,
      );
      await pause(3_000);
      scene.disk.empty();
    },
    check: expectSiteWhole,
  }),
};
