import { C, NameAddrHeader, UA } from 'jssip';
import DialogRequestSender from 'jssip/lib/Dialog/RequestSender';
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRequest } from 'jssip/lib/SIPMessage';
import type { RTCSessionEvent } from 'jssip/lib/UA';
import type { RemoteParty } from '../../core/call.ts';
import type { CallGate } from './call-gate.ts';
import { CallTransfer } from './call-transfer.ts';
import { keepCallAlive, refuseGlare, registerAnew, restartPaths, spaceGlare } from './jssip-mends.ts';
import {
  type LentTrack,
  type Line,
  type LineListener,
  type LineOutcome,
  refused,
  type SoundSource,
  taken,
} from './line.ts';
import { withOpusWish } from './opus-first.ts';
import { remoteParty, shownText } from './remote-party.ts';
import type { SipSocket } from './signalling.ts';
import { SipCall } from './sip-call.ts';
import { answerReferral, sipReferral } from './sip-referral.ts';
import type { SipSession, SipSessionEvents } from './sip-session.ts';
import { SwitchReach } from './switch-reach.ts';

/** Who we are on the switch and how we reach it. */
export type JssipLineOptions = {
  readonly kind: Line['kind'];
  readonly echoNumber: string;
  readonly socket: SipSocket;
  readonly user: string;
  readonly domain: string;
  readonly displayName: string;
  /** Null: no registration (practice). */
  readonly password: string | null;
  readonly sound: SoundSource;
  readonly newCallId: () => string;
  readonly onEvent: LineListener;
  /** What a dialled number becomes; by default the number at our domain. */
  readonly targetOf?: (number: string) => string;
  /** Somebody asks us to call another number instead (REFER): whether we do as if. By default it is left unanswered. */
  readonly onReferred?: (callId: string, number: string) => boolean;
  /** As whom a call is made; null: as ourselves. */
  readonly callerOf?: (callId: string) => RemoteParty | null;
};

/** One talking, one held, one waiting, and one spare; further callers are told busy, so a flood cannot pile up here. */
const callsMax = 4;
/** The switch decides how long a call rings; this only ends what it forgot. */
const noAnswerSeconds = 300;
const registerSeconds = 300;
/** The socket says itself when to connect again; JsSIP's own timer only catches what it might miss. */
const reconnectSecondsMin = 5;
const reconnectSecondsMax = 5;
/** From the first address of this machine to the last. The first alone may be one that the switch can't reach. */
const addressesMs = 20;
/** RFC 4733: 100 ms a tone and 70 ms between is what slow menus still hear. */
const toneMs = 100;
const toneGapMs = 70;

spaceGlare(DialogRequestSender.prototype);

/** A line on a SIP switch (RFC 3261, 7118), by JsSIP 3.13. The only file that knows JsSIP. */
export function jssipLine(options: JssipLineOptions): Line {
  return new JssipLine(options);
}

/** Its commands are fields, not methods: lines made of this one take them over one by one ({ ...line }). */
class JssipLine implements Line {
  readonly kind: Line['kind'];
  readonly echoNumber: string;
  readonly #options: JssipLineOptions;
  readonly #agent: UA;
  readonly #reach: SwitchReach;
  readonly #gate: CallGate;
  readonly #calls = new Map<string, SipCall>();
  readonly #transfers = new Map<string, CallTransfer>();
  /** Dialled, but the microphone is not there yet. */
  readonly #placed = new Set<string>();

  constructor(options: JssipLineOptions) {
    const { kind, echoNumber, password, socket, onEvent } = options;
    this.kind = kind;
    this.echoNumber = echoNumber;
    this.#options = options;
    const agent = newAgent(options);
    this.#agent = agent;
    const reach = new SwitchReach({
      registers: password !== null,
      register: () => agent.register(),
      registerAnew: () => registerAnew(agent),
      onState: (state, detail) => {
        if (kind === 'switch') onEvent({ kind: 'signalling', state, detail: shownText(detail, 300) });
      },
      onReturned: () => {
        for (const call of [...this.#calls.values()]) call.lineReturned();
      },
      onAway: () => {
        for (const call of [...this.#calls.values()]) call.lineAway();
      },
    });
    this.#reach = reach;
    this.#gate = { isOpen: () => reach.isOpen(), suspect: () => socket.suspect?.() };
    socket.onretry = () => connectAgain(agent);
    follow(agent, reach);
    agent.on('newRTCSession', (event: RTCSessionEvent) => {
      if (event.originator === 'remote') this.#offered(event.session, event.request as IncomingRequest);
    });
  }

  readonly start = (): void => this.#agent.start();

  readonly stop = async (): Promise<void> => {
    this.#reach.stop();
    this.#placed.clear();
    for (const call of [...this.#calls.values()]) call.drop();
    this.#agent.stop();
  };

  readonly dial = (callId: string, number: string, sound: SoundSource = this.#options.sound): LineOutcome => {
    if (this.#calls.has(callId)) return refused('there is a call of that id already');
    if (this.#calls.size >= callsMax) return refused('too many calls');
    if (!this.#agent.isConnected()) return refused('the switch cannot be reached');
    const target = this.#options.targetOf?.(number) ?? dialTarget(number, this.#options.domain);
    if (target === null) return refused('that is not a number that can be dialled');
    this.#placed.add(callId);
    void sound.lend(callId).then((lent) => this.#place(callId, target, sound, lent));
    return taken;
  };

  readonly hangUp = (callId: string): LineOutcome => {
    if (!this.#placed.delete(callId)) return this.#on(callId, (call) => call.hangUp());
    this.#options.onEvent({ kind: 'call', callId, event: { kind: 'ended', cause: 'hung-up-here' } });
    return taken;
  };

  readonly transfer = (callId: string, number: string): LineOutcome =>
    this.#transfers.get(callId)?.start(number, dialTarget(number, this.#options.domain)) ?? refused('no such call');

  readonly answer: Line['answer'] = (callId) => this.#on(callId, (call) => call.answer());
  readonly decline: Line['decline'] = (callId, how) => this.#on(callId, (call) => call.decline(how));
  readonly hold: Line['hold'] = (callId) => this.#on(callId, (call) => call.hold(true));
  readonly resume: Line['resume'] = (callId) => this.#on(callId, (call) => call.hold(false));
  readonly mute: Line['mute'] = (callId, isMuted) => this.#on(callId, (call) => call.mute(isMuted));
  readonly digits: Line['digits'] = (callId, digits) => this.#on(callId, (call) => call.digits(digits));
  readonly media: Line['media'] = (callId) => this.#calls.get(callId)?.media() ?? null;

  #on(callId: string, command: (call: SipCall) => LineOutcome): LineOutcome {
    const call = this.#calls.get(callId);
    return call === undefined ? refused('no such call') : command(call);
  }

  #offered(session: RTCSession, request: IncomingRequest): void {
    if (this.#calls.size >= callsMax) {
      session.terminate({ status_code: 486 });
      return;
    }
    const { newCallId, sound } = this.#options;
    const call = this.#begin('inbound', newCallId(), session, sound);
    const sipCallId = request.getHeader('X-Call-Id') ?? request.getHeader('Call-ID') ?? '';
    call.ring(callerIn(request), shownText(sipCallId, 256), request.body ?? '');
  }

  /** The microphone of a dialled call is there: it goes out, unless it was hung up in the meantime. */
  #place(callId: string, target: string, sound: SoundSource, lent: LentTrack): void {
    if (!this.#placed.delete(callId)) {
      lent.release();
      return;
    }
    const caller = this.#options.callerOf?.(callId) ?? null;
    try {
      const session = this.#agent.call(target, {
        mediaStream: new MediaStream([lent.track]),
        pcConfig: { iceServers: [], bundlePolicy: 'max-bundle' },
        ...(caller && { fromUserName: caller.number, fromDisplayName: caller.displayName }),
      });
      this.#begin('outbound', callId, session, sound).lent(lent);
    } catch (error) {
      console.error('phone: a call could not be made', error);
      lent.release();
      this.#options.onEvent({ kind: 'call', callId, event: { kind: 'ended', cause: 'failed' } });
    }
  }

  #begin(direction: 'inbound' | 'outbound', callId: string, session: RTCSession, sound: SoundSource): SipCall {
    const emit = this.#options.onEvent;
    const call = new SipCall({
      callId,
      direction,
      session: sipSession(session),
      sound,
      emit: (event) => {
        for (const each of transfer.heard(event)) emit(each);
      },
      onOver: () => {
        this.#calls.delete(callId);
        this.#transfers.delete(callId);
      },
      gate: this.#gate,
    });
    const transfer = new CallTransfer({
      callId,
      isReachable: () => this.#reach.isOpen(),
      refer: sipReferral(session),
      hangUp: () => void call.hangUp(),
      emit,
    });
    this.#calls.set(callId, call);
    this.#transfers.set(callId, transfer);
    listen(session, call.events);
    session.on('refer', ({ request }) => {
      const isTaken = this.#options.onReferred?.(callId, request.getHeader('Refer-To') ?? '');
      if (isTaken !== undefined) answerReferral(session, request, isTaken);
    });
    return call;
  }
}

/** What the agent tells of the switch. */
function follow(agent: UA, reach: SwitchReach): void {
  agent.on('connecting', () => reach.connecting());
  agent.on('connected', () => reach.connected());
  agent.on('registered', () => reach.registered());
  agent.on('disconnected', ({ code, reason }) => reach.disconnected(`${code ?? ''} ${reason ?? ''}`));
  agent.on('registrationFailed', ({ response, cause }) =>
    reach.registrationFailed({
      status: response?.status_code,
      why: `${response?.reason_phrase ?? cause ?? ''}`,
      retryAfterMs: retryAfterMs(response),
    }),
  );
}

function newAgent(options: JssipLineOptions): UA {
  return new UA({
    sockets: [options.socket],
    uri: `sip:${options.user}@${options.domain}`,
    ...(options.displayName !== '' && { display_name: options.displayName }),
    ...(options.password !== null && { password: options.password }),
    register: options.password !== null,
    register_expires: registerSeconds,
    no_answer_timeout: noAnswerSeconds,
    connection_recovery_min_interval: reconnectSecondsMin,
    connection_recovery_max_interval: reconnectSecondsMax,
    // 90 s timers that JsSIP does not renegotiate drop calls (facts/phone.md section 3).
    session_timers: false,
    user_agent: 'Hookline',
  });
}

/** JsSIP connects again by its own timer only; its transport, which its types leave out, can be told to do it now. */
function connectAgain(agent: UA): void {
  const transport: unknown = Reflect.get(agent, 'transport');
  if (typeof transport !== 'object' || transport === null || !('connect' in transport)) return;
  if (typeof transport.connect === 'function') transport.connect();
}

/** Seconds of a Retry-After header as milliseconds, 0 when there is none. */
function retryAfterMs(response: { getHeader: (name: string) => string } | null | undefined): number {
  const seconds = Number.parseInt(response?.getHeader('Retry-After') ?? '', 10);
  return Number.isFinite(seconds) ? Math.min(seconds, 3600) * 1000 : 0;
}

/** What JsSIP dials; null when a person typed something that is no number. Visual separators are taken out (RFC 3966). */
function dialTarget(number: string, domain: string): string | null {
  const user = number.replace(/[\s().-]/gu, '');
  return /^[0-9A-Za-z+*#_~]{1,64}$/u.test(user) ? `sip:${user.replaceAll('#', '%23')}@${domain}` : null;
}

/** P-Asserted-Identity (RFC 3325) is the switch's own word; From is whatever the caller claims. */
function callerIn(request: IncomingRequest): RemoteParty {
  const asserted = request.getHeader('P-Asserted-Identity');
  const parsed: unknown = asserted === undefined ? undefined : NameAddrHeader.parse(asserted);
  const party = parsed instanceof NameAddrHeader ? parsed : request.from;
  return remoteParty(party.uri.user ?? '', party.display_name ?? '');
}

function sipSession(session: RTCSession): SipSession {
  return {
    connection: () => session.connection ?? null,
    answer: (stream) =>
      session.answer({ mediaStream: stream, pcConfig: { iceServers: [], bundlePolicy: 'max-bundle' } }),
    reject: (status) => {
      if (!session.isEnded()) session.terminate({ status_code: status });
    },
    end: () => {
      if (!session.isEnded()) session.terminate();
    },
    offerPaths: (done) => restartPaths(session, done),
    offerHold: (isHeld, done) => (isHeld ? session.hold({}, done) : session.unhold({}, done)),
    mute: (isMuted) => (isMuted ? session.mute({ audio: true }) : session.unmute({ audio: true })),
    sendDigits: (digits) =>
      session.sendDTMF(digits, {
        duration: toneMs,
        interToneGap: toneGapMs,
        transportType: C.DTMF_TRANSPORT.RFC2833,
      }),
  };
}

function listen(session: RTCSession, events: SipSessionEvents): void {
  session.on('progress', (event: { readonly originator: string }) => {
    if (event.originator === 'remote') events.onAlerting();
  });
  session.on('connecting', () => events.onNegotiating());
  session.on('sdp', (description) => {
    if (description.originator === 'local') description.sdp = withOpusWish(description.sdp);
  });
  // All addresses of this machine come within a few milliseconds; what comes later is found as peer-reflexive.
  session.on('icecandidate', ({ ready }) => void setTimeout(ready, addressesMs));
  session.on('accepted', () => events.onAccepted());
  session.on('confirmed', () => events.onConfirmed());
  session.on('hold', ({ originator }) => {
    if (originator === 'remote') events.onHeldThere(true);
  });
  session.on('unhold', ({ originator }) => {
    if (originator === 'remote') events.onHeldThere(false);
  });
  const over = ({ originator, message, cause }: EndEvent) =>
    events.onEnded({ originator, cause, reason: message?.getHeader('Reason') ?? '' });
  session.on('ended', over);
  session.on('failed', over);
  keepCallAlive(session, {
    onReofferBroken: (why) => events.onReofferBroken(why),
    onPathLost: () => events.onPathLost(),
  });
  session.on('confirmed', () => refuseGlare(session));
}
