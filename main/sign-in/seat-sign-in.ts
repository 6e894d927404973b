import type { AgentActivity, StateCause } from '../../core/agent.ts';
import type { HubView } from '../../core/hub-view.ts';
import type { JournalFact } from '../../core/journal.ts';
import type { SignInOutcome, SignInRefusal, SignInView, SignInWay } from '../../core/sign-in-api.ts';
import type { Log, SeatStore } from '../seat-ports.ts';
import { enrolmentSecret, readKeptEnrolment } from '../sync/kept-enrolment.ts';
import { type SyncTiming, WakefulWait } from '../sync/sync-timing.ts';
import { type ClockReading, countOn, isSameBoot } from './counted-time.ts';
import { type PeopleLink, signInAtHub, standingAtHub } from './hub-people.ts';
import {
  type KeptSignIn,
  type KnownPerson,
  knownBy,
  newKeptSignIn,
  readKeptSignIn,
  remainingMs,
  signedInPerson,
  signInSecret,
  standingOf,
  withAttempt,
  withRightAttempt,
  withSignedInAtHub,
  withStanding,
} from './kept-sign-in.ts';
import { isPinOf, makeVerifier } from './pin-verifier.ts';

/** Who sits at a seat: whether anybody has to sign in, who has, and what the hub says of it. */
export interface SeatSignIn {
  /** Begins: a seat process that was restarted goes on with whoever was signed in; else nobody is. */
  attach(seat: SeatSide): void;
  view(): SignInView;
  /** Name and PIN. At the hub while it answers; else held against what this seat kept of the last time there. */
  enter(typed: { readonly login: string; readonly pin: string }): Promise<SignInOutcome>;
  /** What the agent does now: whoever chose to be signed out, and has nothing left to do, is. */
  agentIs(activity: AgentActivity): void;
  /** How the seat stands with its hub: one that is back, or another one, is asked at once. */
  hubIs(view: HubView): void;
  /** Nobody is signed in who should be: the seat takes no calls and makes none. */
  isLocked(): boolean;
  /** The seat stops. Whoever has no call is signed out; a call that outlives the seat process keeps its person. */
  close(hasCalls: boolean): Promise<void>;
}

/** What sign-in does to the seat. */
export interface SeatSide {
  write(fact: JournalFact): void;
  /** Locked: no call is taken or made from now on; those there are go on. */
  lock(isLocked: boolean, cause: StateCause): void;
  changed(): void;
}

export interface SeatSignInOptions {
  readonly store: Pick<SeatStore, 'secret' | 'setSecret'>;
  /** The way to the hub; null while there is none. */
  readonly link: () => PeopleLink | null;
  readonly timing: SyncTiming;
  readonly reading: () => ClockReading;
  readonly log: Log;
}

/** How often the hub is asked who works here, in milliseconds: so soon somebody who was ended is told. */
export const lookMs = 30_000;
/** How long somebody whom this seat knows waits for the hub before the seat answers by itself, in milliseconds. */
export const knownDeadlineMs = 2_000;
/** How long others do, whom only the hub knows. */
export const unknownDeadlineMs = 10_000;
/** How long a seat process may be gone and still go on with whoever was signed in: a crash, not a night. */
const restartMaxMs = 10 * 60_000;

/** Of a seat that works as it is: nobody signs in. */
export const noSeatSignIn: SeatSignIn = {
  attach: () => undefined,
  view: () => ({ kind: 'not-needed' }),
  enter: () => Promise.resolve({ kind: 'refused', refusal: { why: 'busy' } }),
  agentIs: () => undefined,
  hubIs: () => undefined,
  isLocked: () => false,
  close: () => Promise.resolve(),
};

/** Sign-in of a seat; `attach` begins it. */
export function seatSignIn(options: SeatSignInOptions): SeatSignIn {
  return new RunningSignIn(options);
}

class RunningSignIn implements SeatSignIn {
  readonly #options: SeatSignInOptions;
  readonly #closing = new AbortController();
  readonly #wait: WakefulWait;
  #seat: SeatSide | null = null;
  #kept: KeptSignIn;
  #isEntering = false;
  #isHubAway = false;
  /** The hub said that whoever is signed in works here no more. */
  #isEnded = false;
  #why: Extract<SignInView, { kind: 'signed-out' }>['why'] = 'nobody-yet';
  #toldOfHub = '';
  #looking: Promise<void> = Promise.resolve();

  constructor(options: SeatSignInOptions) {
    this.#options = options;
    this.#wait = new WakefulWait(options.timing, this.#closing.signal);
    const kept = readKeptSignIn(options.store.secret(signInSecret));
    this.#kept = kept ?? newKeptSignIn('', options.reading());
  }

  attach = (seat: SeatSide): void => {
    this.#seat = seat;
    this.#followHub();
    const { time, signedIn } = this.#kept;
    const reading = this.#options.reading();
    const isBrief = isSameBoot(time, reading) && reading.uptimeMs - time.uptimeMs <= restartMaxMs;
    this.#count();
    if (signedIn !== null && !isBrief) this.#end('interrupted');
    if (this.isLocked()) seat.lock(true, 'start');
    this.#looking = this.#lookOn();
  };

  isLocked = (): boolean => this.#kept.hasPeople && (this.#kept.signedIn === null || this.#isEnded);

  view = (): SignInView => {
    const { hasPeople, signedIn, lastLogin } = this.#kept;
    const person = signedInPerson(this.#kept);
    if (signedIn !== null && person !== null) return this.#viewOf(person, signedIn);
    if (!hasPeople) return { kind: 'not-needed' };
    return { kind: 'signed-out', lastLogin, why: this.#why, isHubAway: this.#isHubAway };
  };

  enter = async (typed: { readonly login: string; readonly pin: string }): Promise<SignInOutcome> => {
    this.#followHub();
    if (this.#isEntering || !this.isLocked() || this.#kept.signedIn !== null) return refusal({ why: 'busy' });
    this.#isEntering = true;
    try {
      this.#count();
      return (await this.#enterAtHub(typed)) ?? (await this.#enterOffline(typed));
    } finally {
      this.#isEntering = false;
    }
  };

  agentIs = (activity: AgentActivity): void => {
    if (activity.kind !== 'signed-out' || this.#kept.signedIn === null) return;
    this.#end(this.#isEnded ? 'ended' : 'asked');
    if (this.isLocked()) this.#seat?.lock(true, this.#isEnded ? 'network' : 'person');
    this.#isEnded = false;
    this.#keep();
    this.#seat?.changed();
  };

  hubIs = (view: HubView): void => {
    const isAnswering = view.kind === 'enrolled' && view.state !== 'away';
    const told = view.kind === 'none' ? '' : `${view.address} ${isAnswering}`;
    if (told === this.#toldOfHub) return;
    this.#toldOfHub = told;
    this.#wait.wake();
  };

  close = async (hasCalls: boolean): Promise<void> => {
    this.#closing.abort();
    await this.#looking;
    this.#count();
    if (this.#kept.signedIn !== null && !hasCalls) this.#end('seat-stopped');
    if (this.#kept.hubId !== '') this.#keep();
  };

  /** The hub's word; null when it does not answer in time. */
  async #enterAtHub(typed: { readonly login: string; readonly pin: string }): Promise<SignInOutcome | null> {
    const link = this.#options.link();
    if (link === null) return null;
    const deadlineMs = knownBy(this.#kept, typed.login) === null ? unknownDeadlineMs : knownDeadlineMs;
    const answer = await signInAtHub(link, typed, this.#options.timing, deadlineMs);
    switch (answer.kind) {
      case 'away':
        this.#isHubAway = true;
        return null;
      case 'wrong':
        return refusal({ why: 'wrong' });
      case 'wait':
        return refusal({ why: 'wait', waitMs: answer.waitMs });
      case 'signed-in': {
        const verifier = await makeVerifier(typed.pin);
        this.#count();
        this.#kept = withSignedInAtHub(this.#kept, { ...answer, verifier });
        this.#isHubAway = false;
        return this.#begin(answer.person.personId, 'hub');
      }
    }
  }

  async #enterOffline(typed: { readonly login: string; readonly pin: string }): Promise<SignInOutcome> {
    const known = knownBy(this.#kept, typed.login);
    const taken = withAttempt(this.#kept, known);
    if (typeof taken === 'number') return refusal({ why: 'wait', waitMs: taken });
    // On disk before it is looked at: a seat that is killed in between has counted it.
    this.#kept = taken;
    this.#keep();
    const isRight = await isPinOf(typed.pin, known?.verifier ?? null);
    this.#count();
    // The hub may have spoken meanwhile.
    const person = this.#kept.people.find(({ personId }) => personId === known?.personId);
    if (!isRight || person === undefined || person.verifier !== known?.verifier)
      return refusal({ why: 'not-known-here' });
    this.#kept = withRightAttempt(this.#kept, person.personId);
    if (remainingMs(this.#kept, person) > 0) return this.#begin(person.personId, 'offline');
    this.#keep();
    return refusal({ why: 'run-out', offlineHours: this.#kept.offlineHours });
  }

  #begin(personId: string, how: SignInWay): SignInOutcome {
    const sinceAt = this.#options.timing.now();
    const lastLogin = this.#kept.people.find((one) => one.personId === personId)?.login ?? '';
    this.#kept = { ...this.#kept, signedIn: { personId, how, sinceAt }, lastLogin };
    this.#isEnded = false;
    this.#keep();
    this.#seat?.write({ kind: 'person-signed-in', body: { personId, how } });
    this.#seat?.lock(false, 'person');
    this.#seat?.changed();
    return { kind: 'signed-in' };
  }

  /** Nobody is signed in any more; who was is written down. */
  #end(why: 'asked' | 'ended' | 'seat-stopped' | 'interrupted'): void {
    const { signedIn } = this.#kept;
    if (signedIn === null) return;
    this.#kept = { ...this.#kept, signedIn: null };
    this.#why = why === 'ended' ? 'ended' : 'asked';
    // Whoever has ended was kept only while signed in.
    if (this.#isEnded) this.#forget(signedIn.personId);
    this.#seat?.write({ kind: 'person-signed-out', body: { personId: signedIn.personId, why } });
  }

  #forget(personId: string): void {
    this.#kept = { ...this.#kept, people: this.#kept.people.filter((one) => one.personId !== personId) };
  }

  #viewOf(person: KnownPerson, { how, sinceAt }: NonNullable<KeptSignIn['signedIn']>): SignInView {
    const { personId, login, name, role } = person;
    const untilAt = wholeMinutes(this.#kept.time.wallAt + Math.max(0, remainingMs(this.#kept, person)));
    const standing = this.#isEnded ? 'ended' : this.#isHubAway ? standingOf(this.#kept, person) : 'good';
    return { kind: 'signed-in', person: { personId, login, name, role }, how, sinceAt, standing, untilAt };
  }

  /** Counts time and asks the hub, until the seat closes. */
  async #lookOn(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#followHub();
      if (this.#kept.hubId !== '') {
        this.#count();
        await this.#look();
        if (this.#closing.signal.aborted) return;
        this.#keep();
        this.#seat?.changed();
      }
      await this.#wait.wait(lookMs);
    }
  }

  async #look(): Promise<void> {
    const link = this.#options.link();
    const asked = this.#kept.people.map(({ personId }) => personId);
    const standing = link === null ? null : await standingAtHub(link, asked, this.#closing.signal);
    this.#count();
    this.#isHubAway = standing === null;
    if (standing === null || link !== this.#options.link()) return;
    const before = signedInPerson(this.#kept);
    const wasLocked = this.isLocked();
    this.#kept = withStanding(this.#kept, new Set(asked), standing);
    if (before !== null && signedInPerson(this.#kept) === null) {
      // Kept, so that it can still be told who works here, until that is over.
      this.#kept = { ...this.#kept, people: [{ ...before, verifier: null }, ...this.#kept.people] };
      this.#isEnded = true;
      if (!standing.hasPeople) this.#end('ended');
      this.#isEnded = standing.hasPeople;
    }
    if (this.isLocked() !== wasLocked) this.#seat?.lock(this.isLocked(), 'network');
  }

  /** Another hub than before, or none: nothing of the last one's people is left. */
  #followHub(): void {
    const hubId = readKeptEnrolment(this.#options.store.secret(enrolmentSecret))?.hubId ?? '';
    if (hubId === this.#kept.hubId) return;
    const wasLocked = this.isLocked();
    this.#end('asked');
    this.#isEnded = false;
    this.#kept = newKeptSignIn(hubId, this.#options.reading());
    this.#keep();
    if (wasLocked) this.#seat?.lock(false, 'person');
    this.#seat?.changed();
  }

  #count(): void {
    this.#kept = { ...this.#kept, time: countOn(this.#kept.time, this.#options.reading()) };
  }

  #keep(): void {
    try {
      this.#options.store.setSecret(signInSecret, this.#kept.hubId === '' ? null : JSON.stringify(this.#kept));
    } catch (cause) {
      // A disk that takes nothing must not keep anybody from work: what is in memory holds until the seat stops.
      this.#options.log('warn', `keeping who signs in: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
}

/** So that what is shown does not change with every look. */
function wholeMinutes(at: number): number {
  return Math.floor(at / 60_000) * 60_000;
}

function refusal(why: SignInRefusal): SignInOutcome {
  return { kind: 'refused', refusal: why };
}
