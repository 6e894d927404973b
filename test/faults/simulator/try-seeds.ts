import { planOf } from './plan.ts';
import { shrink, story } from './shrink.ts';
import { type SimulationFigures, simulate } from './simulate.ts';

/** Which seeds: 200 here, ten thousand each night. */
export const seeds = Number(process.env.HOOKLINE_SIMULATOR_SEEDS ?? 200);
export const firstSeed = Number(process.env.HOOKLINE_SIMULATOR_FIRST_SEED ?? 1);
/** Of one seed, in milliseconds, on a machine that does much else; a usual one takes a third of a second. */
const seedMsMax = 5_000;
/** How long a share of the seeds may take: so that a machine's cores each have one. */
export const triesMsMax = Math.max(60_000, seeds * seedMsMax);

/**
 * Tries every `of`th seed, from the `nth` on. Throws the seed, the promise that it broke and the shortest history that
 * breaks it; else tells how much happened.
 */
export async function trySeeds(nth: number, of: number): Promise<SimulationFigures & { readonly seeds: number }> {
  const total = { seeds: 0, steps: 0, entries: 0, requests: 0, deaths: 0, virtualMs: 0 };
  for (let seed = firstSeed + nth; seed < firstSeed + seeds; seed += of) {
    const plan = planOf(seed);
    const { broken, figures } = await simulate(plan);
    if (broken !== null) throw new Error(story(await shrink(plan, broken.promise)));
    total.seeds += 1;
    for (const name of ['steps', 'entries', 'requests', 'deaths', 'virtualMs'] as const) total[name] += figures[name];
  }
  return total;
}
