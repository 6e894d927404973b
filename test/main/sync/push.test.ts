import { expect, test } from 'vitest';
import { noon, onBothDatabases, seatKey, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { atHub, atSeat, isInStep, pushTo, type SyncSeat, syncSeat } from './sync-rig.ts';

function write(seat: SyncSeat, calls: number, from = 0): void {
  for (let call = from; call < from + calls; call += 1)
    seat.store.appendAll(callFacts(call).map((fact) => ({ fact, at: noon })));
}

onBothDatabases((newPlace) => {
  test('everything that is written arrives once and in order, and what comes later wakes the push', async () => {
    const hub = await startHub(await newPlace());
    const seat = syncSeat('seat-1');
    write(seat, 300);
    const { push, until } = pushTo(seat, hub.url, await seatKey(hub, 'seat-1'));
    await until(isInStep);
    expect(push.acknowledgedSeq()).toBe(1_800);
    expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
    write(seat, 1, 300);
    push.appended();
    await until(() => push.acknowledgedSeq() === 1_806);
    expect(await atHub(hub, 'seat-1')).toEqual(atSeat(seat));
    expect(seat.state.acknowledgedSeq()).toBe(1_806);
  });
});
