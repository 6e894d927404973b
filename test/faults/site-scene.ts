import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { enrolmentFileText } from '../../core/enrolment-text.ts';
import { openDatabase } from '../../hub/database/open-database.ts';
import { profilePaths } from '../../main/store/profile-paths.ts';
import { startTcpRelay, type TcpRelay } from '../rig/tcp-relay.ts';
import { expectLook } from './expect-look.ts';
import { brought } from './fault.ts';
import { expectHubWhole } from './hub-oracle.ts';
import { type HubScene, type HubSceneOptions, hubScene } from './hub-scene.ts';
import { expectNothingLost, inWords } from './oracle.ts';
import { type LifeOptions, type SeatLife, type SeatScene, seatScene } from './seat-scene.ts';

/** A real seat that joined a real hub over a road that can be spoilt. */
export type SiteScene = SeatScene & {
  readonly hub: HubScene;
  readonly relay: TcpRelay;
  /** The seat that lives now. */
  life: SeatLife;
};

/** A site whose seat has joined, done some calls, and has nothing that waits. */
export async function siteScene(
  options: { readonly seat?: LifeOptions; readonly hub?: Partial<HubSceneOptions>; readonly scene?: SeatScene } = {},
): Promise<SiteScene> {
  const seat = options.scene ?? seatScene();
  const hub = await hubScene({ seats: 0, calls: 0, ...options.hub });
  const relay = await startTcpRelay({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
  const close = async (how: { readonly keep: boolean }): Promise<void> => {
    await seat.close(how);
    await relay.close();
    await hub.close(how);
  };
  return brought({ ...seat, hub, relay, folders: [...seat.folders, ...hub.folders], close }, async (scene) => {
    const life = await seat.live(options.seat);
    await joinHub(life, hub, relay);
    await life.order({ do: 'calls', count: 2 });
    await settled(life);
    return { ...scene, life };
  });
}

/** A seat joins a hub by a code made for it, over the relay. */
export async function joinHub(life: SeatLife, hub: HubScene, relay: TcpRelay): Promise<void> {
  const text = enrolmentFileText({ address: `http://127.0.0.1:${relay.port}`, code: await hub.code('rig'), pins: [] });
  const heard = life.hear('whether it joined', ({ said }) => said === 'enrolled');
  await life.order({ do: 'enrol', text });
  const word = await heard;
  if (word.said !== 'enrolled' || word.outcome !== 'enrolled') throw new Error(`not joined: ${JSON.stringify(word)}`);
}

/** Everything of the seat is at the hub, and the seat says so. */
export async function settled(life: SeatLife): Promise<void> {
  await expectLook(
    life,
    'in step with the hub',
    ({ hub, notAtHub }) => hub.kind === 'enrolled' && hub.state === 'in-step' && hub.waiting === 0 && notAtHub === 0,
  );
}

/**
 * The oracle of a site: the seat settles, and what it had shown is on its disk and at the hub, byte for byte and once:
 * journal and recordings. Both are ended by it.
 */
export async function expectSiteWhole(scene: SiteScene): Promise<string> {
  const { life, hub, profile, shown } = scene;
  await settled(life);
  await life.look();
  const entries = [...shown.entries.values()].toSorted((a, b) => a.seq - b.seq);
  await life.order({ do: 'close' }).catch(() => undefined);
  await life.kill();
  const atSeat = inWords(await expectNothingLost(profile, shown));
  await hub.stop('SIGTERM');
  await expectHubWhole(hub);
  const wrong = await wrongAtHub(scene, entries);
  if (wrong.length > 0) throw new Error(`${wrong.length} things are wrong:\n  ${wrong.slice(0, 12).join('\n  ')}`);
  return `${atSeat}, all at the hub`;
}

async function wrongAtHub({ hub, profile }: SiteScene, entries: readonly object[]): Promise<string[]> {
  const wrong: string[] = [];
  const database = await openDatabase(
    { kind: 'folder', path: hub.data },
    { hubId: '00000000-0000-4000-8000-000000000000', watch: null, onLost: () => undefined },
  );
  try {
    const { tables } = database;
    const rows = await tables.selectFrom('journal_entry').selectAll().orderBy('seq').execute();
    rows.forEach(({ seat, seq, entry_id: id, at, kind, body }, index) => {
      const expected = entries[index];
      // What was written after the last look (the end of the day) may be there as well.
      if (expected !== undefined && !isDeepStrictEqual({ seat, seq, id, at, kind, body: JSON.parse(body) }, expected))
        wrong.push(`entry ${index + 1} at the hub is not the seat’s`);
    });
    if (rows.length < entries.length) wrong.push(`${rows.length} of ${entries.length} entries are at the hub`);
    const aside = await tables.selectFrom('set_aside').selectAll().execute();
    if (aside.length > 0) wrong.push(`set aside: ${JSON.stringify(aside.map(({ seq, reason }) => [seq, reason]))}`);
    const recordings = await tables.selectFrom('recording').select(['recording_id', 'upload_id']).execute();
    const stored = readdirSync(join(hub.data, 'recordings')).filter((name) => name.endsWith('.data'));
    // Also those of which the seat had shown no second yet when it died.
    const here = readdirSync(profilePaths(profile).recordings).filter((name) => name.endsWith('.hkrec'));
    if (stored.length !== here.length) wrong.push(`${stored.length} objects for ${here.length} recordings`);
    for (const recordingId of here.map((name) => name.replace('.hkrec', ''))) {
      const row = recordings.find((each) => each.recording_id === recordingId);
      const bytes = readFileSync(join(profilePaths(profile).recordings, `${recordingId}.hkrec`));
      const there = row === undefined ? null : readFileSync(join(hub.data, 'recordings', `${row.upload_id}.data`));
      if (there === null || !there.equals(bytes)) wrong.push(`recording ${recordingId} is not the same at the hub`);
    }
  } finally {
    await database.close();
  }
  return wrong;
}
