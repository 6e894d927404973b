import { expect, test } from 'vitest';
import { planOf } from './plan.ts';
import { shrink, story } from './shrink.ts';
import { simulate } from './simulate.ts';

/** A few hundred here, ten thousand each night: HOOKLINE_SIMULATOR_SEEDS, counted from HOOKLINE_SIMULATOR_FIRST_SEED. */
const seeds = Number(process.env.HOOKLINE_SIMULATOR_SEEDS ?? 200);
const firstSeed = Number(process.env.HOOKLINE_SIMULATOR_FIRST_SEED ?? 1);
/** Of one seed, in milliseconds, on a machine that does much else. */
const seedMsMax = 5_000;

test('the same seed moves everything the same way, to the last word of the trace; another seed does not', async () => {
  const hashes = [];
  for (const seed of [7, 7, 8]) hashes.push((await simulate(planOf(seed))).traceHash);
  expect([hashes[0] === hashes[1], hashes[0] === hashes[2]]).toEqual([true, false]);
}, 60_000);

test(
  `every promise holds after every step, with ${seeds} seeds from ${firstSeed}`,
  async () => {
    const total = { steps: 0, entries: 0, requests: 0, deaths: 0, virtualMs: 0 };
    for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
      const plan = planOf(seed);
      const { broken, figures } = await simulate(plan);
      if (broken !== null) throw new Error(story(await shrink(plan, broken.promise)));
      for (const name of ['steps', 'entries', 'requests', 'deaths', 'virtualMs'] as const) total[name] += figures[name];
    }
    // A simulator in which nothing happens any more finds nothing.
    expect(total.deaths).toBeGreaterThan(seeds);
    expect(total.entries).toBeGreaterThan(seeds * 5);
    console.log(`${seeds} seeds: ${JSON.stringify(total)}`);
  },
  Math.max(60_000, seeds * seedMsMax),
);
