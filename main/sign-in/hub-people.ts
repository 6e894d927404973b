import { z } from 'zod';
import type { Person } from '../../core/hub-people-api.ts';
import { type HubFault, readHubFault } from '../sync/hub-fault.ts';
import type { SyncTiming } from '../sync/sync-timing.ts';
import type { HubStanding } from './kept-sign-in.ts';

/** What the hub says to somebody who signs in. `away`: it does not answer, or not in time. */
export type HubSignIn =
  | { readonly kind: 'signed-in'; readonly person: Person; readonly offlineHours: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'away' };

/** What of the way to a hub (`HubLink`) sign-in needs. */
export interface PeopleLink {
  readonly client: {
    readonly people: {
      signIn(
        typed: { readonly login: string; readonly pin: string },
        options: { readonly signal: AbortSignal },
      ): Promise<{ readonly person: Person; readonly offlineHours: number }>;
      standing(
        asked: { readonly personIds: string[] },
        options: { readonly signal: AbortSignal },
      ): Promise<HubStanding>;
    };
  };
}

/** How long somebody waits when the hub refuses without saying how long. */
const waitUnsaidMs = 60_000;

/** Asks the hub, `deadlineMs` at most. */
export async function signInAtHub(
  { client }: PeopleLink,
  typed: { readonly login: string; readonly pin: string },
  { wait }: Pick<SyncTiming, 'wait'>,
  deadlineMs: number,
): Promise<HubSignIn> {
  const late = new AbortController();
  const answered = new AbortController();
  void wait(deadlineMs, answered.signal).then(() => late.abort());
  try {
    return { kind: 'signed-in', ...(await client.people.signIn(typed, { signal: late.signal })) };
  } catch (cause) {
    return late.signal.aborted ? { kind: 'away' } : refused(readHubFault(cause));
  } finally {
    answered.abort();
  }
}

/** Asks who of these still works here; null when the hub does not say. */
export async function standingAtHub(
  { client }: PeopleLink,
  personIds: readonly string[],
  signal: AbortSignal,
): Promise<HubStanding | null> {
  try {
    return await client.people.standing({ personIds: [...personIds] }, { signal });
  } catch (cause) {
    if (!signal.aborted) readHubFault(cause);
    return null;
  }
}

function refused(fault: HubFault): HubSignIn {
  if (fault.kind !== 'answer') return { kind: 'away' };
  if (fault.code === 'WRONG') return { kind: 'wrong' };
  const wait = z.object({ waitMs: z.number() }).safeParse(fault.data);
  if (fault.code === 'WAIT') return { kind: 'wait', waitMs: wait.success ? wait.data.waitMs : waitUnsaidMs };
  return { kind: 'away' };
}
