import type { SeatView } from '../../../core/console-api.ts';
import type { SignInView } from '../../../core/sign-in-api.ts';
import { emergencyScenes } from './emergency-scenes.ts';
import { joinedAt, minuteMs } from './fake-seat.ts';
import type { Scene } from './scenes.ts';

type Around = { readonly at: number; readonly idle: SeatView; readonly talking: SeatView };
type SignedIn = Extract<SignInView, { kind: 'signed-in' }>;

const hourMs = 60 * minuteMs;

/** Li Na, signed in at a hub that answers. */
export function signedInAs(at: number, change: Partial<SignedIn>): SignedIn {
  const person = { personId: 'a1', login: '8012', name: '李娜 Li Na', role: 'agent' } as const;
  return { kind: 'signed-in', person, how: 'hub', sinceAt: at, standing: 'good', untilAt: at + 72 * hourMs, ...change };
}

/** Seats whose hub has people: nobody signed in, with the hub and without; somebody whose time without it runs out. */
export function signInScenes({ at, idle, talking }: Around): Record<string, Scene> {
  const hub = joinedAt(at, {});
  const away = joinedAt(at, { state: 'away', sinceAt: at - 66 * hourMs, waiting: 214 });
  const nobody = (change: Partial<Extract<SignInView, { kind: 'signed-out' }>>): SeatView => ({
    ...idle,
    hub,
    agent: { choice: { kind: 'signed-out' }, activity: { kind: 'signed-out' }, sinceAt: at, cause: 'start' },
    signIn: { kind: 'signed-out', lastLogin: '', why: 'nobody-yet', isHubAway: false, ...change },
  });
  const somebody = (view: SeatView, change: Partial<SignedIn>): SeatView => ({
    ...view,
    hub: away,
    signIn: signedInAs(at - 3 * hourMs, { how: 'offline', ...change }),
  });
  return {
    ...emergencyScenes(at, nobody({ lastLogin: '8012', why: 'asked' })),
    'sign-in': { view: nobody({}) },
    'sign-in-away': { view: nobody({ lastLogin: '8012', why: 'asked', isHubAway: true }) },
    'sign-in-ended': { view: nobody({ lastLogin: '8012', why: 'ended' }) },
    'sign-in-running-out': { view: somebody(idle, { standing: 'running-out', untilAt: at + 6 * hourMs }) },
    'sign-in-run-out': { view: somebody(idle, { standing: 'run-out', untilAt: at - hourMs }) },
    'sign-in-ended-in-call': { view: somebody(talking, { standing: 'ended' }) },
    'sign-in-waits': {
      view: { ...talking, hub, signIn: { kind: 'signed-out', lastLogin: '', why: 'nobody-yet', isHubAway: false } },
    },
  };
}
