import { NoAnswer } from '../../../main/sync/hub-fetch.ts';
import type { Dice } from '../dice.ts';
import type { WireAnswer, WireRequest } from './simulated-hub.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * What a seat's road to the hub is like. `poor`: slow, out of order, with requests and answers lost, doubled and cut.
 * `refusing`: nobody listens. `black-hole`: nothing ever comes back. `portal`: somebody else answers (a hotel's sign-in page,
 * a balancer without a hub behind it).
 */
export const roads = ['good', 'poor', 'refusing', 'black-hole', 'portal'] as const;
export type Road = (typeof roads)[number];

/** Milliseconds that a message takes on a road. */
const delayMs: Readonly<Record<Road, readonly [number, number]>> = {
  good: [1, 40],
  poor: [20, 4_000],
  refusing: [1, 20],
  'black-hole': [1, 1],
  portal: [5, 200],
};

/** What becomes of an exchange on a poor road, in hundredths; the rest goes through. */
const poorFates = [
  ['request-lost', 14],
  ['answer-lost', 14],
  ['doubled', 14],
  ['answer-cut', 6],
  ['late-twin', 8],
  ['bad-gateway-after', 6],
] as const;
type Fate = (typeof poorFates)[number][0] | 'through';

const signInPage: WireAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Welcome</title>Accept our terms',
};
const noHubBehind: WireAnswer = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<h1>502 Bad Gateway</h1>',
};

export type ExchangeOptions = {
  /** For the trace, and what its dice are thrown by. */
  readonly name: string;
  readonly request: WireRequest;
  readonly dice: Dice;
  readonly time: VirtualTime;
  /** The client gives up. */
  readonly signal: AbortSignal;
  /** The client's deadline, in milliseconds. */
  readonly limitMs: number;
  /** The road as it is now. */
  readonly road: () => Road;
  /** Hands the request to the hub; null when it does not answer. */
  readonly carry: (signal: AbortSignal) => Promise<WireAnswer | null>;
  /** The client is dead: it hears nothing any more. */
  readonly isOver: () => boolean;
  readonly tell: (line: string) => void;
};

/** One request and what comes back, or does not. */
export class Exchange {
  /** Rejects with `NoAnswer`, or with the reason of the client's signal. */
  readonly answer: Promise<WireAnswer>;
  readonly #options: ExchangeOptions;
  /** The road at its beginning: how slow it is. */
  readonly #road: Road;
  readonly #settlers = Promise.withResolvers<WireAnswer>();
  /** Fires when the client's end of the connection is closed. */
  readonly #gone = new AbortController();
  readonly #stopDeadline: () => void;

  constructor(options: ExchangeOptions) {
    const { name, request, time, dice, signal, limitMs, road, tell } = options;
    this.#options = options;
    this.#road = road();
    this.answer = this.#settlers.promise;
    this.#stopDeadline = time.after(limitMs, () => this.#breakOff('nothing moved'), `${name} deadline`);
    const fate = this.#road === 'poor' ? fateOf(dice) : 'through';
    tell(`${name} ${request.method} ${request.path.split('?')[0]} ${this.#road} ${fate}`);
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
    else this.#begin(fate);
  }

  #begin(fate: Fate): void {
    const { dice } = this.#options;
    if (this.#road === 'refusing') this.#later('refused', () => this.#breakOff('ECONNREFUSED'));
    else if (this.#road === 'portal') {
      const page = dice.next() < 0.5 ? signInPage : noHubBehind;
      this.#later('portal', () => this.#finishWith(page));
    } else if (this.#road === 'black-hole') this.#lose();
    else this.#later('arrives', () => this.#fates[fate]());
  }

  readonly #fates: Readonly<Record<Fate, () => void>> = {
    through: () => this.#deliver(this.#usual),
    'request-lost': () => this.#lose(),
    'answer-lost': () => this.#deliver(() => this.#lose()),
    'answer-cut': () => this.#deliver(() => this.#later('cut', () => this.#breakOff('the answer was cut off'))),
    'bad-gateway-after': () => this.#deliver(() => this.#usual(noHubBehind)),
    doubled: () => {
      this.#deliver(this.#usual);
      this.#twin();
    },
    // The same again, long after it was answered, when others may have come between.
    'late-twin': () => {
      const { dice, time, name } = this.#options;
      time.after(dice.whole(5_000, 60_000), () => this.#twin(), `${name} twin`);
      this.#deliver(this.#usual);
    },
  };

  readonly #usual = (given: WireAnswer): void => this.#later('answer', () => this.#finishWith(given));

  #deliver(then: (given: WireAnswer) => void): void {
    // A road that was cut while the request was under way takes it along.
    if (this.#options.road() === 'black-hole') this.#lose();
    else
      void this.#options.carry(this.#gone.signal).then((given) => {
        if (given === null) this.#later('connection lost', () => this.#breakOff('ECONNRESET'));
        else if (this.#options.road() === 'black-hole') this.#lose();
        else then(given);
      });
  }

  /** Nobody holds a twin of a request, and nobody hears its answer. */
  #twin(): void {
    void this.#options.carry(new AbortController().signal);
  }

  /** Half of what is lost is noticed by a reset; of the rest the client hears nothing until its deadline. */
  #lose(): void {
    const { dice, time, name } = this.#options;
    if (dice.next() < 0.5) time.after(dice.whole(50, 5_000), () => this.#breakOff('ECONNRESET'), `${name} reset`);
  }

  #later(what: string, run: () => void): void {
    const { dice, time, name } = this.#options;
    time.after(dice.whole(...delayMs[this.#road]), run, `${name} ${what}`);
  }

  #finishWith(given: WireAnswer): void {
    this.#options.tell(`${this.#options.name} answered ${given.status}`);
    this.#finish(() => this.#settlers.resolve(given));
  }

  #breakOff(detail: string): void {
    this.#finish(() => this.#settlers.reject(new NoAnswer(detail)));
  }

  readonly #onAbort = (): void => {
    this.#finish(() => this.#settlers.reject(this.#options.signal.reason));
  };

  #finish(settle: () => void): void {
    this.#stopDeadline();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#gone.abort();
    if (!this.#options.isOver()) settle();
  }
}

function fateOf(dice: Dice): Fate {
  let throwOf = dice.whole(0, 99);
  for (const [fate, hundredths] of poorFates) {
    if (throwOf < hundredths) return fate;
    throwOf -= hundredths;
  }
  return 'through';
}
