import { oc } from '@orpc/contract';
import { z } from 'zod';
import { person, pinLengthMax } from './hub-people-api.ts';

/** The room of console-api about who sits here. Signing out is a choice of the agent's (`desk.ask`), as it always was. */

/** Who works at a seat, as its desk shows it. */
const signedInPerson = person.pick({ personId: true, login: true, name: true, role: true });

/** How somebody signed in: asked at the hub, or held against what the seat kept of the last time at the hub. */
export const signInWay = z.enum(['hub', 'offline']);
export type SignInWay = z.infer<typeof signInWay>;

/** Whether anybody has to sign in at a seat, and who has. Times are wall-clock milliseconds, for showing only. */
export const signInView = z.discriminatedUnion('kind', [
  /** The seat has no hub, or a hub without people: whoever opens it works. */
  z.object({ kind: z.literal('not-needed') }),
  z.object({
    kind: z.literal('signed-out'),
    /** What was typed to sign in last time; '' when nobody ever did. */
    lastLogin: z.string(),
    /** `ended`: the hub said that whoever was signed in works here no more. */
    why: z.enum(['nobody-yet', 'asked', 'ended']),
    /** Whether the hub answers just now: without it only those can sign in who did so here before. */
    isHubAway: z.boolean(),
  }),
  z.object({
    kind: z.literal('signed-in'),
    person: signedInPerson,
    how: signInWay,
    sinceAt: z.number(),
    /**
     * How long this person could sign in here without the hub. `running-out`: for some hours more; `run-out`: no more,
     * but whoever is signed in goes on. `ended`: the hub said that this person works here no more; what is begun is
     * finished, then it is over.
     */
    standing: z.enum(['good', 'running-out', 'run-out', 'ended']),
    untilAt: z.number(),
  }),
]);
export type SignInView = z.infer<typeof signInView>;

/** Why somebody could not sign in. */
export const signInRefusal = z.discriminatedUnion('why', [
  /** The hub says that name and PIN do not belong together. */
  z.object({ why: z.literal('wrong') }),
  /** The hub is away, and name and PIN are of nobody who signed in at this seat before. */
  z.object({ why: z.literal('not-known-here') }),
  /** Name and PIN are right, but the hub has been away for longer than it allows. */
  z.object({ why: z.literal('run-out'), offlineHours: z.number() }),
  /** Too many failed attempts. */
  z.object({ why: z.literal('wait'), waitMs: z.number() }),
  /** Somebody is signed in, or signing in just now. */
  z.object({ why: z.literal('busy') }),
]);
export type SignInRefusal = z.infer<typeof signInRefusal>;

/** What came of an attempt. */
export const signInOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signed-in') }),
  z.object({ kind: z.literal('refused'), refusal: signInRefusal }),
]);
export type SignInOutcome = z.infer<typeof signInOutcome>;

/**
 * The code of console-api's refusal while nobody is signed in: of everything but what signing in, the lights, the devices and
 * a call for help need. Not a failure: the page shows that somebody has to sign in, by itself.
 */
export const signInFirstCode = 'SIGN_IN_FIRST';

/** Whether an answer of console-api was that refusal. */
export function isSignInFirst(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === signInFirstCode;
}

/** Procedures of the room `signIn`. */
export const signInApi = {
  /** Nothing of the PIN is kept but a verifier that opens nothing else. */
  enter: oc
    .input(z.object({ login: z.string().trim().min(1).max(64), pin: z.string().min(1).max(pinLengthMax) }))
    .output(signInOutcome),
};
