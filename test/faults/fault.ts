import { type Dice, diceOf } from './dice.ts';

/** Where a fault happens. What is in its folders is kept when the promise did not hold. */
export type Scene = {
  /** What somebody would look into afterwards. */
  readonly folders: readonly string[];
  /** Ends what runs; removes the folders unless they are to be kept. Safe after a fault that broke everything. */
  close(options: { readonly keep: boolean }): Promise<void>;
};

/** Brings a scene to where its fault begins; closes it, keeping what is there, when it does not get there. */
export async function brought<S extends Scene, T>(scene: S, work: (scene: S) => Promise<T>): Promise<T> {
  try {
    return await work(scene);
  } catch (error) {
    await scene.close({ keep: true });
    throw error;
  }
}

/** Why a fault cannot be had on this machine, in words; null when it can. */
export type Lack = string | null;

/**
 * One thing that goes wrong (facts/reliability.md section 5.3), as its author writes it. `arrange` makes a scene that
 * works; `inject` does the harm, by dice where chance plays a part, and resolves when the harm is over; `check` rejects
 * unless the promise held, and gives figures to be printed, or ''.
 */
export type FaultPlan<S extends Scene> = {
  /** What is promised, in a sentence. */
  readonly promise: string;
  /** How long all of it may take. */
  readonly secondsMax?: number;
  /** What it needs of the machine beside Node. */
  readonly lacks?: () => Lack;
  arrange(dice: Dice): Promise<S>;
  inject(scene: S, dice: Dice): Promise<void>;
  check(scene: S): Promise<string>;
};

/** What came of a fault. */
export type Verdict =
  | { readonly kind: 'holds'; readonly figures: string; readonly seconds: number }
  | { readonly kind: 'broken'; readonly why: string; readonly kept: readonly string[]; readonly seconds: number }
  /** This machine cannot make it. */
  | { readonly kind: 'not-here'; readonly why: string };

/** A fault, ready to be run by anybody. */
export type Fault = {
  readonly promise: string;
  readonly secondsMax: number;
  /** Arranges, injects, checks and cleans up. Never rejects. */
  run(name: string, seed: number): Promise<Verdict>;
};

/** How long a fault may take unless it says otherwise: half of it on a machine that does nothing else. */
const secondsMaxUsual = 120;

/** `HOOKLINE_FAULT_PATIENCE=4`: four times as long, on a machine that does much else. */
const patience = Number(process.env.HOOKLINE_FAULT_PATIENCE ?? 1);

/** Makes a fault of its plan. */
export function fault<S extends Scene>(plan: FaultPlan<S>): Fault {
  const secondsMax = (plan.secondsMax ?? secondsMaxUsual) * patience;
  return {
    promise: plan.promise,
    secondsMax,
    run: async (name, seed) => {
      const lack = plan.lacks?.() ?? null;
      if (lack !== null) return { kind: 'not-here', why: lack };
      const begun = performance.now();
      const seconds = (): number => Math.round((performance.now() - begun) / 100) / 10;
      let scene: S | null = null;
      try {
        const figures = await withinSeconds(secondsMax, async () => {
          const dice = diceOf(seed, name);
          scene = await plan.arrange(dice);
          await plan.inject(scene, dice);
          return plan.check(scene);
        });
        await closed(scene, false);
        return { kind: 'holds', figures, seconds: seconds() };
      } catch (error) {
        const kept = foldersOf(scene);
        const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
        const after = await closed(scene, true).then(
          () => '',
          (late: unknown) => `\nand closing it: ${String(late)}`,
        );
        return { kind: 'broken', why: `${why}${after}`, kept, seconds: seconds() };
      }
    },
  };
}

// TypeScript does not see that `scene` is set inside the closure.
function foldersOf(scene: Scene | null): readonly string[] {
  return scene?.folders ?? [];
}

async function closed(scene: Scene | null, keep: boolean): Promise<void> {
  await scene?.close({ keep });
}

async function withinSeconds<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not over after ${seconds} s`)), seconds * 1000);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
  }
}
