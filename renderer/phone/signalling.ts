import { screenFrame } from './frame-screen.ts';
import { type Liveness, startLiveness } from './liveness.ts';

/** JsSIP's Socket interface, as its documentation gives it; the handlers are JsSIP's to set. */
export type SipSocket = {
  via_transport: string;
  readonly url: string;
  readonly sip_uri: string;
  connect(): void;
  disconnect(): void;
  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean;
  isConnected(): boolean;
  isConnecting(): boolean;
  onconnect(): void;
  ondisconnect(error: boolean, code?: number, reason?: string): void;
  ondata<T>(data: T): void;
  /** Ours: called when it is time to connect again. */
  onretry?: () => void;
  /** Ours: the path may have changed. */
  suspect?(): void;
};

/** How many frames were thrown away: too large, or such that the SIP parser would fail or did fail on them. */
export type BadFrames = { readonly oversize: number; readonly unreadable: number };

export type SignallingOptions = {
  /** Addresses of the switch, the preferred one first: ws: or wss:. */
  readonly servers: readonly string[];
  /** Who asks when the switch is asked for a sign of life. */
  readonly user: string;
  readonly domain: string;
  readonly onBadFrames: (counts: BadFrames) => void;
  /** Whether a call lives: then signs of life are asked for often, and an address that works is not left. */
  readonly isBusy: () => boolean;
  readonly open?: (url: string) => WebSocket;
};

/** A TCP connect may hang for minutes; a switch that is there answers within this. */
const connectMsMax = 3_000;
/** After a loss the first attempt is made at once; the next ones this far apart while a call waits for its line ... */
const retryBusyMs = 1_000;
/** ... and up to this with nobody talking, spread by chance so that a floor of seats does not return in one second. */
const retryIdleMsMax = 5_000;
/** A connection that stood this long was a good one. */
const steadyMs = 5_000;
/** How often the preferred address is looked for while another one is used. */
const failbackEveryMs = 30_000;
/** How long the old connection has to speak once a new one to the same switch stands. */
const challengeMs = 400;

/**
 * The signalling to a switch (RFC 7118), supervised: frames are screened before JsSIP parses them and a parser that
 * throws is caught and counted; a connect that hangs is cut after three seconds and the next address tried at once; a
 * connection that no longer answers is noticed (liveness.ts) and replaced; the preferred address is returned to when
 * nobody talks. JsSIP sees one socket. When the time has come to connect again `onretry` is called: JsSIP's own timer is
 * slower and knows nothing of calls.
 */
export class SignallingSocket implements SipSocket {
  onconnect: () => void = nothing;
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = nothing;
  ondata: (data: unknown) => void = nothing;
  /** Whoever owns the transport connects again. */
  onretry: () => void = nothing;
  readonly #options: SignallingOptions;
  readonly #servers: readonly URL[];
  readonly #open: (url: string) => WebSocket;
  #at = 0;
  #socket: WebSocket | null = null;
  /** A connection that is being tried beside the one in use. */
  #challenger: WebSocket | null = null;
  #liveness: Liveness | null = null;
  #deadline: Timer;
  #retry: Timer;
  #failback: Timer;
  #challenge: Timer;
  #losses = 0;
  #openedAt = Number.POSITIVE_INFINITY;
  #counts: BadFrames = { oversize: 0, unreadable: 0 };

  /** Throws a TypeError without an address or on one that is no WebSocket: settings.ts has checked them before. */
  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#servers = options.servers.map((server) => new URL(server));
    this.#open = options.open ?? openWebSocket;
    if (this.#servers.length === 0) throw new TypeError('no address of a switch');
    const strange = this.#servers.find(({ protocol }) => protocol !== 'ws:' && protocol !== 'wss:');
    if (strange !== undefined) throw new TypeError(`not a WebSocket address: ${strange.href}`);
  }

  get url(): string {
    return this.#options.servers[this.#at] ?? '';
  }

  get sip_uri(): string {
    return `sip:${this.#servers[this.#at]?.host};transport=ws`;
  }

  get via_transport(): string {
    return this.#servers[this.#at]?.protocol === 'wss:' ? 'WSS' : 'WS';
  }

  connect(): void {
    if (this.isConnected() || this.isConnecting()) return;
    clearTimeout(this.#retry);
    this.#attempt(0);
  }

  disconnect(): void {
    clearTimeout(this.#retry);
    this.#losses = 0;
    this.#release();
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (this.#socket === null || !this.isConnected()) return false;
    this.#socket.send(String(message));
    return true;
  }

  isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  isConnecting(): boolean {
    return this.#socket?.readyState === WebSocket.CONNECTING;
  }

  /**
   * Something says that the path may have changed: the system is online again or woke up, or no sound arrives. Connects
   * now, or asks the connection for a sign of life while a new one is tried beside it: whichever answers is used.
   */
  suspect(): void {
    if (this.isConnecting()) return;
    if (!this.isConnected()) {
      clearTimeout(this.#retry);
      this.onretry();
      return;
    }
    this.#liveness?.ask();
    if (this.#challenger === null) this.#challengeFor(this.#at);
  }

  #attempt(at: number): void {
    this.#at = at;
    const socket = this.#open(this.url);
    this.#use(socket);
    this.#deadline = setTimeout(() => this.#failed(true, 4000, 'no connection within 3 s'), connectMsMax);
    socket.onopen = () => this.#opened();
    socket.onclose = ({ wasClean, code, reason }) => this.#failed(!wasClean, code, reason);
  }

  /** This address does not answer: the next one is tried at once, and after the last one the line is lost. */
  #failed(isError: boolean, code: number, reason: string): void {
    const next = this.#at + 1;
    this.#release();
    if (next < this.#servers.length) this.#attempt(next);
    else this.#lost(isError, code, reason);
  }

  #use(socket: WebSocket): void {
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
  }

  #opened(): void {
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    if (socket === null) return;
    this.#openedAt = performance.now();
    socket.onclose = ({ wasClean, code, reason }) => this.#end(!wasClean, code, reason);
    const { user, domain, isBusy } = this.#options;
    this.#liveness = startLiveness({
      user,
      domain,
      viaTransport: this.via_transport,
      isBusy,
      send: (text) => socket.send(text),
      onDead: () => this.#end(true, 4001, 'the switch does not answer'),
    });
    if (this.#at > 0) this.#failback = setInterval(() => this.#tryPreferred(), failbackEveryMs);
    this.onconnect();
  }

  #end(isError: boolean, code: number, reason: string): void {
    this.#release();
    this.#lost(isError, code, reason);
  }

  #lost(isError: boolean, code: number, reason: string): void {
    // A switch that takes connections only to drop them is not besieged.
    if (performance.now() - this.#openedAt > steadyMs) this.#losses = 0;
    this.#openedAt = Number.POSITIVE_INFINITY;
    this.#losses += 1;
    clearTimeout(this.#retry);
    const longest = Math.min(retryIdleMsMax, retryBusyMs * 2 ** (this.#losses - 1));
    const pauseMs = this.#options.isBusy() ? retryBusyMs : retryBusyMs / 2 + Math.random() * longest;
    this.#retry = setTimeout(() => this.onretry(), this.#losses === 1 ? 0 : pauseMs);
    this.ondisconnect(isError, code, reason);
  }

  #tryPreferred(): void {
    if (!this.#options.isBusy() && this.#challenger === null) this.#challengeFor(0);
  }

  /** Opens a second connection; it takes over when it stands and the first one is silent, or is not the preferred one. */
  #challengeFor(at: number): void {
    const challenger = this.#open(this.#options.servers[at] ?? '');
    this.#challenger = challenger;
    challenger.binaryType = 'arraybuffer';
    const giveUp = (): void => this.#dropChallenger();
    this.#challenge = setTimeout(giveUp, connectMsMax);
    challenger.onclose = giveUp;
    challenger.onopen = () => {
      clearTimeout(this.#challenge);
      if (at !== this.#at) {
        this.#takeOver(challenger, at);
        return;
      }
      this.#challenge = setTimeout(() => {
        if (this.#liveness?.isSilent() === true) this.#takeOver(challenger, at);
        else giveUp();
      }, challengeMs);
    };
  }

  #takeOver(challenger: WebSocket, at: number): void {
    if (at !== this.#at && this.#options.isBusy()) {
      this.#dropChallenger();
      return;
    }
    this.#challenger = null;
    clearTimeout(this.#challenge);
    this.#release();
    // JsSIP has to hear of the change: what was under way on the old connection will never be answered.
    this.ondisconnect(false, 4002, 'a better connection to the switch');
    this.#at = at;
    this.#use(challenger);
    this.onretry();
    // Whoever connects finds it connected; its own `connect` does nothing then.
    this.#opened();
  }

  #receive(data: unknown): void {
    const text = typeof data === 'string' ? data : data instanceof ArrayBuffer ? new TextDecoder().decode(data) : '';
    if (this.#liveness?.heard(text) === true) return;
    const screened = screenFrame(text);
    switch (screened.kind) {
      case 'pass':
        try {
          this.ondata(screened.text);
        } catch (error) {
          console.warn('phone: a frame from the switch broke the SIP parser', error);
          this.#count('unreadable');
        }
        return;
      case 'reply':
        this.send(screened.text);
        this.#count('unreadable');
        return;
      case 'drop':
        this.#count(screened.why);
        return;
    }
  }

  #count(why: keyof BadFrames): void {
    this.#counts = { ...this.#counts, [why]: this.#counts[why] + 1 };
    this.#options.onBadFrames(this.#counts);
  }

  #dropChallenger(): void {
    clearTimeout(this.#challenge);
    const challenger = this.#challenger;
    this.#challenger = null;
    if (challenger !== null) silence(challenger);
  }

  #release(): void {
    clearTimeout(this.#deadline);
    clearInterval(this.#failback);
    this.#dropChallenger();
    this.#liveness?.stop();
    this.#liveness = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) silence(socket);
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;

function silence(socket: WebSocket): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.close();
}

function openWebSocket(url: string): WebSocket {
  return new WebSocket(url, 'sip');
}

function nothing(): void {}
