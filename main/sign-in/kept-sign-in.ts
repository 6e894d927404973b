import { z } from 'zod';
import { loginName, offlineHours, offlineHoursDefault, type Person, person } from '../../core/hub-people-api.ts';
import { signInWay } from '../../core/sign-in-api.ts';
import { type ClockReading, countedTime, countFrom } from './counted-time.ts';

/** Under which name it is kept among the seat's secrets: encrypted, and saved from a damaged log with them. */
export const signInSecret = 'sign-in';

/** Somebody who has signed in at this seat with the hub. `confirmedMs` and `verifier` outlive the hub. */
const knownPerson = person.extend({
  /** What the PIN is held against while the hub is away; null when the hub has another PIN by now. */
  verifier: z.string().nullable(),
  /** When the hub last said that this person works here, in counted time. */
  confirmedMs: z.number(),
  /** Failed attempts with this name while the hub was away. */
  failures: z.number().int().nonnegative(),
});
export type KnownPerson = z.infer<typeof knownPerson>;

/** Everything a seat keeps about who signs in. */
export const keptSignIn = z.object({
  /** The hub that all of this is about. */
  hubId: z.string(),
  /** Whether anybody signs in at seats of this hub. */
  hasPeople: z.boolean(),
  offlineHours,
  people: z.array(knownPerson),
  time: countedTime,
  /** Failed attempts with names of nobody, while the hub was away. */
  otherFailures: z.number().int().nonnegative(),
  /** The last failed attempt, and until when none is looked at, in counted time. */
  failedMs: z.number(),
  blockedUntilMs: z.number(),
  signedIn: z.object({ personId: z.string(), how: signInWay, sinceAt: z.number() }).nullable(),
  lastLogin: z.string(),
});
export type KeptSignIn = z.infer<typeof keptSignIn>;

/** Of a hub that has not been asked yet. */
export function newKeptSignIn(hubId: string, reading: ClockReading): KeptSignIn {
  return {
    hubId,
    hasPeople: false,
    offlineHours: offlineHoursDefault,
    people: [],
    time: countFrom(reading),
    otherFailures: 0,
    failedMs: 0,
    blockedUntilMs: 0,
    signedIn: null,
    lastLogin: '',
  };
}

/** What was kept; null for nothing, and for a text that is none of ours: the hub is asked again. */
export function readKeptSignIn(text: string | null): KeptSignIn | null {
  if (text === null) return null;
  try {
    const read = keptSignIn.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** How many people a seat remembers: more than ever share one. Whoever was confirmed longest ago is forgotten first. */
const knownMax = 100;

const hourMs = 3_600_000;

/** Who is meant by what was typed; null for nobody known here. */
export function knownBy(kept: KeptSignIn, typed: string): KnownPerson | null {
  const login = loginName.safeParse(typed);
  return kept.people.find((known) => login.success && known.login === login.data) ?? null;
}

/** Who is signed in. */
export function signedInPerson(kept: KeptSignIn): KnownPerson | null {
  return kept.people.find(({ personId }) => personId === kept.signedIn?.personId) ?? null;
}

/** How long somebody may still sign in without the hub, in milliseconds; 0 and less: no more. */
export function remainingMs({ offlineHours: hours, time }: KeptSignIn, { confirmedMs }: KnownPerson): number {
  return confirmedMs + hours * hourMs - time.countedMs;
}

/** The hub let somebody in: this seat knows them from now on. */
export function withSignedInAtHub(
  kept: KeptSignIn,
  at: { person: Person; offlineHours: number; verifier: string },
): KeptSignIn {
  const { countedMs } = kept.time;
  const known: KnownPerson = { ...at.person, verifier: at.verifier, confirmedMs: countedMs, failures: 0 };
  // A name may have gone to somebody else since.
  const others = kept.people.filter(({ personId, login }) => personId !== known.personId && login !== known.login);
  const people = [known, ...others.toSorted((a, b) => b.confirmedMs - a.confirmedMs)].slice(0, knownMax);
  return { ...kept, hasPeople: true, offlineHours: at.offlineHours, people };
}

/** What the hub says of its people. `asked`: whom it was asked about; somebody who signed in since is left alone. */
export interface HubStanding {
  readonly hasPeople: boolean;
  readonly offlineHours: number;
  readonly people: readonly Person[];
}

/** The hub has spoken: who works here is confirmed now, whoever does not is forgotten, and a PIN that is another one opens nothing. */
export function withStanding(kept: KeptSignIn, asked: ReadonlySet<string>, standing: HubStanding): KeptSignIn {
  const told = new Map(standing.people.map((one) => [one.personId, one]));
  const people = kept.people.flatMap((known): KnownPerson[] => {
    const now = told.get(known.personId);
    if (now === undefined) return asked.has(known.personId) ? [] : [known];
    const isSamePin = now.secretVersion === known.secretVersion;
    return [{ ...known, ...now, verifier: isSamePin ? known.verifier : null, confirmedMs: kept.time.countedMs }];
  });
  return { ...kept, hasPeople: standing.hasPeople, offlineHours: standing.offlineHours, people };
}

/** How often a seat may fail without the hub before it waits, and how long the first wait is; each is twice the last. */
const failuresFree = 5;
const firstWaitMs = 60_000;
/** No wait is longer: in 72 hours fewer than a hundred of the ten thousand PINs of four digits can be tried. */
const waitMaxMs = hourMs;
/** One failure of each name is forgotten after each hour without one: the slips of three days must not add up. */
const fadeMs = hourMs;

/**
 * Takes one attempt without the hub before it is looked at, as a failure. All names count together, so that what is
 * answered says of no name whether it is known. A number: how long to wait instead, in milliseconds.
 */
export function withAttempt(before: KeptSignIn, known: KnownPerson | null): KeptSignIn | number {
  const { countedMs } = before.time;
  if (before.blockedUntilMs > countedMs) return before.blockedUntilMs - countedMs;
  const faded = Math.floor((countedMs - before.failedMs) / fadeMs);
  const left = (failures: number): number => Math.max(0, failures - faded);
  const people = before.people.map((one) => ({
    ...one,
    failures: left(one.failures) + (one.personId === known?.personId ? 1 : 0),
  }));
  const otherFailures = left(before.otherFailures) + (known === null ? 1 : 0);
  const failures = people.reduce((sum, one) => sum + one.failures, otherFailures);
  const over = failures - failuresFree;
  const waitMs = over < 0 ? 0 : Math.min(firstWaitMs * 2 ** over, waitMaxMs);
  return { ...before, people, otherFailures, failedMs: countedMs, blockedUntilMs: countedMs + waitMs };
}

/** The attempt was right: this person's failures are forgotten, other names' are not. */
export function withRightAttempt(kept: KeptSignIn, personId: string): KeptSignIn {
  const people = kept.people.map((one) => (one.personId === personId ? { ...one, failures: 0 } : one));
  return { ...kept, people, blockedUntilMs: 0 };
}

/** How long before the end somebody is told: a shift; of a short policy, its last quarter. */
const warnMs = 8 * hourMs;

/** How somebody stands with the policy, without the hub. */
export function standingOf(kept: KeptSignIn, known: KnownPerson): 'good' | 'running-out' | 'run-out' {
  const leftMs = remainingMs(kept, known);
  if (leftMs <= 0) return 'run-out';
  return leftMs <= Math.min(warnMs, (kept.offlineHours * hourMs) / 4) ? 'running-out' : 'good';
}
