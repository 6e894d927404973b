import { expect, test } from 'vitest';
import { pushEntriesMax } from '../../../core/hub-api.ts';
import { newFolder, noon, seatKey, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { startBadProxy } from './bad-proxy.ts';
import { atHub, atSeat, isInStep, pushTo, syncSeat } from './sync-rig.ts';

/** A push that is larger than this would be stopped by many a proxy (nginx lets a megabyte through). */
const bytesMax = 700_000;

test('10,000 entries that waited go up in pages: no more is read or sent at once than one push takes', async () => {
  const hub = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  const note = 'x'.repeat(900);
  for (let call = 0; call < 1_250; call += 1) {
    const facts = callFacts(call).map((fact) => ({ fact, at: noon }));
    const coded = { kind: 'call-coded', body: { callId: `call-${call}`, code: 'x', note } } as const;
    seat.store.appendAll([...facts, { fact: coded, at: noon }, { fact: coded, at: noon }]);
  }
  expect(seat.store.journal.lastSeq()).toBe(10_000);
  const read: number[] = [];
  const proxy = await startBadProxy(hub.url, () => 'through');
  const { until } = pushTo(seat, proxy.url, await seatKey(hub, 'seat-1'), {
    entriesAfter: (seq, limit) => {
      const rows = seat.entriesAfter(seq, limit);
      read.push(rows.length);
      return rows;
    },
  });
  await until(isInStep);
  const sent = proxy.seen.filter(({ path }) => path === '/v1/journal').map(({ bytes }) => bytes);
  expect(Math.max(...read)).toBeLessThanOrEqual(pushEntriesMax);
  expect(Math.max(...sent)).toBeLessThan(bytesMax);
  expect(sent.length).toBeLessThan(40);
  expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
}, 60_000);

test('many facts of one moment go up in a few pushes, not in one each', async () => {
  const hub = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  const proxy = await startBadProxy(hub.url, () => 'through');
  const { push, until } = pushTo(seat, proxy.url, await seatKey(hub, 'seat-1'));
  await until(isInStep);
  for (let fact = 0; fact < 60; fact += 1) {
    seat.store.append({ kind: 'seat-stopped', body: {} }, noon);
    push.appended();
  }
  await until(() => push.acknowledgedSeq() === 60);
  expect(proxy.seen.filter(({ path }) => path === '/v1/journal').length).toBeLessThan(5);
});
