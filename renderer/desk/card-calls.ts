import type { AgentActivity } from '../../core/agent.ts';
import type { Call } from '../../core/call.ts';

/** The call the big key is about, and those stacked under it, oldest first. */
export type CardCalls = { readonly first: Call | null; readonly others: readonly Call[] };

/**
 * Which call stands on top of the card: the one that is up; else the one that rings, oldest first; else the one on hold.
 */
export function cardCalls(calls: readonly Call[]): CardCalls {
  const live = calls.filter((call) => call.state.kind !== 'ended');
  const first = live.find(isUpNow) ?? live.find((call) => call.state.kind === 'ringing') ?? live[0] ?? null;
  return { first, others: live.filter((call) => call !== first) };
}

function isUpNow(call: Call): boolean {
  return call.state.kind === 'talking' || call.state.kind === 'connecting' || call.state.kind === 'dialling';
}

/** What the hook means now: the same for the big key, F8 and the slim bar. */
export type HookMeaning =
  | { readonly kind: 'answer'; readonly callId: string }
  | { readonly kind: 'hang-up'; readonly callId: string }
  | { readonly kind: 'dial'; readonly number: string };

export function hookMeaning(first: Call | null, typedNumber: string): HookMeaning {
  if (first === null) return { kind: 'dial', number: typedNumber };
  if (first.state.kind === 'ringing') return { kind: 'answer', callId: first.callId };
  return { kind: 'hang-up', callId: first.callId };
}

/**
 * How long after the hook changed from answer to hang up, or back, a press is ignored: it was meant for what stood there
 * before (a double click on Answer must not hang up; a hang-up as the caller goes must not answer the next one).
 */
export const hookGuardMs = 400;

/** Whether a press counts. `changedAt` is when the meaning began, null if there was no call before it. Same clock as `now`. */
export function mayPressHook(changedAt: number | null, now: number): boolean {
  return changedAt === null || now - changedAt >= hookGuardMs;
}

/** The name of an activity's colour in the style sheets. */
export type Tone = 'green' | 'amber' | 'red' | 'violet' | 'grey';

export function activityTone(activity: AgentActivity['kind']): Tone {
  switch (activity) {
    case 'ready':
    case 'talking':
      return 'green';
    case 'ringing':
    case 'holding':
      return 'amber';
    case 'after-call-work':
      return 'violet';
    case 'not-ready':
    case 'signed-out':
      return 'grey';
  }
}
