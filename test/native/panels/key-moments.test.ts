import { expect, it } from 'vitest';
import { bounceMs, keyMoments, keyMomentsPerSecondMax } from '../../../native/panels/key-moments.ts';
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

it('each change is told once, in order; repeats and a release nobody pressed are not', async () => {
  const { clock, moments, told } = bench();
  moments.note('1', false);
  moments.note('1', true);
  moments.note('1', true);
  moments.note('2', true);
  await clock.pass(bounceMs);
  moments.note('1', false);
  expect(told).toEqual(['1 down', '2 down', '1 up']);
});

it('a contact that bounces is one press, told at once, and one release', async () => {
  const { clock, moments, told } = bench();
  const bounce = async (last: boolean): Promise<void> => {
    for (const isDown of [last, !last, last, !last, last]) {
      moments.note('mute', isDown);
      await clock.pass(1);
    }
  };
  await bounce(true);
  expect(told).toEqual(['mute down']);
  await clock.pass(300);
  await bounce(false);
  await clock.pass(300);
  expect(told).toEqual(['mute down', 'mute up']);
});

it('a tap shorter than a bounce is let go when the bounce is over; two keys do not wait for each other', async () => {
  const { clock, moments, told } = bench();
  moments.note('1', true);
  moments.note('1', false);
  await clock.pass(bounceMs / 2);
  moments.note('2', true);
  expect(told).toEqual(['1 down', '2 down']);
  await clock.pass(bounceMs / 2);
  expect(told).toEqual(['1 down', '2 down', '1 up']);
  moments.note('2', false);
  await clock.pass(bounceMs);
  expect(told.slice(3)).toEqual(['2 up']);
});

it('clicks of a wheel are no bounces', () => {
  const { moments, told } = bench();
  for (let click = 0; click < 3; click += 1) moments.click('knob-0-right');
  expect(told).toEqual(Array.from({ length: 3 }, () => ['knob-0-right down', 'knob-0-right up']).flat());
});

it('a contact that chatters is held back, and told as it stands when the second is over', async () => {
  const { clock, moments, told, floods } = bench();
  for (let at = 0; at < 41; at += 1) {
    moments.note('talk', at % 2 === 0);
    if (at < 40) await clock.pass(bounceMs);
  }
  expect([told.length, floods.length]).toEqual([keyMomentsPerSecondMax, 1]);
  expect(told.at(-1)).toBe('talk up');
  await clock.pass(1_000 - 40 * bounceMs);
  expect(told.slice(keyMomentsPerSecondMax)).toEqual(['talk down']);
  await clock.pass(bounceMs);
  moments.note('talk', false);
  expect(told.at(-1)).toBe('talk up');
});

it('four thousand changes at one moment are one press, and it is let go', async () => {
  const { clock, moments, told } = bench();
  for (let at = 0; at < 4_000; at += 1) moments.note('talk', at % 2 === 0);
  await clock.pass(10_000);
  expect(told).toEqual(['talk down', 'talk up']);
});

it('when the device goes, a key that was held is let go, and nothing comes later', async () => {
  const { clock, moments, told } = bench();
  moments.note('talk', true);
  moments.release();
  expect(told).toEqual(['talk down', 'talk up']);
  await clock.pass(10_000);
  expect(told.length).toBe(2);
});
