import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RecordingPlace } from '../../../core/hub-view.ts';
import { RecordingPlaces } from '../../../renderer/calls/recording-places.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const placeOf = (recordingId: string, state: RecordingPlace['state'] = 'waiting'): RecordingPlace => ({
  recordingId,
  state,
  sentShare: 0,
});
/** Places over a seat that answers as it is told to, and the questions it was asked. */
function placesOver(answer: (ids: readonly string[]) => Promise<readonly RecordingPlace[]> | null) {
  const asked: (readonly string[])[] = [];
  const places = new RecordingPlaces((ids) => {
    asked.push(ids);
    return answer(ids);
  });
  return { asked, places };
}
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `r${index}`);
const gathered = () => vi.advanceTimersByTimeAsync(1_000);

test('rows that come together are asked for together, 200 a question, each once', async () => {
  const { asked, places } = placesOver(async (some) => some.map((id) => placeOf(id)));
  for (const id of ids(450)) places.watch(id, () => {});
  expect(places.get('r7')).toBe('asking');
  await gathered();
  expect(asked.map((question) => question.length)).toEqual([200, 200, 50]);
  expect([places.get('r0'), places.get('r449')]).toEqual([placeOf('r0'), placeOf('r449')]);
});

test('what nobody looks at any more is neither asked for nor kept', async () => {
  const { asked, places } = placesOver(async (some) => some.map((id) => placeOf(id)));
  const stop = places.watch('gone', () => {});
  stop();
  const leave = places.watch('left', () => {});
  places.watch('stays', () => {});
  await gathered();
  leave();
  places.refresh();
  await gathered();
  expect(asked).toEqual([['left', 'stays'], ['stays']]);
  expect(places.get('left')).toBe('asking');
});

test('two who look at one recording are both told; when one leaves the other is told on', async () => {
  let state: RecordingPlace['state'] = 'waiting';
  const { places } = placesOver(async (some) => some.map((id) => placeOf(id, state)));
  const told: string[] = [];
  const stop = places.watch('r', () => told.push('row'));
  places.watch('r', () => told.push('detail'));
  await gathered();
  stop();
  state = 'at-hub';
  places.refresh();
  await gathered();
  expect([told, places.get('r')]).toEqual([['row', 'detail', 'detail'], placeOf('r', 'at-hub')]);
});

test('a burst of changes is one question', async () => {
  const { asked, places } = placesOver(async (some) => some.map((id) => placeOf(id)));
  places.watch('r', () => {});
  await gathered();
  for (let times = 0; times < 1_000; times++) places.refresh();
  await gathered();
  expect(asked.length).toBe(2);
});

type Answer = () => Promise<readonly RecordingPlace[]> | null;
const failures: readonly (readonly [string, Answer])[] = [
  ['no seat process', () => null],
  ['a question that fails', () => Promise.reject(new Error('the socket was closed'))],
  ['an answer without this recording', async () => [placeOf('another')]],
];

test.each(failures)('%s: nothing is known at first, and later what was known stays', async (_, failing) => {
  let isFailing = true;
  const { places } = placesOver((some): Promise<readonly RecordingPlace[]> | null =>
    isFailing ? failing() : Promise.resolve(some.map((id) => placeOf(id))),
  );
  places.watch('r', () => {});
  await gathered();
  expect(places.get('r')).toBe(null);
  isFailing = false;
  places.refresh();
  await gathered();
  isFailing = true;
  places.refresh();
  await gathered();
  expect(places.get('r')).toEqual(placeOf('r'));
});
