import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../../hub/database/open-database.ts';
import { openProfile } from '../../../main/open-profile.ts';
import { fileKeyKeeper } from '../../../main/store/profile-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { type CutReport, cutUploads } from '../../hub/recordings/cut-uploads.ts';
import { fileStoreRig, type StoreRig, s3StoreRig } from '../../hub/recordings/intake-rig.ts';
import { startTcpRelay, type TcpRelay } from '../../rig/tcp-relay.ts';
import { expectLook } from '../expect-look.ts';
import { brought, type Fault, fault, type Scene } from '../fault.ts';
import { type HubScene, hubScene, residentMegabytes } from '../hub-scene.ts';
import type { SeatLife, SeatScene } from '../seat-scene.ts';
import { joinHub } from '../site-scene.ts';
import { diskScene, lacksMount } from '../small-disk.ts';

/** How many cuts one run makes; `HOOKLINE_FAULT_CUTS=1000` is the long run. */
const cuts = Number(process.env.HOOKLINE_FAULT_CUTS ?? 25);

type CutScene = Scene & { readonly store: StoreRig; report: CutReport | null };

const cutOn = (what: string, open: () => Promise<StoreRig>): Fault =>
  fault<CutScene>({
    promise: `Uploads to ${what} that are cut at any step of the store go on at the byte: one object, its hash equal.`,
    secondsMax: 180,
    arrange: async () => {
      const store = await open();
      return { store, report: null, folders: [], close: () => store.close() };
    },
    inject: async (scene, dice) => {
      scene.report = await cutUploads(scene.store, { cuts, seed: dice.whole(1, 2 ** 30) });
    },
    check: async ({ report }) => {
      if (report === null) throw new Error('nothing was cut');
      const { cuts: made, uploads, lostAnswers, seed, ...wrong } = report;
      const found = Object.entries(wrong).filter(([, count]) => count > 0);
      if (found.length > 0) throw new Error(`seed ${seed}: ${JSON.stringify(Object.fromEntries(found))}`);
      return `${made} cuts of ${uploads} uploads, ${lostAnswers} lost answers`;
    },
  });

/** Recordings on their way to the hub. */
export const uploads: Readonly<Record<string, Fault>> = {
  'upload-cut-file-store': cutOn('a folder', fileStoreRig),
  'upload-cut-s3-store': cutOn('an S3 store', s3StoreRig),
  'ten-thousand-recordings': fault<ManyScene>({
    promise:
      'With ten thousand recordings waiting a seat starts as ever, its memory stays flat, and each goes up once.',
    secondsMax: 420,
    lacks: lacksMount,
    arrange: tenThousand,
    inject: async ({ life, relay, hub }) => {
      // 1 Mbit/s, as from a van; and a hub that is not there for a while in the middle.
      relay.rule({ kind: 'throttle', bytesPerSecond: 125_000 });
      relay.reset();
      await expectLook(life, 'sending', ({ uploads: { confirmed } }) => confirmed > confirmedSome);
      await hub.stop('SIGKILL');
      await pause(3_000);
      await hub.start();
      relay.rule({ kind: 'pass' });
      relay.reset();
      const { uploads: before } = await life.look();
      await expectLook(
        life,
        'sending again',
        ({ uploads: { confirmed } }) => confirmed > before.confirmed + confirmedSome,
      );
    },
    check: async ({ life, hub, profile, megabytesBefore, openMs }) => {
      const { uploads: view } = await life.look();
      const megabytes = residentMegabytes(life.pid);
      await life.kill();
      await hub.stop('SIGTERM');
      if (megabytes - megabytesBefore > megabytesMoreMax)
        throw new Error(`${megabytesBefore} MB grew to ${megabytes} MB`);
      if (view.waiting + view.confirmed < many)
        throw new Error(`it shows ${view.waiting} waiting, ${view.confirmed} there`);
      const whole = await storedWhole(hub.data, profile);
      if (whole < view.confirmed) throw new Error(`${view.confirmed} are said to be at the hub, ${whole} are`);
      return `open after ${openMs} ms, ${whole} of ${many} at the hub, ${megabytesBefore} MB, then ${megabytes} MB at most`;
    },
  }),
};

const many = 10_000;
const confirmedSome = 40;
/** What ten thousand waiting recordings may add to the memory of a seat. */
const megabytesMoreMax = 100;

type ManyScene = SeatScene & {
  readonly hub: HubScene;
  readonly relay: TcpRelay;
  readonly life: SeatLife;
  readonly megabytesBefore: number;
  readonly openMs: number;
};

/** A profile with ten thousand recordings that no hub has, on a disk in memory; its seat has joined and nothing goes up. */
async function tenThousand(): Promise<ManyScene> {
  const seat = diskScene({ kind: 'tmpfs', bytes: 1024 ** 3 });
  return brought(seat, async () => {
    await record(seat.profile, many);
    const hub = await hubScene({ seats: 0, calls: 0 });
    const relay = await startTcpRelay({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
    const close = async (how: { readonly keep: boolean }): Promise<void> => {
      await seat.close(how);
      await relay.close();
      await hub.close(how);
    };
    const scene = { ...seat, hub, relay, close, folders: [...seat.folders, ...hub.folders] };
    return brought(scene, async () => {
      const begun = performance.now();
      const life = await seat.live();
      const openMs = Math.round(performance.now() - begun);
      const megabytesBefore = residentMegabytes(life.pid);
      await joinHub(life, hub, relay);
      return { ...scene, life, openMs, megabytesBefore };
    });
  });
}

async function record(profile: string, count: number): Promise<void> {
  const keys = fileKeyKeeper(profilePaths(profile).key);
  const opened = await openProfile({ directory: profile, keys, log: () => undefined });
  if (opened.kind === 'refused') throw new Error(opened.message);
  const { vault, newId } = opened.profile;
  for (let number = 0; number < count; number += 1) {
    const recordingId = newId();
    await vault.begin(recordingId, `call-${number}`, Date.now());
    await vault.append(recordingId, { segment: 0, atMs: 0, durationMs: 1_000, sound: Buffer.from(`sound ${number}`) });
    await vault.end(recordingId);
  }
  await opened.profile.close();
}

/** How many objects of a hub's folder are, byte for byte, recordings of a profile; throws on one that is there twice. */
async function storedWhole(data: string, profile: string): Promise<number> {
  const database = await openDatabase(
    { kind: 'folder', path: data },
    { hubId: '00000000-0000-4000-8000-000000000000', watch: null, onLost: () => undefined },
  );
  try {
    const rows = await database.tables.selectFrom('recording').select(['recording_id', 'upload_id']).execute();
    if (new Set(rows.map(({ recording_id: id }) => id)).size !== rows.length)
      throw new Error('a recording is there twice');
    return rows.filter(({ recording_id: id, upload_id: uploadId }) => {
      const here = readFileSync(join(profilePaths(profile).recordings, `${id}.hkrec`));
      const path = join(data, 'recordings', `${uploadId}.data`);
      return existsSync(path) && readFileSync(path).equals(here);
    }).length;
  } finally {
    await database.close();
  }
}
