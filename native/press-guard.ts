import type { KeyPress } from '../core/key.ts';

/** Two hands play some 15 notes a second; a wheel that counts as keys turns faster. */
export const pressesPerSecondMax = 50;
/** Hook, reject and drop move a call: no person moves them so often in a second, and each of these may end a call. */
export const callPressesPerSecondMax = 12;
const windowMs = 1_000;

const callKeys: ReadonlySet<string> = new Set(['hook', 'reject', 'drop']);

/** Whether a press is one a person can have made, so soon after the others of its device. Constant work and memory. */
export function pressGuard(): (press: KeyPress, nowMs: number) => boolean {
  let fromMs = Number.NEGATIVE_INFINITY;
  let presses = 0;
  let callPresses = 0;
  return (press, nowMs) => {
    if (nowMs - fromMs >= windowMs) {
      fromMs = nowMs;
      presses = 0;
      callPresses = 0;
    }
    presses += 1;
    if (callKeys.has(press.key)) callPresses += 1;
    return presses <= pressesPerSecondMax && callPresses <= callPressesPerSecondMax;
  };
}
