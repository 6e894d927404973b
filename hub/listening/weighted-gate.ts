/** Lets work in as long as its weight fits; the others wait in the order they came. */
export interface WeightedGate {
  /** Null: too many wait already. Work heavier than everything is let in alone. Rejects as the work does. */
  readonly enter: <Value>(weight: number, work: () => Promise<Value>) => Promise<Value> | null;
}

/** A gate for so much weight at once, before which so many may wait. */
export function weightedGate(weightMax: number, waitingMax: number): WeightedGate {
  let inside = 0;
  const waiting: { readonly weight: number; readonly go: () => void }[] = [];
  const letIn = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (inside > 0 && inside + next.weight > weightMax) return;
      inside += next.weight;
      waiting.shift();
      next.go();
    }
  };
  return {
    enter: (weight, work) => {
      if (waiting.length >= waitingMax) return null;
      const isIn = new Promise<void>((resolve) => {
        waiting.push({ weight, go: resolve });
      });
      letIn();
      return isIn.then(work).finally(() => {
        inside -= weight;
        letIn();
      });
    },
  };
}
