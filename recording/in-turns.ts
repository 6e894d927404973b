import { setImmediate } from 'node:timers/promises';

/** Work cut into steps: it yields wherever other work may come between, and returns its value at the end. */
export type Steps<Value> = Generator<undefined, Value, undefined>;

/** Does the work in one go: for a command that has nothing else to do. */
export function atOnce<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does the work with a turn for everything else between the steps: an hour of sound must not hold up an answer key. */
export async function inTurns<Value>(steps: Steps<Value>): Promise<Value> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
