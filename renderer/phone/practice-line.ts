import type { RemoteParty } from '../../core/call.ts';
import { jssipLine } from './jssip-line.ts';
import {
  type Line,
  type LineCallEvent,
  type LineEvent,
  type LineListener,
  type LineOutcome,
  refused,
  type SoundSource,
} from './line.ts';
import { PracticeCustomer } from './practice-customer.ts';
import type { PracticeScript } from './practice-script.ts';
import type { QuietAudio } from './quiet-audio.ts';
import type { SipSocket } from './signalling.ts';
import { socketPair } from './socket-pair.ts';

export type PracticeLineOptions = {
  readonly quiet: QuietAudio;
  /** The agent's microphone. */
  readonly sound: SoundSource;
  readonly scripts: readonly PracticeScript[];
  readonly language: () => 'zh-CN' | 'en';
  readonly loadSentence: (language: 'zh-CN' | 'en', sound: string) => Promise<AudioBuffer>;
  readonly newCallId: () => string;
  readonly onEvent: LineListener;
};

/** A line with practice customers on it. */
export type PracticeLine = Line & {
  /** A practice customer rings; null picks the next one. Refused when there is no such script or no free line. */
  readonly callMe: (scriptId: string | null) => LineOutcome;
};

/** How long a practice customer lets the agent's call ring before answering. */
const answerAfterMs = 1_200;
const domain = 'practice.invalid';
/** The practice house has parking places and colleagues of up to four digits; the customer who is sent there is gone. */
const inTheHouse = /sip:[0-9*#]{1,4}@/;

/**
 * A line with no server (facts/phone.md section 2): a second JsSIP agent in this page plays the customers, real WebRTC
 * between the two, so that ring, answer, hold, digits, quality and recording are the real thing.
 */
export function practiceLine(options: PracticeLineOptions): PracticeLine {
  const [ourSocket, theirSocket] = socketPair();
  const ours = jssipLine({
    ...{ kind: 'practice', socket: ourSocket, user: 'agent', domain, displayName: '', password: null },
    echoNumber: '*43',
    sound: options.sound,
    newCallId: options.newCallId,
    onEvent: options.onEvent,
    targetOf: () => `sip:customer@${domain}`,
  });
  const customers = new Customers(options, theirSocket);
  return {
    ...ours,
    callMe: (scriptId) => customers.call(scriptId),
    start: () => {
      customers.start();
      ours.start();
      options.onEvent({ kind: 'signalling', state: 'practice', detail: '' });
    },
    stop: async () => {
      await ours.stop();
      await customers.stop();
    },
    dial: (callId, number, sound) => {
      const outcome = ours.dial(callId, number, sound);
      if (outcome.kind === 'taken') customers.expect(number === ours.echoNumber ? 'echo' : 'next');
      return outcome;
    },
  };
}

type Visit = { readonly customer: PracticeCustomer; readonly script: PracticeScript | 'echo' };

/** The far side: a line of its own, and on each of its calls a customer who follows a script. */
class Customers {
  readonly #options: PracticeLineOptions;
  readonly #line: Line;
  readonly #visits = new Map<string, Visit>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** What the calls dialled to us will meet, in the order of dialling: the socket pair keeps the order. */
  readonly #expected: (PracticeScript | 'echo')[] = [];
  #nextScript = 0;

  constructor(options: PracticeLineOptions, socket: SipSocket) {
    this.#options = options;
    this.#line = jssipLine({
      ...{ kind: 'practice', socket, user: 'customer', domain, displayName: '', password: null },
      echoNumber: '*43',
      sound: { lend: (callId) => this.#visit(callId, this.#expected.shift() ?? this.#pick(null)).customer.lend() },
      newCallId: options.newCallId,
      onEvent: (event) => this.#hear(event),
      targetOf: () => `sip:agent@${domain}`,
      onReferred: (_callId, target) => inTheHouse.test(target),
      callerOf: (callId) => this.#nameOf(callId),
    });
  }

  start(): void {
    this.#line.start();
  }

  async stop(): Promise<void> {
    await this.#line.stop();
  }

  /** The agent has dialled: who will answer. */
  expect(who: 'echo' | 'next'): void {
    this.#expected.push(who === 'echo' ? 'echo' : this.#pick(null));
  }

  /** A customer calls the agent, and waits as long as its script has patience. */
  call(scriptId: string | null): LineOutcome {
    const script = this.#pick(scriptId);
    if (script === 'echo') return refused(`there is no practice customer ${scriptId ?? ''}`);
    const callId = this.#options.newCallId();
    const { customer } = this.#visit(callId, script);
    const outcome = this.#line.dial(callId, 'agent', customer);
    if (outcome.kind === 'refused') {
      this.#visits.delete(callId);
      customer.leave();
      return outcome;
    }
    const giveUp = setTimeout(() => this.#line.hangUp(callId), script.patienceSeconds * 1000);
    this.#timers.set(callId, giveUp);
    return outcome;
  }

  #pick(scriptId: string | null): PracticeScript | 'echo' {
    const { scripts } = this.#options;
    if (scriptId !== null) return scripts.find((each) => each.scriptId === scriptId) ?? 'echo';
    const chosen = scripts[this.#nextScript % scripts.length];
    this.#nextScript += 1;
    return chosen ?? 'echo';
  }

  #visit(callId: string, script: PracticeScript | 'echo'): Visit {
    const begun = { customer: new PracticeCustomer(this.#options.quiet), script };
    this.#visits.set(callId, begun);
    return begun;
  }

  #nameOf(callId: string): RemoteParty | null {
    const script = this.#visits.get(callId)?.script;
    if (script === undefined || script === 'echo') return null;
    const { name, number } = script.customer[this.#options.language()];
    return { number, displayName: name };
  }

  #hear(event: LineEvent): void {
    switch (event.kind) {
      case 'offered': {
        const answer = setTimeout(() => this.#line.answer(event.callId), answerAfterMs);
        this.#timers.set(event.callId, answer);
        return;
      }
      case 'call':
        this.#happened(event.callId, event.event.kind);
        return;
      default:
        return;
    }
  }

  #happened(callId: string, kind: LineCallEvent['kind']): void {
    const here = this.#visits.get(callId);
    if (kind === 'established') {
      clearTimeout(this.#timers.get(callId));
      if (here !== undefined) this.#play(callId, here);
    } else if (kind === 'held-there' || kind === 'resumed-there') {
      here?.customer.held(kind === 'held-there');
    } else if (kind === 'ended') {
      clearTimeout(this.#timers.get(callId));
      this.#timers.delete(callId);
      this.#visits.delete(callId);
      here?.customer.leave();
    }
  }

  #play(callId: string, { customer, script }: Visit): void {
    const media = this.#line.media(callId);
    if (media === null) return;
    if (script === 'echo') {
      customer.echo(media);
      return;
    }
    const { language, loadSentence } = this.#options;
    customer
      .run(script, media, (sound) => loadSentence(language(), sound))
      .then(
        (how) => {
          if (how === 'hung-up') this.#line.hangUp(callId);
        },
        (error: unknown) => {
          console.error(
            `practice: ${script.scriptId} cannot go on; make its voices (assets/practice/README.md)`,
            error,
          );
          this.#line.hangUp(callId);
        },
      );
  }
}
