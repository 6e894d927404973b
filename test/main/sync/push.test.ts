import { expect, test } from 'vitest';
import { diceOf } from '../../faults/dice.ts';
import { noon, onBothDatabases, seatKey, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { type Fate, startBadProxy } from './bad-proxy.ts';

import { atHub, atSeat, isInStep, pushTo, type SyncSeat, syncSeat } from './sync-rig.ts';

function write(seat: SyncSeat, calls: number, from = 0): void {
  for (let call = from; call < from + calls; call += 1)
    seat.store.appendAll(callFacts(call).map((fact) => ({ fact, at: noon })));
}

const lastCall = 300;

onBothDatabases((newPlace) => {
  test('everything that is written arrives once and in order, and what comes later wakes the push', async () => {
    const hub = await startHub(await newPlace());
    const seat = syncSeat('seat-1');
    write(seat, lastCall);
    const { push, until } = pushTo(seat, hub.url, await seatKey(hub, 'seat-1'));
    await until(isInStep);
    expect(push.acknowledgedSeq()).toBe(1_800);
    expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
    write(seat, 1, lastCall);
    push.appended();
    await until(() => push.acknowledgedSeq() === 1_806);
    expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
    expect(seat.state.acknowledgedSeq()).toBe(1_806);
  });

  test.each([1, 2, 3])(
    'on a way that loses, cuts, doubles and refuses (seed %i), each entry arrives once',
    async (seed) => {
      const hub = await startHub(await newPlace());
      const seat = syncSeat('seat-1');
      write(seat, 100);
      const { pick } = diceOf(seed, 'push');
      const fates: readonly Fate[] = [
        'lost',
        'answer-lost',
        'answer-cut',
        'twice',
        { status: 429, retryAfter: '1' },
        { status: 503 },
        { status: 502 },
        { status: 500 },
        { status: 413 },
        { status: 401 },
        { status: 404 },
        'through',
        'through',
        'through',
      ];
      const proxy = await startBadProxy(hub.url, () => pick(fates));
      const { push, until } = pushTo(seat, proxy.url, await seatKey(hub, 'seat-1'));
      await until(isInStep);
      write(seat, 20, 100);
      push.appended();
      await until(() => push.acknowledgedSeq() === 720);
      expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
    },
  );

  test('an answer that was lost is not needed: the hub is asked how far it is, and what it set aside', async () => {
    const hub = await startHub(await newPlace());
    const seat = syncSeat('seat-1');
    // Longer than the hub keeps: it sets it aside and goes on.
    seat.store.append({ kind: 'call-coded', body: { callId: 'c', code: 'x', note: 'n' } }, noon);
    seat.store.append({ kind: 'call-held', body: { callId: '\0' } }, noon);
    write(seat, 2);
    let pushes = 0;
    const proxy = await startBadProxy(hub.url, ({ path }) => {
      if (path !== '/v1/journal') return 'through';
      pushes += 1;
      return pushes === 1 ? 'answer-lost' : 'through';
    });
    const { until } = pushTo(seat, proxy.url, await seatKey(hub, 'seat-1'));
    await until(isInStep);
    expect(seat.state.setAside(10)).toEqual([{ seq: 2, reason: 'bad-body', detail: 'body.callId: not plain text' }]);
    expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
  });

  test('a hub of an older copy is filled again by the seat itself; nothing of that is a fork', async () => {
    const older = await startHub(await newPlace());
    const seat = syncSeat('seat-1');
    write(seat, 10);
    const proxy = await startBadProxy(older.url, () => 'through');
    const key = await seatKey(older, 'seat-1');
    const first = pushTo(seat, proxy.url, key);
    await first.until(isInStep);
    await first.push.close();
    // The copy: a hub that has this seat with this key, and the first four calls of it.
    const copy = await startHub(await newPlace());
    await copyAccess(older, copy);
    const part = syncSeat('seat-1');
    for (const row of seat.entriesAfter(0, 24)) part.store.journal.refill([row]);
    const filling = pushTo(part, copy.url, key);
    await filling.until(isInStep);
    await filling.push.close();
    proxy.turnTo(copy.url);
    const second = pushTo(seat, proxy.url, key);
    await second.until(isInStep);
    expect(second.said.filter((line) => line.includes('set back'))).toHaveLength(2);
    expect(await atHub(copy, 'seat-1')).toEqual(atSeat(seat));
  });

  test('a hub that is set back under a running push is filled again', async () => {
    const hub = await startHub(await newPlace());
    const seat = syncSeat('seat-1');
    write(seat, 10);
    const { push, said, until } = pushTo(seat, hub.url, await seatKey(hub, 'seat-1'));
    await until(isInStep);
    const { tables } = hub.parts.database;
    await tables.deleteFrom('journal_entry').where('seq', '>', 7).execute();
    await tables.updateTable('seat').set({ last_seq: 7 }).execute();
    await tables.deleteFrom('call_row').execute();
    write(seat, 1, 10);
    push.appended();
    await until(() => push.acknowledgedSeq() === 66);
    expect(said).toContain('set back');
    expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
  });
});

/** Seats and keys of one hub in another, as a copy of its database has them. */
async function copyAccess(from: Awaited<ReturnType<typeof startHub>>, to: typeof from): Promise<void> {
  const seats = await from.parts.database.tables.selectFrom('seat').selectAll().execute();
  const keys = await from.parts.database.tables.selectFrom('access_key').selectAll().execute();
  const { tables } = to.parts.database;
  await tables
    .insertInto('seat')
    .values(seats.map((row) => ({ ...row, last_seq: 0 })))
    .execute();
  await tables.insertInto('access_key').values(keys).execute();
}
