import type { SignallingState } from './line.ts';

/** A switch that is up answers within this; one that is coming up may have dropped the request. */
const registerAnswerMs = 4_000;
/** JsSIP never tries a refused REGISTER again by itself (facts/phone.md section 3). */
const registerRetryMs = 5_000;
/** A wrong password is not right a second later, and switches ban who asks too often. */
const registerRetryRefusedMs = 60_000;
/** A call that rings while the switch is away this long rings no more: the switch has taken it elsewhere by then. */
const ringingAwayMs = 3_000;
const registeredWithinMs = 2_000;

/** Why a REGISTER came to nothing. `status` is there when the switch answered. */
export type RegistrationFailure = {
  readonly status: number | undefined;
  readonly why: string;
  /** The switch wishes not to be asked before; 0: it says nothing of it. */
  readonly retryAfterMs: number;
};

export type SwitchReachOptions = {
  /** False: the line has no registration (practice). */
  readonly registers: boolean;
  readonly register: () => void;
  /** Registers although an earlier request still waits for its answer. */
  readonly registerAnew: () => void;
  readonly onState: (
    state: Extract<SignallingState, 'connecting' | 'registered' | 'refused' | 'offline'>,
    detail: string,
  ) => void;
  /** The switch is reached, perhaps again: calls on it may go on. */
  readonly onReturned: () => void;
  /** The switch has been away for so long that what rang there rings no more. */
  readonly onAway: () => void;
};

/**
 * How the switch is reached: what the agent tells of its connection and its registration, the states that follow, and
 * when to register again. Losing the switch is said at once; calls are told when it lasts, and of its return.
 */
export class SwitchReach {
  readonly #options: SwitchReachOptions;
  #isOpen = false;
  #wasOpen = false;
  #isAway = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #away: ReturnType<typeof setTimeout> | undefined;
  #unanswered: ReturnType<typeof setInterval> | undefined;
  #registering: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SwitchReachOptions) {
    this.#options = options;
  }

  /** Requests on calls may be sent: the switch is reached and knows us. */
  isOpen(): boolean {
    return this.#isOpen;
  }

  connecting(): void {
    // An attempt after a loss is no news: the line is away, since then, until it is back.
    if (!this.#isAway) this.#options.onState('connecting', '');
  }

  connected(): void {
    const { registers, registerAnew } = this.#options;
    clearTimeout(this.#registering);
    // After a loss the switch should know our new address first; one that is slow to say so still takes requests.
    this.#registering = setTimeout(() => this.#returned(), this.#wasOpen && registers ? registeredWithinMs : 0);
    this.#wasOpen = true;
    clearInterval(this.#unanswered);
    if (registers) this.#unanswered = setInterval(registerAnew, registerAnswerMs);
  }

  registered(): void {
    clearTimeout(this.#retry);
    this.#isAway = false;
    clearInterval(this.#unanswered);
    this.#options.onState('registered', '');
    this.#returned();
  }

  /** `detail` is for a technician. */
  disconnected(detail: string): void {
    this.#isOpen = false;
    this.#isAway = true;
    clearInterval(this.#unanswered);
    clearTimeout(this.#registering);
    clearTimeout(this.#away);
    this.#away = setTimeout(this.#options.onAway, ringingAwayMs);
    this.#options.onState('offline', detail);
  }

  registrationFailed({ status, why, retryAfterMs }: RegistrationFailure): void {
    clearInterval(this.#unanswered);
    const isRefused = status === 401 || status === 403 || status === 404 || status === 407;
    this.#options.onState(isRefused ? 'refused' : 'offline', `${status ?? ''} ${why}`);
    clearTimeout(this.#retry);
    const delayMs = Math.max(retryAfterMs, isRefused ? registerRetryRefusedMs : registerRetryMs);
    this.#retry = setTimeout(this.#options.register, delayMs);
  }

  /** Nothing is asked or told any more by time alone. */
  stop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#away);
    clearInterval(this.#unanswered);
    clearTimeout(this.#registering);
  }

  #returned(): void {
    clearTimeout(this.#away);
    clearTimeout(this.#registering);
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#options.onReturned();
  }
}
