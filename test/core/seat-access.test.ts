import { expect, test } from 'vitest';
import type { AgentActivity } from '../../core/agent.ts';
import { accessOf, type SeatAccess } from '../../core/seat-access.ts';
import type { SignInView } from '../../core/sign-in-api.ts';

const nobody: SignInView = { kind: 'signed-out', lastLogin: '', why: 'asked', isHubAway: false };
const somebody = (standing: Extract<SignInView, { kind: 'signed-in' }>['standing']): SignInView => ({
  kind: 'signed-in',
  person: { personId: 'p', login: '8012', name: 'Li Na', role: 'agent' },
  how: 'hub',
  sinceAt: 0,
  standing,
  untilAt: 0,
});
const signedOut: AgentActivity = { kind: 'signed-out' };
const rows: readonly (readonly [SignInView, AgentActivity, SeatAccess])[] = [
  [{ kind: 'not-needed' }, { kind: 'ready' }, 'open'],
  [{ kind: 'not-needed' }, signedOut, 'open'],
  [nobody, signedOut, 'locked'],
  [nobody, { kind: 'talking' }, 'finishing'],
  [nobody, { kind: 'after-call-work', callId: 'c' }, 'finishing'],
  [somebody('good'), { kind: 'ready' }, 'open'],
  [somebody('good'), signedOut, 'open'],
  [somebody('run-out'), { kind: 'talking' }, 'open'],
  [somebody('ended'), { kind: 'talking' }, 'finishing'],
];

test.each(rows)('%o and %o: %s', (signIn, activity, access) => {
  const agent = { choice: { kind: 'ready' }, activity, sinceAt: 0, cause: 'person' } as const;
  expect(accessOf({ signIn, agent })).toBe(access);
});
