import type { BrokenRequest } from './jssip-mends.ts';

/** One established call whose sound is kept alive over changing paths. */
export type CallRescue = {
  /** The switch is reached again, perhaps by another address: the call is told of it. */
  lineReturned(): void;
  /** ICE has given up every path. */
  pathLost(): void;
  /** The offer of new paths came to nothing; false: none was under way. */
  offerBroken(why: BrokenRequest): boolean;
  stop(): void;
};

export type RescueOptions = {
  readonly connection: RTCPeerConnection;
  /** Whether a request can be sent to the switch now. */
  readonly isReachable: () => boolean;
  /** Offers new paths (ICE restart); false: not now. `done`: the other side agreed. */
  readonly offerPaths: (done: () => void) => boolean;
  /** Whether the other side is silent on purpose (held): then silence says nothing. */
  readonly isSilenceMeant: () => boolean;
  /** Nothing has arrived for `stalledMs`: the path may have changed. Said again every two seconds while it lasts. */
  readonly onStalled: () => void;
  /** No sound arrives that should, or it does again. */
  readonly onSound: (isFlowing: boolean) => void;
  /**
   * Whether what we say is sent. Into a road that leads nowhere nothing is: Asterisk fills every packet it missed with
   * made-up sound when the road is back, and is busy with twenty seconds of that before it passes on a word.
   */
  readonly setSending: (isSending: boolean) => void;
  /** The switch knows nothing of this call any more, and nothing is heard. */
  readonly onGone: () => void;
};

const lookEveryMs = 150;
/** Speech comes every 20 ms; as much of nothing is no jitter of any road people can talk over. */
const stalledMs = 700;
const stalledAgainMs = 2_000;
/** Neither sound nor signalling for this long: the road leads nowhere. */
const deadMs = 2_500;
/** New paths that carry no sound by then are no paths: the next offer. */
const provenWithinMs = 4_000;
/** While another offer is under way this one waits its turn. */
const turnMs = 200;
/** Offers for one loss; after these the call waits for the next change of the line or the network. */
const offersMax = 12;
/** A switch that does not know the call and from which nothing is heard for this long has dropped it. */
const goneAfterMs = 8_000;

/**
 * Watches the sound of a call and offers new paths when the old ones are gone: after a return of the line, and when ICE
 * says `disconnected` or `failed` while the switch can be reached. One offer at a time, each proven or followed by
 * another after a growing pause; what was interrupted is never sent again as it was.
 */
export function startCallRescue(options: RescueOptions): CallRescue {
  const { connection } = options;
  let isWanted = false;
  let isOffering = false;
  let offers = 0;
  let isUnknown = false;
  let isSending = true;
  let isSilent = false;
  let lastStallAt = 0;
  let agreedAt = Number.NEGATIVE_INFINITY;
  let heardAt = performance.now();
  let next: ReturnType<typeof setTimeout> | undefined;

  const isFlowing = (): boolean => /^(?:connected|completed)$/u.test(connection.iceConnectionState);
  const offer = (): void => {
    clearTimeout(next);
    if (!isWanted || isOffering || !options.isReachable() || offers >= offersMax) return;
    isOffering = true;
    const wasSent = options.offerPaths(() => {
      isOffering = false;
      isWanted = false;
      agreedAt = performance.now();
      next = setTimeout(prove, provenWithinMs);
    });
    if (wasSent) {
      offers += 1;
      return;
    }
    isOffering = false;
    next = setTimeout(offer, turnMs);
  };
  const prove = (): void => {
    if (isFlowing()) offers = 0;
    else want();
  };
  const want = (): void => {
    isWanted = true;
    offer();
  };
  const onIce = (): void => {
    if (isFlowing()) sending(true);
    if (connection.iceConnectionState === 'disconnected' || connection.iceConnectionState === 'failed') {
      options.onStalled();
      want();
    }
  };
  const sound = (isFlowingNow: boolean): void => {
    if (isSilent !== isFlowingNow) return;
    isSilent = !isFlowingNow;
    options.onSound(isFlowingNow);
  };
  const sending = (isSendingNow: boolean): void => {
    if (isSending === isSendingNow) return;
    isSending = isSendingNow;
    options.setSending(isSending);
  };
  const look = (): void => {
    const now = performance.now();
    const at = lastSoundAt(connection);
    if (at !== null) heardAt = Math.max(heardAt, at);
    if (at === null) return;
    const silentMs = now - heardAt;
    const isDead = silentMs > deadMs && !options.isSilenceMeant() && !options.isReachable();
    sending(!isDead);
    sound(silentMs < stalledMs || options.isSilenceMeant());
    if (options.isSilenceMeant()) return;
    // New paths that were just agreed on are given time to carry something before the line itself is doubted; once they
    // have, silence is silence.
    const isProven = heardAt > agreedAt || now - agreedAt > provenWithinMs;
    if (silentMs > stalledMs && now - lastStallAt > stalledAgainMs && isProven) {
      lastStallAt = now;
      options.onStalled();
    }
    if (silentMs < stalledMs) isUnknown = false;
    if (isUnknown && silentMs > goneAfterMs) options.onGone();
  };
  connection.addEventListener('iceconnectionstatechange', onIce);
  const looking = setInterval(look, lookEveryMs);

  return {
    lineReturned: () => {
      sending(true);
      offers = 0;
      want();
    },
    pathLost: want,
    offerBroken: (why) => {
      if (!isOffering) return false;
      isOffering = false;
      if (why === 'dialog-unknown') isUnknown = true;
      // Lost with the line: the return of the line begins anew.
      else if (why !== 'line-lost') next = setTimeout(offer, Math.min(8_000, 500 * 2 ** offers));
      return true;
    },
    stop: () => {
      clearTimeout(next);
      clearInterval(looking);
      connection.removeEventListener('iceconnectionstatechange', onIce);
    },
  };
}

/** When sound last arrived, on performance.now()'s clock; null before the first. */
function lastSoundAt(connection: RTCPeerConnection): number | null {
  const receiver = connection.getReceivers().find(({ track }) => track.kind === 'audio');
  const times = receiver?.getSynchronizationSources().map(({ timestamp }) => timestamp) ?? [];
  if (times.length === 0) return null;
  const newest = Math.max(...times);
  // The specification counts from the time origin, and browsers have also counted from 1970.
  return newest > performance.timeOrigin ? newest - performance.timeOrigin : newest;
}
