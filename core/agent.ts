import { z } from 'zod';

/** Why an agent takes no calls; domain.md has the words. */
export const notReadyReason = z.enum(['rest', 'lunch', 'training', 'meeting', 'study', 'other']);

/** Who or what brought the state about. */
export const stateCause = z.enum(['person', 'switch', 'network', 'device', 'call', 'start']);
export type StateCause = z.infer<typeof stateCause>;

/** What an agent chose, apart from calls: the state they go back to. */
export const agentChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signed-out') }),
  z.object({ kind: z.literal('not-ready'), reason: notReadyReason }),
  z.object({ kind: z.literal('ready') }),
]);
export type AgentChoice = z.infer<typeof agentChoice>;

/** What an agent is doing: the choice, unless a call or its after-call work says otherwise. */
export const agentActivity = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signed-out') }),
  z.object({ kind: z.literal('not-ready'), reason: notReadyReason }),
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('ringing') }),
  z.object({ kind: z.literal('talking') }),
  z.object({ kind: z.literal('holding') }),
  z.object({ kind: z.literal('after-call-work'), callId: z.string() }),
]);
export type AgentActivity = z.infer<typeof agentActivity>;

/** One agent's present state. `sinceAt` is wall-clock milliseconds. */
export const agent = z.object({
  choice: agentChoice,
  activity: agentActivity,
  sinceAt: z.number(),
  cause: stateCause,
});
export type Agent = z.infer<typeof agent>;

/** An agent at the start of the console: ready, because a seat that is open is there to take calls. */
export function agentAtStart(at: number): Agent {
  return { choice: { kind: 'ready' }, activity: { kind: 'ready' }, sinceAt: at, cause: 'start' };
}

/** The same agent doing something else; unchanged (same object) when the activity is the same, so timers run on. */
export function withActivity(before: Agent, activity: AgentActivity, at: number, cause: StateCause): Agent {
  if (sameActivity(before.activity, activity)) return before;
  return { ...before, activity, sinceAt: at, cause };
}

function sameActivity(a: AgentActivity, b: AgentActivity): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'not-ready' && b.kind === 'not-ready') return a.reason === b.reason;
  if (a.kind === 'after-call-work' && b.kind === 'after-call-work') return a.callId === b.callId;
  return true;
}
