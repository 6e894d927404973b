import { expect, it } from 'vitest';
import { keyMoments, keyMomentsPerSecondMax } from '../../../native/panels/key-moments.ts';
import { handClock } from '../hand-clock.ts';

function bench() {
  const clock = handClock();
  const told: string[] = [];
  const floods: string[] = [];
  const moments = keyMoments(
    clock,
    (keyId, isDown) => told.push(`${keyId} ${isDown ? 'down' : 'up'}`),
    (detail) => floods.push(detail),
  );
  return { clock, told, floods, moments };
}

it('each change is told once, in order; repeats and a release nobody pressed are not', () => {
  const { moments, told } = bench();
  moments.note('1', false);
  moments.note('1', true);
  moments.note('1', true);
  moments.note('2', true);
  moments.note('1', false);
  expect(told).toEqual(['1 down', '2 down', '1 up']);
});

it('a contact that chatters is held back, and told as it stands when the second is over', async () => {
  const { clock, moments, told, floods } = bench();
  for (let at = 0; at < 4_001; at += 1) moments.note('talk', at % 2 === 0);
  expect([told.length, floods.length]).toEqual([keyMomentsPerSecondMax, 1]);
  expect(told.at(-1)).toBe('talk up');
  await clock.pass(1_000);
  expect(told.slice(keyMomentsPerSecondMax)).toEqual(['talk down']);
  moments.note('talk', false);
  expect(told.at(-1)).toBe('talk up');
});

it('when the device goes, a key that was held is let go, and nothing comes later', async () => {
  const { clock, moments, told } = bench();
  moments.note('talk', true);
  moments.release();
  expect(told).toEqual(['talk down', 'talk up']);
  await clock.pass(10_000);
  expect(told.length).toBe(2);
});
