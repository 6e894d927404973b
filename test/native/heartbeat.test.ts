import { expect, it } from 'vitest';
import { beatEveryMs, firstBeatsMax, missedBeatsMax, watchHeartbeat } from '../../native/heartbeat.ts';
import { handClock } from './hand-clock.ts';

/** A side that answers as long as `answers` says so. */
function watched() {
  const clock = handClock();
  const side = { answers: true, asked: 0, silences: [] as string[], clock, stop: (): void => undefined };
  side.stop = watchHeartbeat({
    after: clock.after,
    ask: () => {
      side.asked += 1;
      return side.answers ? Promise.resolve() : new Promise(() => undefined);
    },
    onSilent: (detail) => side.silences.push(detail),
  });
  return side;
}

it('hears a side that answers for ever, one question at a time', async () => {
  const side = watched();
  await side.clock.pass(100 * beatEveryMs);
  expect([side.asked, side.silences]).toEqual([100, []]);
});

it('notices silence after a few beats, says so once and asks no more', async () => {
  const side = watched();
  await side.clock.pass(3 * beatEveryMs);
  side.answers = false;
  await side.clock.pass((missedBeatsMax + 1) * beatEveryMs);
  expect(side.silences).toEqual([]);
  await side.clock.pass(beatEveryMs);
  expect(side.silences).toEqual(['no answer for 3 heartbeats']);
  await side.clock.pass(100 * beatEveryMs);
  expect([side.asked, side.silences.length]).toEqual([4, 1]);
});

it('gives a process that starts more time', async () => {
  const side = watched();
  side.answers = false;
  await side.clock.pass(firstBeatsMax * beatEveryMs);
  expect(side.silences).toEqual([]);
  await side.clock.pass(2 * beatEveryMs);
  expect(side.silences).toHaveLength(1);
});

it('is stopped for good', async () => {
  const side = watched();
  side.answers = false;
  await side.clock.pass(beatEveryMs);
  side.stop();
  await side.clock.pass(100 * beatEveryMs);
  expect([side.asked, side.silences]).toEqual([1, []]);
});
