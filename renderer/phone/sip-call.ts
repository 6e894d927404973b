import type { EndCause, RemoteParty } from '../../core/call.ts';
import { brokenWords, type CallGate, lineIsAway } from './call-gate.ts';
import { type CallRescue, startCallRescue } from './call-rescue.ts';
import { cardFirstMs } from './card-first.ts';
import { endCauseOf } from './end-cause.ts';
import {
  type CallMedia,
  type LentTrack,
  type LineEvent,
  type LineOutcome,
  refused,
  type SoundSource,
  taken,
} from './line.ts';
import { limitEncoder, preferOpus, sendOrNot } from './opus-first.ts';
import { discardPrepared, handOver, type PreparedAnswer, prepareAnswer } from './prepared-answer.ts';
import type { SipSession, SipSessionEvents } from './sip-session.ts';

/** A re-offer that cannot go out now (another is in flight) is tried again this often ... */
const reofferRetryMs = 50;
/** ... and given up after this: an agent who pressed hold should know within two seconds. */
const reofferRetriesMax = 40;

/** How long the end of a call waits for the switch to come back before it is given up. */
const owedMsMax = 120_000;
type Stage = 'ringing' | 'dialling' | 'answering' | 'up' | 'ended';

/** One call over one SIP session: stages, the prepared answer, hold wishes, mute. Says everything through `emit`. */
export class SipCall {
  readonly callId: string;
  readonly #session: SipSession;
  readonly #sound: SoundSource;
  readonly #emit: (event: LineEvent) => void;
  readonly #onOver: () => void;
  readonly #gate: CallGate;
  #stage: Stage;
  #wish: 'hang-up' | 'decline' | 'drop' | null = null;
  #lent: LentTrack | null = null;
  #prepared: PreparedAnswer | null = null;
  #beginPreparing = (): void => {};
  #preparing: Promise<void> = Promise.resolve();
  #isConfirmed = false;
  #isMuted = false;
  #isHeld = false;
  #wantsHeld = false;
  #isReoffering = false;
  #isHeldThere = false;
  #isOwed = false;
  #rescue: CallRescue | null = null;

  constructor(options: {
    readonly callId: string;
    readonly direction: 'inbound' | 'outbound';
    readonly session: SipSession;
    readonly sound: SoundSource;
    readonly emit: (event: LineEvent) => void;
    readonly onOver: () => void;
    readonly gate: CallGate;
  }) {
    this.callId = options.callId;
    this.#session = options.session;
    this.#sound = options.sound;
    this.#emit = options.emit;
    this.#onOver = options.onOver;
    this.#gate = options.gate;
    this.#stage = options.direction === 'inbound' ? 'ringing' : 'dialling';
  }

  /**
   * An inbound call begins: says so, and prepares the answer from the offer (empty for a late offer: then not). The desk
   * draws the caller in the same thread, so the card comes first: the work begins `cardFirstMs` later, or at the answer.
   */
  ring(remote: RemoteParty, sipCallId: string, offerSdp: string): void {
    this.#emit({ kind: 'offered', callId: this.callId, remote, sipCallId });
    if (offerSdp === '') return;
    const timer = setTimeout(() => this.#beginPreparing(), cardFirstMs);
    this.#beginPreparing = () => {
      clearTimeout(timer);
      this.#beginPreparing = () => {};
      if (this.#stage !== 'ended') this.#preparing = this.#prepare(offerSdp);
    };
  }

  /** The track an outbound call speaks with. */
  lent(lent: LentTrack): void {
    if (this.#stage === 'ended') lent.release();
    else this.#keepTrack(lent);
  }

  /** What the SIP session tells us. */
  readonly events: SipSessionEvents = {
    onAlerting: () => {
      if (this.#stage === 'dialling') this.#say({ kind: 'alerting' });
    },
    onNegotiating: () => {
      const connection = this.#session.connection();
      if (connection === null) return;
      if (connection.signalingState !== 'stable' || connection.remoteDescription === null) preferOpus(connection);
      connection.addEventListener('connectionstatechange', () => this.#establishWhenBoth());
    },
    onAccepted: () => {
      if (this.#stage === 'dialling') {
        this.#stage = 'answering';
        this.#say({ kind: 'answering' });
      }
    },
    onConfirmed: () => {
      this.#isConfirmed = true;
      this.#establishWhenBoth();
    },
    onHeldThere: (isHeld) => {
      this.#isHeldThere = isHeld;
      this.#say({ kind: isHeld ? 'held-there' : 'resumed-there' });
    },
    onReofferBroken: (why) => {
      if (this.#rescue?.offerBroken(why) !== true && this.#isReoffering) this.#holdBroken(brokenWords[why]);
    },
    onPathLost: () => this.#rescue?.pathLost(),
    onEnded: ({ originator, cause, reason }) => {
      if (this.#stage !== 'ended') this.#end(endCauseOf({ originator, cause, ourWish: this.#wish, reason }));
      this.#onOver();
    },
  };

  answer(): LineOutcome {
    if (this.#stage !== 'ringing') return refused(`the call is ${this.#stage}, not ringing`);
    if (!this.#gate.isOpen()) return refused(lineIsAway);
    this.#stage = 'answering';
    this.#beginPreparing();
    if (this.#prepared !== null) this.#answerNow();
    else void this.#preparing.then(() => this.#answerNow());
    // Said in a task of its own: JsSIP's promises then send the 200 OK before the ring is stopped and reports are written.
    setTimeout(() => {
      if (this.#stage !== 'ended') this.#say({ kind: 'answering' });
    });
    return taken;
  }

  decline(how: 'busy' | 'elsewhere'): LineOutcome {
    if (this.#stage !== 'ringing') return refused(`the call is ${this.#stage}, not ringing`);
    this.#wish = 'decline';
    this.#session.reject(how === 'busy' ? 486 : 480);
    return taken;
  }

  hangUp(): LineOutcome {
    if (this.#stage === 'ended') return refused('the call is over');
    this.#wish = this.#stage === 'ringing' ? 'decline' : 'hang-up';
    if (this.#gate.isOpen() || this.#stage === 'ringing') this.#session.end();
    else this.#endOwing();
    return taken;
  }

  /** The switch is reached again. */
  lineReturned(): void {
    if (this.#isOwed) this.#session.end();
    else if (this.#stage === 'ringing') this.#ringLost();
    else this.#rescue?.lineReturned();
  }

  /** The switch has been away for so long that what rang there rings no more. */
  lineAway(): void {
    if (this.#stage === 'ringing') this.#ringLost();
  }

  /** The person is done with this call now; the switch hears it when it can be reached. */
  #endOwing(): void {
    this.#isOwed = true;
    this.#end('hung-up-here');
    setTimeout(() => this.#session.end(), owedMsMax);
  }

  /** A switch that lost its connection to us has taken the offered call elsewhere; the answer would reach nobody. */
  #ringLost(): void {
    this.#end('line-lost');
    this.#session.end();
  }

  #end(cause: EndCause): void {
    this.#stage = 'ended';
    this.#rescue?.stop();
    if (this.#prepared !== null) discardPrepared(this.#prepared);
    this.#lent?.release();
    this.#say({ kind: 'ended', cause });
  }

  /** The line itself goes away. */
  drop(): void {
    if (this.#stage === 'ended') return;
    this.#wish = 'drop';
    this.#session.end();
  }

  hold(isHeld: boolean): LineOutcome {
    if (this.#stage !== 'up') return refused(`the call is ${this.#stage}`);
    if (!this.#gate.isOpen()) return refused(lineIsAway);
    if (this.#wantsHeld === isHeld) return refused(isHeld ? 'the call is held already' : 'the call is not held');
    this.#wantsHeld = isHeld;
    // The customer must not hear what is said after the key, however long the switch takes to agree.
    this.#letThrough();
    this.#reoffer(0);
    return taken;
  }

  mute(isMuted: boolean): LineOutcome {
    if (this.#stage === 'ended' || this.#stage === 'ringing') return refused(`the call is ${this.#stage}`);
    if (this.#isMuted === isMuted) return taken;
    this.#isMuted = isMuted;
    this.#session.mute(isMuted);
    this.#letThrough();
    this.#say({ kind: isMuted ? 'muted' : 'unmuted' });
    return taken;
  }

  digits(digits: string): LineOutcome {
    if (this.#stage !== 'up' && this.#stage !== 'dialling') return refused(`the call is ${this.#stage}`);
    if (this.#isHeld) return refused('the call is held');
    try {
      this.#session.sendDigits(digits);
    } catch (error) {
      return refused(`digits cannot be sent: ${String(error)}`);
    }
    this.#emit({ kind: 'digits-sent', callId: this.callId, count: digits.length });
    return taken;
  }

  media(): CallMedia | null {
    const connection = this.#stage === 'ringing' ? null : this.#session.connection();
    if (connection === null || this.#stage === 'ended') return null;
    const received = connection.getReceivers().find((receiver) => receiver.track.kind === 'audio')?.track ?? null;
    return { connection, sent: this.#sender()?.track ?? null, received };
  }

  async #prepare(offerSdp: string): Promise<void> {
    try {
      const prepared = await prepareAnswer(this.callId, offerSdp, this.#sound);
      if (this.#isOver()) discardPrepared(prepared);
      else this.#prepared = prepared;
    } catch (error) {
      console.warn('phone: the answer could not be prepared, answering the ordinary way', error);
    }
  }

  #isOver(): boolean {
    return this.#stage === 'ended';
  }

  #answerNow(): void {
    if (this.#stage !== 'answering') return;
    const prepared = this.#prepared;
    if (prepared === null) {
      void this.#answerUnprepared();
      return;
    }
    this.#prepared = null;
    prepared.lent.track.enabled = true;
    handOver(prepared, () => this.#session.answer(prepared.stream));
    this.#keepTrack(prepared.lent);
  }

  async #answerUnprepared(): Promise<void> {
    const lent = await this.#sound.lend(this.callId);
    if (this.#stage !== 'answering') {
      lent.release();
      return;
    }
    this.#keepTrack(lent);
    this.#session.answer(new MediaStream([lent.track]));
  }

  #keepTrack(lent: LentTrack): void {
    this.#lent = lent;
    this.#letThrough();
    lent.onReplaced((track) => {
      track.enabled = !this.#isMuted && !this.#wantsHeld && !this.#isHeld;
      const sender = this.#sender();
      if (sender === null) return;
      sender.replaceTrack(track).then(
        () => this.#emit({ kind: 'media-changed', callId: this.callId }),
        (error: unknown) => console.error('phone: the new microphone could not be put into the call', error),
      );
    });
  }

  #letThrough(): void {
    const track = this.#sender()?.track ?? this.#lent?.track;
    if (track) track.enabled = !this.#isMuted && !this.#wantsHeld && !this.#isHeld;
  }

  #establishWhenBoth(): void {
    if (!this.#isConfirmed || this.#stage !== 'answering') return;
    const connection = this.#session.connection();
    if (connection?.connectionState !== 'connected') return;
    this.#stage = 'up';
    this.#guard(connection);
    limitEncoder(this.#sender());
    this.#say({ kind: 'established' });
    this.#emit({ kind: 'media-changed', callId: this.callId });
  }

  #reoffer(attempt: number): void {
    if (this.#isReoffering || this.#stage !== 'up' || this.#wantsHeld === this.#isHeld) return;
    const isHeld = this.#wantsHeld;
    this.#isReoffering = true;
    const wasSent = this.#session.offerHold(isHeld, () => {
      this.#isReoffering = false;
      this.#isHeld = isHeld;
      this.#letThrough();
      this.#say({ kind: isHeld ? 'held' : 'resumed' });
      this.#reoffer(0);
    });
    if (wasSent) return;
    this.#isReoffering = false;
    if (attempt < reofferRetriesMax) setTimeout(() => this.#reoffer(attempt + 1), reofferRetryMs);
    else this.#holdBroken('another change of the call did not finish in time');
  }

  #holdBroken(why: string): void {
    const what = this.#wantsHeld ? 'hold' : 'resume';
    this.#isReoffering = false;
    this.#wantsHeld = this.#isHeld;
    this.#letThrough();
    this.#emit({ kind: 'refused', callId: this.callId, what, why });
  }

  /** A call that is up is kept up: new paths are offered when the old ones are gone. */
  #guard(connection: RTCPeerConnection): void {
    this.#rescue = startCallRescue({
      connection,
      isReachable: () => this.#gate.isOpen(),
      offerPaths: (done) => !this.#isReoffering && this.#session.offerPaths(done),
      isSilenceMeant: () => this.#isHeld || this.#wantsHeld || this.#isHeldThere,
      onStalled: () => this.#gate.suspect(),
      onSound: (isFlowing) => this.#emit({ kind: 'sound', callId: this.callId, isFlowing }),
      setSending: (isSending) => sendOrNot(this.#sender(), isSending),
      onGone: () => this.drop(),
    });
  }

  #sender(): RTCRtpSender | null {
    const connection = this.#session.connection();
    return connection?.getSenders().find((sender) => sender.track?.kind === 'audio') ?? null;
  }

  #say(event: Extract<LineEvent, { kind: 'call' }>['event']): void {
    this.#emit({ kind: 'call', callId: this.callId, event });
  }
}
