import type { Lamps } from '../../core/key.ts';
import { reassertEchoMs, settleMs, trailingHookMs } from './headset-timing.ts';
import type { Reading } from './report-decoder.ts';

/** What has to be remembered to tell a person's hand on the hook from the device's answer to our lamps. */
export type HookPlan = {
  /** The wish for off-hook, or its writing, last changed. */
  readonly changedAtMs: number;
  /** The off-hook lamp was last written, changed or not. */
  readonly rewrittenAtMs: number;
  /** The off-hook lamp was last written as lit, changed or not. */
  readonly liftedAtMs: number;
  /** How often a hook that fell by itself may still be lifted again: a device that insists must not be fought. */
  readonly restoresLeft: number;
  /** Someone took the line while nothing was going on. */
  readonly takenAtMs: number;
  /** That press has not yet been followed by the hook's return. */
  readonly isReturnDue: boolean;
};

/** `restore`: nobody pressed; write the state once more so that the device agrees. */
export type HookAction = 'ignore' | 'restore' | 'toggle' | 'off-hook' | 'on-hook';
type Decision = { readonly action: HookAction; readonly plan: HookPlan };

/** Decides what an edge of the hook switch means against the state we wish for (facts/hid.md section 5). */
export function hookAction(plan: HookPlan, lamps: Lamps, reading: Reading, nowMs: number): Decision {
  if (reading.control.isRelative) return relativeHook(plan, lamps, nowMs);
  if (reading.isSet) return hookLifted(plan, lamps, nowMs);
  return hookDropped(plan, lamps, nowMs);
}

function relativeHook(plan: HookPlan, lamps: Lamps, nowMs: number): Decision {
  // The press that answered may come a second time, and some answer our lamp with one. In a call a toggle would end it.
  const isEcho = lamps.isOffHook && !lamps.isRinging && nowMs - plan.changedAtMs < settleMs;
  return { action: isEcho ? 'ignore' : 'toggle', plan };
}

function hookLifted(plan: HookPlan, lamps: Lamps, nowMs: number): Decision {
  if (lamps.isOffHook) return { action: 'ignore', plan };
  // Our own off-hook, acknowledged after we took it back. A ringing call must be answered, so there the window is short.
  const sinceLifted = nowMs - plan.liftedAtMs;
  if (sinceLifted < (lamps.isRinging ? reassertEchoMs : settleMs)) return { action: 'ignore', plan };
  if (lamps.isRinging) return { action: 'off-hook', plan };
  return { action: 'off-hook', plan: { ...plan, takenAtMs: nowMs, isReturnDue: true } };
}

function hookDropped(plan: HookPlan, lamps: Lamps, nowMs: number): Decision {
  const returned = { ...plan, isReturnDue: false };
  if (!lamps.isOffHook) return { action: 'ignore', plan: returned };
  if (plan.isReturnDue && nowMs - plan.takenAtMs < trailingHookMs) return { action: 'restore', plan: returned };
  // Hold makes some Jabras drop the hook; a held call is never ended by it (gonnect pull request 52).
  if (lamps.isHeld) return restored(returned, plan.changedAtMs);
  const isSettling = nowMs - plan.changedAtMs < settleMs;
  if (isSettling) return restored(returned, nowMs);
  if (nowMs - plan.rewrittenAtMs < reassertEchoMs) return { action: 'ignore', plan: returned };
  return { action: 'on-hook', plan: returned };
}

function restored(plan: HookPlan, changedAtMs: number): Decision {
  if (plan.restoresLeft === 0) return { action: 'ignore', plan };
  // The window starts anew, once: the device may answer the repetition in the same way.
  return { action: 'restore', plan: { ...plan, changedAtMs, restoresLeft: plan.restoresLeft - 1 } };
}
