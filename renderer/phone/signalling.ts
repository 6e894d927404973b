import { screenFrame } from './frame-screen.ts';

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
};

/** How many frames were thrown away: too large, or such that the SIP parser would fail or did fail on them. */
export type BadFrames = { readonly oversize: number; readonly unreadable: number };

/** A TCP connect may hang for minutes; a switch that is there answers within this. */
const connectMsMax = 3_000;
/** Proxies cut an idle WebSocket after 30 to 60 s (facts/phone.md section 5 no. 2). */
const keepAliveMs = 20_000;

/**
 * One WebSocket to the switch (RFC 7118), guarded: frames are screened before JsSIP parses them, a parser that throws
 * is caught and counted, a connect that hangs is cut after three seconds, idle proxies are kept awake with CRLF
 * (RFC 5626 section 3.5.1). Reconnecting is JsSIP's transport's.
 */
export class SignallingSocket implements SipSocket {
  via_transport: string;
  readonly url: string;
  readonly sip_uri: string;
  onconnect: () => void = nothing;
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = nothing;
  ondata: (data: unknown) => void = nothing;
  readonly #open: (url: string) => WebSocket;
  readonly #onBadFrames: (counts: BadFrames) => void;
  #socket: WebSocket | null = null;
  #connectDeadline: ReturnType<typeof setTimeout> | undefined;
  #keepAlive: ReturnType<typeof setInterval> | undefined;
  #counts: BadFrames = { oversize: 0, unreadable: 0 };

  /** `url` is ws: or wss:. Throws a TypeError on any other address: settings.ts has checked it before. */
  constructor(url: string, onBadFrames: (counts: BadFrames) => void, open = openWebSocket) {
    const parsed = new URL(url);
    if (parsed.protocol !== 'ws:' && parsed.protocol !== 'wss:') throw new TypeError(`not a WebSocket address: ${url}`);
    this.url = url;
    this.sip_uri = `sip:${parsed.host};transport=ws`;
    this.via_transport = parsed.protocol === 'wss:' ? 'WSS' : 'WS';
    this.#onBadFrames = onBadFrames;
    this.#open = open;
  }

  connect(): void {
    if (this.isConnected() || this.isConnecting()) return;
    const socket = this.#open(this.url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#connectDeadline = setTimeout(() => this.#lose(true, 4000, 'no connection within 3 s'), connectMsMax);
    socket.onopen = () => {
      clearTimeout(this.#connectDeadline);
      this.#keepAlive = setInterval(() => socket.send('\r\n\r\n'), keepAliveMs);
      this.onconnect();
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
    socket.onclose = ({ wasClean, code, reason }) => this.#lose(!wasClean, code, reason);
  }

  disconnect(): void {
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

  #receive(data: unknown): void {
    const text = typeof data === 'string' ? data : data instanceof ArrayBuffer ? new TextDecoder().decode(data) : '';
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
    this.#onBadFrames(this.#counts);
  }

  #lose(isError: boolean, code: number, reason: string): void {
    this.#release();
    this.ondisconnect(isError, code, reason);
  }

  #release(): void {
    clearTimeout(this.#connectDeadline);
    clearInterval(this.#keepAlive);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}

function openWebSocket(url: string): WebSocket {
  return new WebSocket(url, 'sip');
}

function nothing(): void {}
