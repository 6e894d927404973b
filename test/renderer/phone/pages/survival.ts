import { jssipLine } from '../../../../renderer/phone/jssip-line.ts';
import type { Line, LineEvent } from '../../../../renderer/phone/line.ts';
import { QuietAudio } from '../../../../renderer/phone/quiet-audio.ts';
import { SignallingSocket, type SipSocket } from '../../../../renderer/phone/signalling.ts';
import { socketPair } from '../../../../renderer/phone/socket-pair.ts';
import { holds } from './holds.ts';

/**
 * Our line on the real supervised socket; its WebSockets are fakes that lead to another line in the page, with real
 * WebRTC between the two. The test can cut, deafen and corrupt the wire.
 */
const quiet = new QuietAudio();
const events: LineEvent[] = [];
const watchers = new Set<() => void>();
const sent: string[] = [];
const connections: RTCPeerConnection[] = [];
const fault = { refuseConnect: false, swallow: '', answerWith: '' };
/** Connections that stand; beside the one in use there may be one that is being tried. */
const wires = new Set<FakeWebSocket>();
let opened = 0;

const native = window.RTCPeerConnection;
window.RTCPeerConnection = new Proxy(native, {
  construct: (target, args) => {
    const made: RTCPeerConnection = Reflect.construct(target, args);
    connections.push(made);
    return made;
  },
});

const [middle, theirSocket] = socketPair();
middle.connect();
middle.ondata = (data: unknown) => {
  for (const wire of wires) wire.onmessage?.({ data });
};

/** One WebSocket of ours; what it is told goes to the other line unless the fault says otherwise. */
class FakeWebSocket {
  readyState: number = WebSocket.CONNECTING;
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { wasClean: boolean; code: number; reason: string }) => void) | null = null;

  constructor() {
    opened += 1;
    setTimeout(() => {
      if (fault.refuseConnect) return this.cut();
      this.readyState = WebSocket.OPEN;
      wires.add(this);
      this.onopen?.();
    }, 5);
  }

  send(text: string): void {
    sent.push(text);
    for (const resolve of watchers) resolve();
    watchers.clear();
    if (text === '\r\n\r\n') {
      queueMicrotask(() => this.onmessage?.({ data: '\r\n' }));
      return;
    }
    const isReinvite = text.startsWith('INVITE ') && /^To: .*;tag=/mu.test(text);
    const method = isReinvite ? 'RE-INVITE' : (text.split(' ', 1)[0] ?? '');
    if (fault.swallow === method) return;
    if (fault.answerWith !== '' && (method === 'RE-INVITE' || method === 'REGISTER')) {
      const status = fault.answerWith;
      const kept = text.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/u.test(line));
      queueMicrotask(() =>
        this.onmessage?.({ data: [`SIP/2.0 ${status}`, ...kept, 'Content-Length: 0', '', ''].join('\r\n') }),
      );
      return;
    }
    if (method === 'REGISTER') {
      const kept = text.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq|Contact):/u.test(line));
      const reply = ['SIP/2.0 200 OK', ...kept, 'Expires: 300', 'Content-Length: 0', '', ''].join('\r\n');
      queueMicrotask(() => this.onmessage?.({ data: reply }));
      return;
    }
    middle.send(text);
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
    wires.delete(this);
  }

  cut(): void {
    this.readyState = WebSocket.CLOSED;
    wires.delete(this);
    this.onclose?.({ wasClean: false, code: 1006, reason: '' });
  }
}

const lend = async () => ({ track: quiet.silence(), onReplaced: () => undefined, release: () => undefined });
const base = {
  kind: 'switch',
  echoNumber: '*43',
  domain: 'x.invalid',
  displayName: '',
  sound: { lend },
  newCallId: () => crypto.randomUUID(),
} as const;
const theirEvents: LineEvent[] = [];
const theirs: Line = jssipLine({
  ...base,
  password: null,
  user: 'them',
  socket: theirSocket,
  onEvent: (event) => {
    theirEvents.push(event);
    if (event.kind === 'offered') theirs.answer(event.callId);
  },
  targetOf: () => 'sip:us@x.invalid',
});
const socket: SipSocket = new SignallingSocket({
  servers: ['wss://switch.example/ws'],
  user: 'us',
  domain: 'x.invalid',
  onBadFrames: () => undefined,
  isBusy: () => true,
  open: () => new FakeWebSocket() as unknown as WebSocket,
});
const ours: Line = jssipLine({
  ...base,
  password: 'x',
  user: 'us',
  socket,
  onEvent: (event) => {
    events.push(event);
    for (const resolve of watchers) resolve();
    watchers.clear();
  },
  targetOf: () => 'sip:them@x.invalid',
});
theirs.start();
ours.start();

const theirCall = () => theirEvents.findLast((event) => event.kind === 'offered')?.callId ?? '';

Object.assign(window, {
  fault: (change: Partial<typeof fault>) => void Object.assign(fault, change),
  cut: () => {
    for (const wire of [...wires]) wire.cut();
  },
  opened: () => opened,
  command: (name: 'dial' | 'hold' | 'resume' | 'hangUp' | 'digits', callId: string, more: string) =>
    ours[name](callId, more),
  /** Both sides offer a change in the same moment. */
  bothHold: (callId: string) => [ours.hold(callId), theirs.hold(theirCall())],
  theirEnd: () => theirEvents.findLast((event) => holds(event, { event: { kind: 'ended' } })) ?? null,
  count: () => events.length,
  /** How many frames of ours begin with the text. */
  sent: (text: string) => sent.filter((frame) => frame.startsWith(text)).length,
  lastSent: (text: string) => sent.findLast((frame) => frame.startsWith(text)) ?? '',
  waitFor: async (from: number, parts: Record<string, unknown>): Promise<number> => {
    for (;;) {
      const at = events.findIndex((event, index) => index >= from && holds(event, parts));
      if (at >= 0) return at;
      await new Promise<void>((resolve) => watchers.add(resolve));
    }
  },
  waitForSent: async (text: string, count: number): Promise<void> => {
    while (sent.filter((frame) => frame.startsWith(text)).length < count) {
      await new Promise<void>((resolve) => watchers.add(resolve));
    }
  },
  hasEnded: (callId: string) =>
    events.some((event) => holds(event, { kind: 'call', callId, event: { kind: 'ended' } })),
  /** ICE says of our connection of this call what it would say of a dead path. */
  iceSays: (callId: string, state: RTCIceConnectionState) => {
    const connection = ours.media(callId)?.connection;
    if (connection === undefined) throw new Error('no connection');
    Object.defineProperty(connection, 'iceConnectionState', { configurable: true, get: () => state });
    connection.dispatchEvent(new Event('iceconnectionstatechange'));
    Reflect.deleteProperty(connection, 'iceConnectionState');
  },
  /** Gathering goes on, as it does on a machine with many addresses. */
  gatherSlowly: (callId: string) => {
    const connection = ours.media(callId)?.connection;
    if (connection === undefined) throw new Error('no connection');
    Object.defineProperty(connection, 'iceGatheringState', { configurable: true, get: () => 'gathering' });
  },
  /** Gathering of candidates never ends and finds nothing, from now on. */
  gatherNothing: (callId: string) => {
    const connection = ours.media(callId)?.connection;
    if (connection === undefined) throw new Error('no connection');
    Object.defineProperty(connection, 'iceGatheringState', { configurable: true, get: () => 'gathering' });
    connection.addEventListener('icecandidate', (event) => event.stopImmediatePropagation(), { capture: true });
  },
});
