import { jssipLine } from './jssip-line.ts';
import { type Line, type LineEvent, type LineListener, type LineOutcome, refused, type SoundSource } from './line.ts';
import { PracticeCustomer } from './practice-customer.ts';
import type { PracticeScript } from './practice-script.ts';
import type { QuietAudio } from './quiet-audio.ts';
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

type Visit = { readonly customer: PracticeCustomer; readonly script: PracticeScript | 'echo' };

/**
 * A line with no server (facts/phone.md section 2): a second JsSIP agent in this page plays the customers, real WebRTC
 * between the two, so that ring, answer, hold, digits, quality and recording are the real thing.
 */
export function practiceLine(options: PracticeLineOptions): PracticeLine {
  const { quiet, scripts, language } = options;
  const [ourSocket, theirSocket] = socketPair();
  const visits = new Map<string, Visit>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** What the calls we dial will meet, in the order of dialling: the socket pair keeps the order. */
  const dialled: (PracticeScript | 'echo')[] = [];
  let nextScript = 0;

  const ours = jssipLine({
    ...{ kind: 'practice', socket: ourSocket, user: 'agent', domain, displayName: '', password: null },
    echoNumber: '*43',
    sound: options.sound,
    newCallId: options.newCallId,
    onEvent: options.onEvent,
    targetOf: () => `sip:customer@${domain}`,
  });
  const theirs = jssipLine({
    ...{ kind: 'practice', socket: theirSocket, user: 'customer', domain, displayName: '', password: null },
    echoNumber: '*43',
    sound: { lend: (callId) => visit(callId, dialled.shift() ?? pick(null)).customer.lend() },
    newCallId: options.newCallId,
    onEvent: customerHears,
    targetOf: () => `sip:agent@${domain}`,
    onReferred: (_callId, target) => inTheHouse.test(target),
    callerOf: (callId) => {
      const script = visits.get(callId)?.script;
      if (script === undefined || script === 'echo') return null;
      const { name, number } = script.customer[language()];
      return { number, displayName: name };
    },
  });

  function pick(scriptId: string | null): PracticeScript | 'echo' {
    const chosen =
      scriptId === null ? scripts[nextScript % scripts.length] : scripts.find((each) => each.scriptId === scriptId);
    if (scriptId === null) nextScript += 1;
    return chosen ?? 'echo';
  }

  function visit(callId: string, script: PracticeScript | 'echo'): Visit {
    const begun = { customer: new PracticeCustomer(quiet), script };
    visits.set(callId, begun);
    return begun;
  }

  function customerHears(event: LineEvent): void {
    switch (event.kind) {
      case 'offered':
        timers.set(
          event.callId,
          setTimeout(() => theirs.answer(event.callId), answerAfterMs),
        );
        return;
      case 'call':
        customerSees(event.callId, event.event.kind);
        return;
      default:
        return;
    }
  }

  function customerSees(callId: string, kind: Extract<LineEvent, { kind: 'call' }>['event']['kind']): void {
    const here = visits.get(callId);
    if (kind === 'established') {
      clearTimeout(timers.get(callId));
      if (here !== undefined) play(callId, here);
    } else if (kind === 'held-there' || kind === 'resumed-there') {
      here?.customer.held(kind === 'held-there');
    } else if (kind === 'ended') {
      clearTimeout(timers.get(callId));
      timers.delete(callId);
      visits.delete(callId);
      here?.customer.leave();
    }
  }

  function play(callId: string, { customer, script }: Visit): void {
    const media = theirs.media(callId);
    if (media === null) return;
    if (script === 'echo') {
      customer.echo(media);
      return;
    }
    customer
      .run(script, media, (sound) => options.loadSentence(language(), sound))
      .then(
        (how) => {
          if (how === 'hung-up') theirs.hangUp(callId);
        },
        (error: unknown) => {
          console.error(
            `practice: ${script.scriptId} cannot go on; make its voices (assets/practice/README.md)`,
            error,
          );
          theirs.hangUp(callId);
        },
      );
  }

  function callMe(scriptId: string | null): LineOutcome {
    const script = pick(scriptId);
    if (script === 'echo') return refused(`there is no practice customer ${scriptId ?? ''}`);
    const callId = options.newCallId();
    const { customer } = visit(callId, script);
    const outcome = theirs.dial(callId, 'agent', customer);
    if (outcome.kind === 'refused') {
      visits.delete(callId);
      customer.leave();
      return outcome;
    }
    timers.set(
      callId,
      setTimeout(() => theirs.hangUp(callId), script.patienceSeconds * 1000),
    );
    return outcome;
  }

  return {
    ...ours,
    callMe,
    start: () => {
      theirs.start();
      ours.start();
      options.onEvent({ kind: 'signalling', state: 'practice', detail: '' });
    },
    stop: async () => {
      await ours.stop();
      await theirs.stop();
    },
    dial: (callId, number, sound) => {
      const outcome = ours.dial(callId, number, sound);
      if (outcome.kind === 'taken') dialled.push(number === ours.echoNumber ? 'echo' : pick(null));
      return outcome;
    },
  };
}
