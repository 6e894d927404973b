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
  const rescue = new SoundWatch(options);
  rescue.start();
  return rescue;
}

class SoundWatch implements CallRescue {
  readonly #options: RescueOptions;
  readonly #connection: RTCPeerConnection;
  /** New paths are wanted and have not been agreed on. */
  #isWanted = false;
  #isOffering = false;
  /** Made since the line was last well. */
  #offers = 0;
  #next: ReturnType<typeof setTimeout> | undefined;
  /** The switch has said that it does not know the call. */
  #isUnknown = false;
  #isSending = true;
  #isSilent = false;
  #lastStallAt = 0;
  #agreedAt = Number.NEGATIVE_INFINITY;
  #heardAt = performance.now();
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(options: RescueOptions) {
    this.#options = options;
    this.#connection = options.connection;
  }

  start(): void {
    this.#connection.addEventListener('iceconnectionstatechange', this.#onIce);
    this.#looking = setInterval(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    clearTimeout(this.#next);
    clearInterval(this.#looking);
    this.#connection.removeEventListener('iceconnectionstatechange', this.#onIce);
  }

  lineReturned(): void {
    this.#setSending(true);
    this.#offers = 0;
    this.#want();
  }

  pathLost(): void {
    this.#want();
  }

  offerBroken(why: BrokenRequest): boolean {
    if (!this.#isOffering) return false;
    this.#isOffering = false;
    if (why === 'dialog-unknown') this.#isUnknown = true;
    // Lost with the line: the return of the line begins anew.
    else if (why !== 'line-lost') this.#offerIn(Math.min(8_000, 500 * 2 ** this.#offers));
    return true;
  }

  #want(): void {
    this.#isWanted = true;
    this.#offer();
  }

  #offer(): void {
    clearTimeout(this.#next);
    if (!this.#isWanted || this.#isOffering || !this.#options.isReachable() || this.#offers >= offersMax) return;
    this.#isOffering = true;
    if (this.#options.offerPaths(() => this.#agreed())) {
      this.#offers += 1;
      return;
    }
    this.#isOffering = false;
    this.#offerIn(turnMs);
  }

  #offerIn(ms: number): void {
    this.#next = setTimeout(() => this.#offer(), ms);
  }

  #agreed(): void {
    this.#isOffering = false;
    this.#isWanted = false;
    this.#agreedAt = performance.now();
    this.#next = setTimeout(() => this.#prove(), provenWithinMs);
  }

  #prove(): void {
    if (this.#hasPath()) this.#offers = 0;
    else this.#want();
  }

  #hasPath(): boolean {
    return /^(?:connected|completed)$/u.test(this.#connection.iceConnectionState);
  }

  /** A field: it is taken off the connection as it was put on. */
  readonly #onIce = (): void => {
    if (this.#hasPath()) this.#setSending(true);
    const state = this.#connection.iceConnectionState;
    if (state !== 'disconnected' && state !== 'failed') return;
    this.#options.onStalled();
    this.#want();
  };

  #look(): void {
    const now = performance.now();
    const at = lastSoundAt(this.#connection);
    if (at === null) return;
    this.#heardAt = Math.max(this.#heardAt, at);
    const { isSilenceMeant, isReachable } = this.#options;
    const silentMs = now - this.#heardAt;
    this.#setSending(!(silentMs > deadMs && !isSilenceMeant() && !isReachable()));
    this.#setSound(silentMs < stalledMs || isSilenceMeant());
    if (!isSilenceMeant()) this.#doubt(now, silentMs);
  }

  /** What silence that is not meant says of the line and of the call. */
  #doubt(now: number, silentMs: number): void {
    // New paths that were just agreed on are given time to carry something before the line itself is doubted; once they
    // have, silence is silence.
    const isProven = this.#heardAt > this.#agreedAt || now - this.#agreedAt > provenWithinMs;
    if (silentMs > stalledMs && now - this.#lastStallAt > stalledAgainMs && isProven) {
      this.#lastStallAt = now;
      this.#options.onStalled();
    }
    if (silentMs < stalledMs) this.#isUnknown = false;
    if (this.#isUnknown && silentMs > goneAfterMs) this.#options.onGone();
  }

  #setSound(isFlowing: boolean): void {
    if (this.#isSilent !== isFlowing) return;
    this.#isSilent = !isFlowing;
    this.#options.onSound(isFlowing);
  }

  #setSending(isSending: boolean): void {
    if (this.#isSending === isSending) return;
    this.#isSending = isSending;
    this.#options.setSending(isSending);
  }
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
