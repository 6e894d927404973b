import { expect, test } from 'vitest';
import { mutations } from './mutations.ts';
import { planOf } from './plan.ts';
import { simulate } from './simulate.ts';

/** The seeds that run each time: a mistake that none of them notices would be merged. */
const seedsMax = 200;

test.each(mutations)(
  'is noticed: $name',
  async (mutation) => {
    for (let seed = 1; seed <= seedsMax; seed += 1) {
      const { broken } = await simulate(planOf(seed), mutation);
      if (broken === null) continue;
      // Not by the program falling over something else, but by a promise that is seen to be broken.
      expect(broken.promise, broken.detail).not.toBe('nothing breaks');
      return;
    }
    expect.fail(`${seedsMax} seeds did not notice it`);
  },
  120_000,
);
