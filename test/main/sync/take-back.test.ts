import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../main/store/connection.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { openHubLink } from '../../../main/sync/hub-link.ts';
import { takeBack } from '../../../main/sync/take-back.ts';
import { ask, noon, onBothDatabases, seatKey, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { testKey } from '../store/opened.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { atHub, atSeat, isInStep, type PushUnderTest, pushTo, type SyncSeat, syncSeat } from './sync-rig.ts';

const name = 'seat-1';

function write(seat: SyncSeat, calls: number, from: number): void {
  for (let call = from; call < from + calls; call += 1)
    seat.store.appendAll(callFacts(call).map((fact) => ({ fact, at: noon })));
}

/** A push that may take back, as a seat's own does. */
function pushAndTakeBack(seat: SyncSeat, url: string, key: string): PushUnderTest {
  const link = openHubLink({ address: url, pins: [], hubId: 'hub', seat: name, key, now: () => noon });
  onTestFinished(() => link.close());
  const { refill } = seat.store;
  if (refill === null) throw new Error('a store of its own has one');
  return pushTo(seat, url, key, { takeBack: (wish) => takeBack({ ...wish, link, refill }) });
}

/** What a damaged file that was mended says in the place of entries: those are gone here. */
function lose(directory: string, seqs: readonly number[]): void {
  const connection = connect(join(directory, 'hookline.db'), testKey, 'write');
  const rules = connection.prepare<[], { name: string; sql: string }>(
    `select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'journal'`,
  );
  const inForce = rules.all();
  for (const { name: rule } of inForce) connection.exec(`drop trigger "${rule}"`);
  for (const seq of seqs) {
    const id = `01890000-0000-7000-9000-${String(seq).padStart(12, '0')}`;
    connection.prepare(`update journal set kind = 'entry-lost', body = '{}', id = ? where seq = ?`).run(id, seq);
  }
  for (const { sql } of inForce) connection.exec(sql);
  connection.close();
}

const findingsOf = (directory: string) => {
  const connection = connect(join(directory, 'hookline.db'), testKey, 'read');
  try {
    return verifyJournal(connection).findings;
  } finally {
    connection.close();
  }
};

onBothDatabases((newPlace) => {
  test('lost entries come back under their numbers, and the lists are as they were', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, name);
    const directory = temporaryDirectory();
    const seat = syncSeat(name, directory);
    write(seat, 200, 0);
    const first = pushAndTakeBack(seat, hub.url, key);
    await first.until(isInStep);
    await first.push.close();
    const before = atSeat(seat);
    const call = seat.store.callRow('call-150');
    lose(directory, [1, 2, 3, 900, 903, 1_200]);
    expect(atSeat(seat)).not.toEqual(before);
    seat.store.journal.rebuild();

    const second = pushAndTakeBack(seat, hub.url, key);
    await second.until(isInStep);
    expect(second.said).toContain('taken back from the hub: 6 entries; 0 of ours behind them; 0 nobody has');
    expect(atSeat(seat)).toEqual(before);
    expect(seat.store.callRow('call-150')).toEqual(call);
    expect(findingsOf(directory)).toEqual([]);
    expect(await atHub(hub, name)).toEqual(before);
  });

  test('what the hub never had stays lost here, is counted, and goes up as lost', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, name);
    const directory = temporaryDirectory();
    const seat = syncSeat(name, directory);
    write(seat, 10, 0);
    const first = pushAndTakeBack(seat, hub.url, key);
    await first.until(isInStep);
    await first.push.close();
    write(seat, 10, 10);
    lose(directory, [59, 60, 61, 62, 120]);
    const second = pushAndTakeBack(seat, hub.url, key);
    await second.until(isInStep);
    expect(second.said).toContain('taken back from the hub: 2 entries; 0 of ours behind them; 0 nobody has');
    expect(await atHub(hub, name)).toEqual(atSeat(seat));
    expect(seat.entriesAfter(0, 1_000).filter(({ kind }) => kind === 'entry-lost')).toHaveLength(3);
  });

  test('an old copy of the profile was put back: the hub’s entries come back, what was written since goes behind them', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, name);
    const directory = temporaryDirectory();
    const old = temporaryDirectory();
    const seat = syncSeat(name, directory);
    write(seat, 30, 0);
    seat.store.journal.lastSeq();
    cpSync(directory, old, { recursive: true });
    write(seat, 120, 30);
    const first = pushAndTakeBack(seat, hub.url, key);
    await first.until(isInStep);
    const atHubBefore = await atHub(hub, name);
    await first.push.close();

    // The seat begins its day on the old copy before it reaches the hub, longer than the hub knows or not.
    for (const calls of [1, 200]) {
      const restored = temporaryDirectory();
      cpSync(old, restored, { recursive: true });
      const back = syncSeat(name, restored);
      const common = back.store.journal.lastSeq();
      write(back, calls, 1_000 * calls);
      const own = back.entriesAfter(common, 10_000).map(({ id }) => id);
      const held = await atHub(hub, name);
      const second = pushAndTakeBack(back, hub.url, key);
      await second.until(isInStep);
      expect(second.said.join()).toContain(`${own.length} of ours behind them`);
      expect(atSeat(back).slice(0, held.length)).toEqual(held);
      expect(back.entriesAfter(held.length, 10_000).map(({ id }) => id)).toEqual(own);
      expect(findingsOf(restored)).toEqual([]);
      expect(await atHub(hub, name)).toEqual(atSeat(back));
      await second.push.close();
    }
    expect((await atHub(hub, name)).slice(0, atHubBefore.length)).toEqual(atHubBefore);
  });

  test('a profile that runs twice is not woven together without end: the second fork of a life is for a person', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, name);
    const [one, two] = [temporaryDirectory(), temporaryDirectory()];
    const first = syncSeat(name, one);
    write(first, 5, 0);
    cpSync(one, two, { recursive: true });
    const second = syncSeat(name, two);
    const pushes = [pushAndTakeBack(first, hub.url, key), pushAndTakeBack(second, hub.url, key)] as const;
    await pushes[0].until(isInStep);
    await pushes[1].until(isInStep);
    write(first, 1, 100);
    pushes[0].push.appended();
    await pushes[0].until((push) => push.acknowledgedSeq() === 36);
    write(second, 1, 200);
    pushes[1].push.appended();
    await pushes[1].until((push) => push.state().kind === 'forked');
    expect(pushes[1].push.state()).toMatchObject({ kind: 'forked' });
    expect(second.store.callRow('call-200')).not.toBe(null);
    expect(await atHub(hub, name)).toEqual(atSeat(first));
  });

  test('an entry the hub set aside as unknown comes back whole to a seat that knows it', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, name);
    const directory = temporaryDirectory();
    const seat = syncSeat(name, directory);
    write(seat, 3, 0);
    const rows = seat.entriesAfter(0, 100).map(({ position: _, body, ...row }) => ({ ...row, body: JSON.parse(body) }));
    const tooNew = rows.map((row) => (row.seq === 4 ? { ...row, more: 'x'.repeat(70_000) } : row));
    await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries: tooNew });
    const before = atSeat(seat);
    lose(directory, [4, 5]);
    const push = pushAndTakeBack(seat, hub.url, key);
    await push.until(isInStep);
    expect(atSeat(seat)).toEqual(before);
  });
});
