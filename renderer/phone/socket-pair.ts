import type { SipSocket } from './signalling.ts';

/**
 * Two ends of a wire inside the page: what one sends the other receives, in order, never from inside `send`. Both obey
 * JsSIP's Socket interface, so two user agents can telephone each other with no server (facts/phone.md section 2).
 */
export function socketPair(): readonly [SipSocket, SipSocket] {
  const left = new PairedSocket('left');
  const right = new PairedSocket('right');
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class PairedSocket implements SipSocket {
  via_transport = 'WSS';
  readonly url: string;
  readonly sip_uri: string;
  peer: PairedSocket | null = null;
  onconnect: () => void = () => undefined;
  ondisconnect: (error: boolean) => void = () => undefined;
  ondata: (data: unknown) => void = () => undefined;
  #isConnected = false;

  constructor(name: string) {
    this.url = `wss://${name}.practice.invalid`;
    this.sip_uri = `sip:${name}.practice.invalid;transport=ws`;
  }

  connect(): void {
    queueMicrotask(() => {
      this.#isConnected = true;
      this.onconnect();
    });
  }

  disconnect(): void {
    this.#isConnected = false;
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    const { peer } = this;
    if (!this.#isConnected || peer === null) return false;
    queueMicrotask(() => {
      if (peer.#isConnected) peer.ondata(String(message));
    });
    return true;
  }

  isConnected(): boolean {
    return this.#isConnected;
  }

  isConnecting(): boolean {
    return false;
  }
}
