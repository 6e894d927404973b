import { type WebSocket as Socket, WebSocket, WebSocketServer } from 'ws';

/**
 * One SIP message that passed the relay. `at` is milliseconds since the epoch, on this process's monotonic clock; `atNs`
 * is CLOCK_MONOTONIC, which the mock headset's times are of too.
 */
export type RelayedFrame = {
  readonly at: number;
  readonly atNs: bigint;
  readonly to: 'seat' | 'switch';
  readonly text: string;
};

/** How many frames are remembered: a bench of 100 calls makes about two thousand. */
const framesMax = 20_000;

/** How many frames of one connection may wait for its way to the switch to open: a REGISTER and a keep-alive. */
const waitingMax = 32;

/** A WebSocket between a seat and its switch that notes when each SIP message passes. The wire, as a test can see it. */
export type SipRelay = {
  /** What a seat registers with instead of the switch. */
  readonly url: string;
  /** The first frame after place `from` for which `matches` holds, waiting for it if it has not passed yet. */
  waitFor(
    what: string,
    matches: (frame: RelayedFrame) => boolean,
    options?: { readonly from?: number; readonly timeoutMs?: number },
  ): Promise<RelayedFrame>;
  mark(): number;
  /** Says something to the seat that the switch never said: hostile input. */
  sayToSeat(text: string): void;
  /** Closes the seat's connection as a switch does, with a status code (RFC 6455, 7.4.1); gives how many. */
  closeAll(code: number, reason: string): number;
  close(): Promise<void>;
};

/** Now, on the clock of `RelayedFrame.at`; a page's `performance.timeOrigin + performance.now()` is the same clock. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Starts a relay on loopback in front of the switch at `target` (`ws://127.0.0.1:PORT/ws`, or wss: with any certificate). */
export async function startSipRelay(target: string): Promise<SipRelay> {
  const frames: RelayedFrame[] = [];
  const watchers = new Set<(frame: RelayedFrame) => void>();
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'sip' });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const note = (to: RelayedFrame['to'], text: string) => {
    if (frames.length >= framesMax) throw new Error(`more than ${framesMax} SIP messages through one relay`);
    const frame = { at: preciseNow(), atNs: process.hrtime.bigint(), to, text };
    frames.push(frame);
    for (const watch of watchers) watch(frame);
  };
  server.on('connection', (seat) => join(seat, new WebSocket(target, 'sip', { rejectUnauthorized: false }), note));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port');
  return {
    url: `ws://127.0.0.1:${address.port}/ws`,
    mark: () => frames.length,
    sayToSeat: (text) => {
      for (const client of server.clients) client.send(text);
    },
    closeAll: (code, reason) => {
      for (const client of server.clients) client.close(code, reason);
      return server.clients.size;
    },
    waitFor: (what, matches, { from = 0, timeoutMs = 10_000 } = {}) => {
      const already = frames.slice(from).find(matches);
      if (already !== undefined) return Promise.resolve(already);
      return new Promise((resolve, reject) => {
        const watch = (frame: RelayedFrame) => {
          if (!matches(frame)) return;
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(frame);
        };
        const timer = setTimeout(() => {
          watchers.delete(watch);
          reject(new Error(`${what}: not on the wire within ${timeoutMs} ms`));
        }, timeoutMs);
        watchers.add(watch);
      });
    },
    close: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Joins the two ends: what one says, the other hears; when one goes, the other is closed. */
function join(seat: Socket, toSwitch: Socket, note: (to: RelayedFrame['to'], text: string) => void): void {
  const waiting: string[] = [];
  seat.on('message', (data) => {
    const text = String(data);
    note('switch', text);
    if (toSwitch.readyState === WebSocket.OPEN) toSwitch.send(text);
    else if (waiting.length < waitingMax) waiting.push(text);
    else seat.terminate();
  });
  toSwitch.on('open', () => {
    for (const text of waiting.splice(0)) toSwitch.send(text);
  });
  toSwitch.on('message', (data) => {
    const text = String(data);
    note('seat', text);
    seat.send(text);
  });
  toSwitch.on('error', () => seat.terminate());
  seat.on('error', () => toSwitch.terminate());
  toSwitch.on('close', () => seat.close());
  seat.on('close', () => toSwitch.close());
}

/** Whether a frame is an INVITE that begins a call (not a re-INVITE, which has a To tag). */
export function isFirstInvite({ text }: RelayedFrame): boolean {
  return text.startsWith('INVITE ') && !/^To:.*;tag=/im.test(text);
}

/** Whether a frame is a 200 OK to an INVITE, going to the switch. */
export function isAnswer({ text, to }: RelayedFrame): boolean {
  return to === 'switch' && text.startsWith('SIP/2.0 200') && /^CSeq:\s*\d+\s+INVITE/im.test(text);
}
