import type { CallScene } from './call-scene.ts';

/**
 * One thing that goes wrong (facts/reliability.md section 5.3). `inject` does it, driven by a seed where chance plays a
 * part, and resolves when it is over; `check` rejects unless the promise held.
 */
export type Fault = {
  /** What is promised, in a sentence. */
  readonly promise: string;
  inject(scene: CallScene, seed: number): Promise<void>;
  check(scene: CallScene): Promise<void>;
};
