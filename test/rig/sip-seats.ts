import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** A light SIP seat: it registers over a WebSocket, and again when the connection is gone. It has no sound and no calls. */
export type SipSeat = {
  /** Milliseconds since the epoch of the last 200 to a REGISTER; null while it is not registered. */
  registeredAt(): number | null;
  /** Resolves when it is registered (again). */
  whenRegistered(): Promise<void>;
  /** How often it tried to connect. */
  attempts(): number;
  close(): void;
};

/** What a seat of ours does after a loss: at once, then up to this long, by chance (renderer/phone/signalling.ts). */
const retryMsMax = 5_000;

/** Starts a light seat. `random`: in [0, 1), for its waits. */
export function startSipSeat(options: {
  readonly wsUrl: string;
  readonly user: string;
  readonly password: string;
  readonly random: () => number;
}): SipSeat {
  let registeredAt: number | null = null;
  let attempts = 0;
  let isClosed = false;
  let socket: WebSocket | null = null;
  let told = Promise.withResolvers<void>();
  const live = async (): Promise<void> => {
    for (let losses = 0; !isClosed; losses += 1) {
      if (losses > 1) await pause(options.random() * retryMsMax);
      attempts += 1;
      const current = new WebSocket(options.wsUrl, 'sip', { rejectUnauthorized: false, handshakeTimeout: 3_000 });
      socket = current;
      registerOn(current, options, () => {
        registeredAt = Date.now();
        losses = 0;
        told.resolve();
      });
      await new Promise((resolve) => current.once('close', resolve));
      if (registeredAt !== null) told = Promise.withResolvers<void>();
      registeredAt = null;
    }
  };
  void live();
  return {
    registeredAt: () => registeredAt,
    whenRegistered: () => told.promise,
    attempts: () => attempts,
    close: () => {
      isClosed = true;
      socket?.terminate();
    },
  };
}

type Account = { readonly user: string; readonly password: string };

function registerOn(socket: WebSocket, { user, password }: Account, onRegistered: () => void): void {
  const callId = randomUUID();
  let sequence = 0;
  const send = (authorization: string): void => {
    sequence += 1;
    socket.send(
      [
        'REGISTER sip:127.0.0.1 SIP/2.0',
        `Via: SIP/2.0/WS seat.invalid;branch=z9hG4bK${randomUUID()}`,
        'Max-Forwards: 70',
        `From: <sip:${user}@127.0.0.1>;tag=${callId.slice(0, 8)}`,
        `To: <sip:${user}@127.0.0.1>`,
        `Call-ID: ${callId}`,
        `CSeq: ${sequence} REGISTER`,
        `Contact: <sip:${user}@seat.invalid;transport=ws>;expires=600`,
        ...(authorization === '' ? [] : [`Authorization: ${authorization}`]),
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  };
  socket.once('open', () => send(''));
  // What cannot be connected is closed, and `close` is waited for.
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    const text = String(data);
    if (text.startsWith('SIP/2.0 200')) onRegistered();
    if (text.startsWith('SIP/2.0 401') && sequence === 1) send(digest(text, user, password));
  });
}

/** An answer to a digest challenge (RFC 8760, MD5 as Asterisk asks by default). */
function digest(challenge: string, user: string, password: string): string {
  const header = /^WWW-Authenticate: Digest (.*)$/im.exec(challenge)?.[1] ?? '';
  const of = (name: string): string => new RegExp(`\\b${name}="?([^",]*)"?`, 'i').exec(header)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const [realm, nonce, opaque] = [of('realm'), of('nonce'), of('opaque')];
  const uri = 'sip:127.0.0.1';
  const [cnonce, count] = [randomUUID().slice(0, 8), '00000001'];
  const response = md5(
    [md5(`${user}:${realm}:${password}`), nonce, count, cnonce, 'auth', md5(`REGISTER:${uri}`)].join(':'),
  );
  const fields = { username: user, realm, nonce, uri, response, cnonce, opaque, algorithm: 'MD5' };
  const quoted = Object.entries(fields).map(([name, value]) => `${name}="${value}"`);
  return `Digest ${[...quoted, 'qop=auth', `nc=${count}`].join(', ')}`;
}
