import type { Lamps } from '../../core/key.ts';
import { reassertEchoMs, settleMs, sideKeyMs, trailingHookMs } from './headset-timing.ts';
import type { Reading } from './report-decoder.ts';
import { isMomentary } from './telephony.ts';

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
  /** Mute, flash or reject was last pressed. */
  readonly sideKeyAtMs: number;
};

/** `restore`: nobody pressed; write the state once more so that the device agrees. */
export type HookAction = 'ignore' | 'restore' | 'toggle' | 'off-hook' | 'on-hook';
/** `isContested`: the hook moved as no hand moves it; another program writes to the device too. */
type Decision = { readonly action: HookAction; readonly plan: HookPlan; readonly isContested: boolean };
const decided = (action: HookAction, plan: HookPlan): Decision => ({ action, plan, isContested: false });

/** Decides what an edge of the hook switch means against the state we wish for (facts/hid.md section 5). */
export function hookAction(plan: HookPlan, lamps: Lamps, reading: Reading, nowMs: number): Decision {
  if (isMomentary(reading.control)) return relativeHook(plan, lamps, nowMs);
  if (reading.isSet) return hookLifted(plan, lamps, nowMs);
  return hookDropped(plan, lamps, nowMs);
}

function relativeHook(plan: HookPlan, lamps: Lamps, nowMs: number): Decision {
  // The press that answered may come a second time, and some answer our lamp with one. In a call a toggle would end it.
  const isQuiet = lamps.isOffHook && !lamps.isRinging;
  if (isQuiet && nowMs - plan.changedAtMs < settleMs) return decided('ignore', plan);
  if (isQuiet && nowMs - plan.sideKeyAtMs < sideKeyMs) return { action: 'restore', plan, isContested: true };
  return decided('toggle', plan);
}

function hookLifted(plan: HookPlan, lamps: Lamps, nowMs: number): Decision {
  if (lamps.isOffHook) return decided('ignore', plan);
  // Our own off-hook, acknowledged after we took it back. A ringing call must be answered, so there the window is short.
  const sinceLifted = nowMs - plan.liftedAtMs;
  if (sinceLifted < (lamps.isRinging ? reassertEchoMs : settleMs)) return decided('ignore', plan);
  if (lamps.isRinging) return decided('off-hook', plan);
  return decided('off-hook', { ...plan, takenAtMs: nowMs, isReturnDue: true });
}

function hookDropped(plan: HookPlan, lamps: Lamps, nowMs: number): Decision {
  const returned = { ...plan, isReturnDue: false };
  if (!lamps.isOffHook) return decided('ignore', returned);
  if (plan.isReturnDue && nowMs - plan.takenAtMs < trailingHookMs) return decided('restore', returned);
  // Hold makes some Jabras drop the hook; a held call is never ended by it (gonnect pull request 52).
  if (lamps.isHeld) return restored(returned, plan.changedAtMs);
  const isSettling = nowMs - plan.changedAtMs < settleMs;
  if (isSettling) return restored(returned, nowMs);
  // Mute must not end the call: somebody else answered that key by writing idle.
  if (nowMs - plan.sideKeyAtMs < sideKeyMs) return { ...restored(returned, plan.changedAtMs), isContested: true };
  if (nowMs - plan.rewrittenAtMs < reassertEchoMs) return decided('ignore', returned);
  return decided('on-hook', returned);
}

function restored(plan: HookPlan, changedAtMs: number): Decision {
  if (plan.restoresLeft === 0) return decided('ignore', plan);
  // The window starts anew, once: the device may answer the repetition in the same way.
  return decided('restore', { ...plan, changedAtMs, restoresLeft: plan.restoresLeft - 1 });
}
