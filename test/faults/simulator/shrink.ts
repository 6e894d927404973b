import type { PromiseName } from './broken-promise.ts';
import type { Mutation } from './mutation.ts';
import type { Happening, Plan } from './plan.ts';
import { type SimulationOutcome, simulate } from './simulate.ts';

/** A history is tried again this often at most: each run takes a fraction of a second, and somebody waits. */
const runsMax = 150;

/** A plan that still breaks the same promise, with as little happening as was found, and what came of it. */
export type Shrunken = { readonly plan: Plan; readonly outcome: SimulationOutcome };

/** Leaves things out, halves first and single ones last, for as long as the same promise breaks (delta debugging). */
export async function shrink(plan: Plan, broken: PromiseName, mutation: Mutation | null = null): Promise<Shrunken> {
  let found: Shrunken = { plan, outcome: await simulate(plan, mutation) };
  let runs = 1;
  for (let size = Math.ceil(plan.happenings.length / 2); size >= 1; ) {
    let isShorter = false;
    for (let from = 0; from < found.plan.happenings.length && runs < runsMax; ) {
      const less = { ...found.plan, happenings: without(found.plan.happenings, from, size) };
      const outcome = await simulate(less, mutation);
      runs += 1;
      if (outcome.broken?.promise === broken) {
        found = { plan: less, outcome };
        isShorter = true;
      } else from += size;
    }
    if (runs >= runsMax) break;
    if (size > 1) size = Math.ceil(size / 2);
    else if (!isShorter) break;
  }
  return found;
}

function without(happenings: readonly Happening[], from: number, count: number): readonly Happening[] {
  return [...happenings.slice(0, from), ...happenings.slice(from + count)];
}

/** What a person needs to find the mistake: the seed, the promise, the shortest history, the last of the trace. */
export function story({ plan, outcome }: Shrunken): string {
  return [
    `seed ${plan.seed}: ${outcome.broken?.detail ?? 'nothing is broken'}`,
    `It happens again with HOOKLINE_SIMULATOR_FIRST_SEED=${plan.seed} HOOKLINE_SIMULATOR_SEEDS=1.`,
    `The shortest history found (${plan.happenings.length} things, heals at ${plan.healsAtMs} ms, seats ${plan.seats}):`,
    ...plan.happenings.map((happening) => `  ${JSON.stringify(happening)}`),
    'The last of its trace:',
    ...outcome.trace.slice(-40).map((line) => `  ${line}`),
  ].join('\n');
}
