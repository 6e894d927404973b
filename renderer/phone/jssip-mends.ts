/** Why a request inside a call came to nothing; the call goes on. */
export type BrokenRequest = 'refused' | 'timed-out' | 'line-lost' | 'dialog-unknown';

/** As much of JsSIP's RTCSession as is mended. */
export type MendableSession = {
  readonly connection: RTCPeerConnection;
  isEstablished(): boolean;
  terminate(options?: Termination): void;
  renegotiate(options: { readonly rtcOfferConstraints: RTCOfferOptions }, done: () => void): boolean;
};

/** What a mended session says. */
export type MendedEvents = {
  /** A hold, a resume or an ICE restart came to nothing; what it had begun is taken back. */
  readonly onReofferBroken: (why: BrokenRequest) => void;
  /** ICE has given up on every path it knew. */
  readonly onPathLost: () => void;
};

/** What JsSIP 3.13.8 gives `terminate` when it ends a call by itself: RTCSession.js, Constants.js `causes`. */
type Termination = { readonly cause?: string; readonly reason_phrase?: string; readonly status_code?: number };

/** Reason phrases of a re-INVITE that failed: RTCSession.js hold, unhold, renegotiate. */
const reofferPhrases = ['Hold Failed', 'Unhold Failed', 'Media Renegotiation Failed'];

/**
 * Keeps a call alive through what JsSIP 3.13.8 takes for its end (facts/phone.md sections 1 and 3): a refused re-INVITE,
 * INFO or REFER, a request that times out, the loss of the WebSocket while one is under way, ICE `failed`. A call ends
 * when a person ends it, when the other side sends BYE, or when it was never established.
 */
export function keepCallAlive(session: MendableSession, events: MendedEvents): void {
  const terminate = session.terminate.bind(session);
  session.terminate = (options?: Termination) => {
    const broken = options === undefined || !session.isEstablished() ? null : brokenBy(options);
    if (broken === null) {
      terminate(options);
      return;
    }
    if (broken === 'path') {
      events.onPathLost();
      return;
    }
    takeBackOffer(session).then(
      () => events.onReofferBroken(broken),
      // A connection that cannot roll back is closed: nothing of the call is left to keep.
      (error: unknown) => {
        console.error('phone: an offer could not be taken back', error);
        terminate(options);
      },
    );
  };
}

function brokenBy({ cause, reason_phrase: phrase }: Termination): BrokenRequest | 'path' | null {
  if (cause === 'RTP Timeout') return 'path';
  if (cause === 'Connection Error') return 'line-lost';
  if (cause === 'Dialog Error') return 'dialog-unknown';
  // A session timer that ran out says so in its phrase: the peer stopped refreshing, but sound may well flow.
  if (cause === 'Request Timeout') return 'timed-out';
  return cause === 'WebRTC Error' && phrase !== undefined && reofferPhrases.includes(phrase) ? 'refused' : null;
}

/** The offer nobody agreed to is rolled back, and JsSIP's own hold flag put to what the call is in truth. */
async function takeBackOffer(session: MendableSession): Promise<void> {
  const connection: RTCPeerConnection | undefined = session.connection;
  if (connection === undefined) return;
  if (connection.signalingState === 'have-local-offer') await connection.setLocalDescription({ type: 'rollback' });
  const direction = connection
    .getTransceivers()
    .find(({ receiver }) => receiver.track.kind === 'audio')?.currentDirection;
  const isHeld = direction === 'sendonly' || direction === 'inactive';
  Reflect.set(session, '_localHold', isHeld);
  // A description that never left leaves this false, and JsSIP would refuse every later offer.
  Reflect.set(session, '_rtcReady', true);
}

/**
 * Registers again although JsSIP 3.13.8 still waits for an answer: it waits 32 s (Registrator.js, `_registering`), and a
 * switch that has just come up may have taken the connection and dropped the request. A late answer to the old one is
 * thrown away by its sequence number.
 */
export function registerAnew(agent: { register(): void }): void {
  const registrator: unknown = Reflect.get(agent, '_registrator');
  if (typeof registrator === 'object' && registrator !== null) Reflect.set(registrator, '_registering', false);
  agent.register();
}

/** As much of JsSIP's Dialog as is mended (Dialog.js). */
type MendableDialog = {
  readonly uac_pending_reply: boolean;
  _checkInDialogRequest(request: InDialogRequest): boolean;
};
type InDialogRequest = { readonly method: string; readonly body?: string; reply(status: number): void };

/**
 * RFC 3261 section 14.2: an offer that meets ours is refused with 491 and otherwise ignored. JsSIP 3.13.8 sends the 491
 * and then takes the offer all the same (Dialog.js, `_checkInDialogRequest`, no `return false`), which rolls ours back
 * and ends the call. To be called once the session has its dialog.
 */
export function refuseGlare(session: MendableSession): void {
  const dialog: unknown = Reflect.get(session, '_dialog');
  if (!isMendable(dialog)) return;
  const check = dialog._checkInDialogRequest.bind(dialog);
  dialog._checkInDialogRequest = (request) => {
    const isOffer = request.method === 'INVITE' || (request.method === 'UPDATE' && Boolean(request.body));
    if (!isOffer || !dialog.uac_pending_reply) return check(request);
    request.reply(491);
    return false;
  };
}

function isMendable(dialog: unknown): dialog is MendableDialog {
  return (
    typeof dialog === 'object' &&
    dialog !== null &&
    '_checkInDialogRequest' in dialog &&
    typeof dialog._checkInDialogRequest === 'function'
  );
}

/** As much of JsSIP's DialogRequestSender as is mended (Dialog/RequestSender.js). */
type GlaringSender = {
  readonly _request: { cseq: number };
  readonly _dialog: { local_seqnum: number; isTerminated(): boolean; readonly owner?: { readonly direction?: string } };
  _reattempt: boolean;
  send(): void;
};
type SipResponse = { readonly method: string; readonly status_code: number };

/** RFC 3261 section 14.1, in steps of 10 ms: who made the Call-ID waits 2.1 to 4 s, the other up to 2 s. `dice` is in [0, 1). */
export function glareWaitMs(ownsCallId: boolean, dice: number): number {
  return ownsCallId ? 2_100 + 10 * Math.floor(dice * 191) : 10 * Math.floor(dice * 201);
}

/**
 * After a 491 JsSIP 3.13.8 tries again after one second on either side (Dialog/RequestSender.js), so that two of them meet
 * again; here each waits as RFC 3261 section 14.1 says. To be called once, with JsSIP's own class.
 */
export function spaceGlare(
  prototype: object,
  dice: () => number = Math.random,
  after: (then: () => void, ms: number) => void = (then, ms) => void setTimeout(then, ms),
): void {
  const receive: unknown = Reflect.get(prototype, '_receiveResponse');
  if (typeof receive !== 'function') throw new Error('this JsSIP has no DialogRequestSender._receiveResponse');
  Reflect.set(prototype, '_receiveResponse', function (this: GlaringSender, response: SipResponse): void {
    if (response.method !== 'INVITE' || response.status_code !== 491 || this._reattempt) {
      receive.call(this, response);
      return;
    }
    const { _dialog: dialog, _request: request } = this;
    dialog.local_seqnum += 1;
    request.cseq = dialog.local_seqnum;
    after(
      () => {
        if (dialog.isTerminated()) return;
        this._reattempt = true;
        this.send();
      },
      glareWaitMs(dialog.owner?.direction === 'outgoing', dice()),
    );
  });
}

/** How long candidates are gathered for a new offer; the first host candidate takes milliseconds. */
const gatherMsMax = 2_000;

/**
 * Offers new paths for the sound (ICE restart, RFC 8445 section 9) on the same call. False: not now, another offer is
 * under way. JsSIP would send an offer without any candidate when an earlier round of gathering had finished
 * (RTCSession.js, "gathering and iceReady"), and would wait without end for one that never finishes; both are mended.
 */
export function restartPaths(session: MendableSession, done: () => void): boolean {
  Reflect.set(session, '_iceReady', false);
  const wasSent = session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, done);
  if (!wasSent) return false;
  const connection: RTCPeerConnection = session.connection;
  setTimeout(() => {
    if (Reflect.get(session, '_rtcReady') === true || connection.signalingState === 'closed') return;
    // What has been gathered is sent: `complete` is what JsSIP waits for.
    Object.defineProperty(connection, 'iceGatheringState', { configurable: true, get: () => 'complete' });
    connection.dispatchEvent(new Event('icegatheringstatechange'));
    Reflect.deleteProperty(connection, 'iceGatheringState');
  }, gatherMsMax);
  return true;
}
