import { C, NameAddrHeader, UA } from 'jssip';
import DialogRequestSender from 'jssip/lib/Dialog/RequestSender';
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRequest } from 'jssip/lib/SIPMessage';
import type { RTCSessionEvent } from 'jssip/lib/UA';
import type { RemoteParty } from '../../core/call.ts';
import { CallTransfer } from './call-transfer.ts';
import { keepCallAlive, refuseGlare, registerAnew, restartPaths, spaceGlare } from './jssip-mends.ts';
import {
  type Line,
  type LineEvent,
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
/** A switch that is up answers within this; one that is coming up may have dropped the request. */
const registerAnswerMs = 4_000;
/** JsSIP never tries a refused REGISTER again by itself (facts/phone.md section 3). */
const registerRetryMs = 5_000;
/** A wrong password is not right a second later, and switches ban who asks too often. */
const registerRetryRefusedMs = 60_000;
/** The socket says itself when to connect again; JsSIP's own timer only catches what it might miss. */
const reconnectSecondsMin = 5;
const reconnectSecondsMax = 5;
/** From the first address of this machine to the last. The first alone may be one that the switch can't reach. */
const addressesMs = 20;
/** A call that rings while the switch is away this long rings no more: the switch has taken it elsewhere by then. */
const ringingAwayMs = 3_000;
const registeredWithinMs = 2_000;
/** RFC 4733: 100 ms a tone and 70 ms between is what slow menus still hear. */
const toneMs = 100;
const toneGapMs = 70;

spaceGlare(DialogRequestSender.prototype);

/** A line on a SIP switch (RFC 3261, 7118), by JsSIP 3.13. The only file that knows JsSIP. */
export function jssipLine(options: JssipLineOptions): Line {
  const calls = new Map<string, SipCall>();
  const transfers = new Map<string, CallTransfer>();
  /** Dialled, but the microphone is not there yet. */
  const placed = new Set<string>();
  const emit = options.onEvent;
  const agent = newAgent(options);
  let registerRetry: ReturnType<typeof setTimeout> | undefined;
  let away: ReturnType<typeof setTimeout> | undefined;
  /** Requests on calls may be sent: the switch is reached and knows us. */
  let isOpen = false;
  let unanswered: ReturnType<typeof setInterval> | undefined;
  let wasOpen = false;
  let isAway = false;
  let registering: ReturnType<typeof setTimeout> | undefined;
  const gate = { isOpen: () => isOpen, suspect: () => options.socket.suspect?.() };
  options.socket.onretry = () => connectAgain(agent);

  const signalling = (state: 'connecting' | 'registered' | 'refused' | 'offline', detail: string) => {
    if (options.kind === 'switch') emit({ kind: 'signalling', state, detail: shownText(detail, 300) });
  };
  // An attempt after a loss is no news: the line is away, since then, until it is back.
  agent.on('connecting', () => {
    if (!isAway) signalling('connecting', '');
  });
  const returned = (): void => {
    clearTimeout(away);
    clearTimeout(registering);
    if (isOpen) return;
    isOpen = true;
    for (const call of [...calls.values()]) call.lineReturned();
  };
  agent.on('connected', () => {
    clearTimeout(registering);
    // After a loss the switch should know our new address first; one that is slow to say so still takes requests.
    registering = setTimeout(returned, wasOpen && options.password !== null ? registeredWithinMs : 0);
    wasOpen = true;
    clearInterval(unanswered);
    if (options.password !== null) unanswered = setInterval(() => registerAnew(agent), registerAnswerMs);
  });
  agent.on('registered', () => {
    clearTimeout(registerRetry);
    isAway = false;
    clearInterval(unanswered);
    signalling('registered', '');
    returned();
  });
  agent.on('disconnected', ({ code, reason }) => {
    isOpen = false;
    isAway = true;
    clearInterval(unanswered);
    clearTimeout(registering);
    clearTimeout(away);
    away = setTimeout(() => {
      for (const call of [...calls.values()]) call.lineAway();
    }, ringingAwayMs);
    signalling('offline', `${code ?? ''} ${reason ?? ''}`);
  });
  agent.on('registrationFailed', ({ response, cause }) => {
    clearInterval(unanswered);
    const status: number | undefined = response?.status_code;
    const isRefused = status === 401 || status === 403 || status === 404 || status === 407;
    signalling(isRefused ? 'refused' : 'offline', `${status ?? ''} ${response?.reason_phrase ?? cause ?? ''}`);
    clearTimeout(registerRetry);
    const delayMs = Math.max(retryAfterMs(response), isRefused ? registerRetryRefusedMs : registerRetryMs);
    registerRetry = setTimeout(() => agent.register(), delayMs);
  });
  agent.on('newRTCSession', (event: RTCSessionEvent) => {
    if (event.originator === 'remote') offered(event.session, event.request as IncomingRequest);
  });

  function begin(direction: 'inbound' | 'outbound', callId: string, session: RTCSession, sound: SoundSource): SipCall {
    const say = (event: LineEvent): void => {
      for (const each of transfer.heard(event)) emit(each);
    };
    const call = new SipCall({
      callId,
      direction,
      session: sipSession(session),
      sound,
      emit: say,
      onOver: () => {
        calls.delete(callId);
        transfers.delete(callId);
      },
      gate,
    });
    const transfer = new CallTransfer({
      callId,
      isReachable: () => gate.isOpen(),
      refer: sipReferral(session),
      hangUp: () => void call.hangUp(),
      emit,
    });
    calls.set(callId, call);
    transfers.set(callId, transfer);
    listen(session, call.events);
    session.on('refer', ({ request }) => {
      const isTaken = options.onReferred?.(callId, request.getHeader('Refer-To') ?? '');
      if (isTaken !== undefined) answerReferral(session, request, isTaken);
    });
    return call;
  }

  function offered(session: RTCSession, request: IncomingRequest): void {
    if (calls.size >= callsMax) {
      session.terminate({ status_code: 486 });
      return;
    }
    const call = begin('inbound', options.newCallId(), session, options.sound);
    const sipCallId = request.getHeader('X-Call-Id') ?? request.getHeader('Call-ID') ?? '';
    call.ring(callerIn(request), shownText(sipCallId, 256), request.body ?? '');
  }

  function dial(callId: string, number: string, sound = options.sound): LineOutcome {
    if (calls.has(callId)) return refused('there is a call of that id already');
    if (calls.size >= callsMax) return refused('too many calls');
    if (!agent.isConnected()) return refused('the switch cannot be reached');
    const target = options.targetOf?.(number) ?? dialTarget(number, options.domain);
    if (target === null) return refused('that is not a number that can be dialled');
    placed.add(callId);
    void sound.lend(callId).then((lent) => {
      if (!placed.delete(callId)) return lent.release();
      const caller = options.callerOf?.(callId) ?? null;
      try {
        const session = agent.call(target, {
          mediaStream: new MediaStream([lent.track]),
          pcConfig: { iceServers: [], bundlePolicy: 'max-bundle' },
          ...(caller && { fromUserName: caller.number, fromDisplayName: caller.displayName }),
        });
        begin('outbound', callId, session, sound).lent(lent);
      } catch (error) {
        console.error('phone: a call could not be made', error);
        lent.release();
        emit({ kind: 'call', callId, event: { kind: 'ended', cause: 'failed' } });
      }
    });
    return taken;
  }

  const on = (callId: string, command: (call: SipCall) => LineOutcome): LineOutcome => {
    const call = calls.get(callId);
    return call === undefined ? refused('no such call') : command(call);
  };
  return {
    kind: options.kind,
    echoNumber: options.echoNumber,
    start: () => agent.start(),
    stop: async () => {
      clearTimeout(registerRetry);
      clearTimeout(away);
      clearInterval(unanswered);
      clearTimeout(registering);
      placed.clear();
      for (const call of [...calls.values()]) call.drop();
      agent.stop();
    },
    dial,
    answer: (callId) => on(callId, (call) => call.answer()),
    decline: (callId, how) => on(callId, (call) => call.decline(how)),
    hangUp: (callId) => {
      if (!placed.delete(callId)) return on(callId, (call) => call.hangUp());
      emit({ kind: 'call', callId, event: { kind: 'ended', cause: 'hung-up-here' } });
      return taken;
    },
    hold: (callId) => on(callId, (call) => call.hold(true)),
    resume: (callId) => on(callId, (call) => call.hold(false)),
    mute: (callId, isMuted) => on(callId, (call) => call.mute(isMuted)),
    digits: (callId, digits) => on(callId, (call) => call.digits(digits)),
    transfer: (callId, number) =>
      transfers.get(callId)?.start(number, dialTarget(number, options.domain)) ?? refused('no such call'),
    media: (callId) => calls.get(callId)?.media() ?? null,
  };
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
