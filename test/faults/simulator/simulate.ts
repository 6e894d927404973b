import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenPromise, type PromiseName } from './broken-promise.ts';
import type { Mutation } from './mutation.ts';
import type { Plan } from './plan.ts';
import { World } from './world.ts';

/** What came of a run. `trace` is the same for the same plan, line by line; `traceHash` is over all of it. */
export type SimulationOutcome = {
  readonly broken: { readonly promise: PromiseName; readonly detail: string } | null;
  readonly trace: readonly string[];
  readonly traceHash: string;
  readonly figures: SimulationFigures;
};

export type SimulationFigures = {
  readonly steps: number;
  readonly entries: number;
  readonly requests: number;
  readonly deaths: number;
  readonly virtualMs: number;
};

/** Runs a plan to its end, or to the first promise that does not hold. `mutation`: with a mistake put into the program. */
export async function simulate(plan: Plan, mutation: Mutation | null = null): Promise<SimulationOutcome> {
  const folder = mkdtempSync(join(memoryFolder(), 'hookline-simulator-'));
  const trace: string[] = [];
  const world = new World({ plan, folder, mutation, tell: (line) => void trace.push(line) });
  let broken: SimulationOutcome['broken'] = null;
  try {
    await world.run();
  } catch (cause) {
    broken =
      cause instanceof BrokenPromise
        ? { promise: cause.promise, detail: cause.message }
        : {
            promise: 'nothing breaks',
            detail: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
          };
  } finally {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const traceHash = createHash('sha256').update(trace.join('\n')).digest('hex');
  return { broken, trace, traceHash, figures: world.figures() };
}

/** A disk in memory where there is one: what a sync costs is not the question here, only what was synced. */
function memoryFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
