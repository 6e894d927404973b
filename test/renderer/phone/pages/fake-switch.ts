import { jssipLine } from '../../../../renderer/phone/jssip-line.ts';
import type { LineEvent } from '../../../../renderer/phone/line.ts';
import { QuietAudio } from '../../../../renderer/phone/quiet-audio.ts';
import { SignallingSocket } from '../../../../renderer/phone/signalling.ts';

/** Every connection the page made, so that none is left open. */
const connections: RTCPeerConnection[] = [];
const native = window.RTCPeerConnection;
window.RTCPeerConnection = new Proxy(native, {
  construct: (target, args) => {
    const made: RTCPeerConnection = Reflect.construct(target, args);
    connections.push(made);
    return made;
  },
});

/** A real SIP agent behind the real guarded socket, on a WebSocket that is a fake: the test is the switch. */
const sent: string[] = [];
const events: LineEvent[] = [];
const watchers = new Set<() => void>();

class FakeWebSocket {
  readyState: number = WebSocket.CONNECTING;
  binaryType = 'blob';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { wasClean: boolean; code: number; reason: string }) => void) | null = null;
  send(text: string): void {
    sent.push(text);
    for (const resolve of watchers) resolve();
    watchers.clear();
  }
  close(): void {
    this.readyState = WebSocket.CLOSED;
  }
}

const wire = new FakeWebSocket();
const quiet = new QuietAudio();
const line = jssipLine({
  kind: 'switch',
  echoNumber: '*43',
  socket: new SignallingSocket({
    servers: ['ws://127.0.0.1:1/ws'],
    user: '6001',
    domain: 'hub',
    onBadFrames: (counts) => events.push({ kind: 'bad-frames', ...counts }),
    isBusy: () => false,
    open: () => wire as unknown as WebSocket,
  }),
  user: '6001',
  domain: 'hub',
  displayName: '',
  password: 'x',
  sound: {
    lend: async () => ({ track: quiet.silence(), onReplaced: () => undefined, release: () => undefined }),
  },
  newCallId: () => crypto.randomUUID(),
  onEvent: (event) => events.push(event),
});
line.start();
wire.readyState = WebSocket.OPEN;
wire.onopen?.();

Object.assign(window, {
  sent,
  events,
  forget: () => {
    sent.length = 0;
    events.length = 0;
  },
  connectionStates: () => connections.map((connection) => connection.signalingState),
  command: (name: 'answer' | 'hold' | 'resume' | 'hangUp', callId: string) => line[name](callId),
  /** Gives one frame to the socket; answers how long the page was busy with it. Throws what escapes. */
  receive: (data: unknown): number => {
    const begun = performance.now();
    wire.onmessage?.({ data });
    return performance.now() - begun;
  },
  /** Resolves with the first frame sent that holds the text, past or future. */
  frameWith: async (text: string): Promise<string> => {
    for (;;) {
      const found = sent.find((frame) => frame.includes(text));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => watchers.add(resolve));
    }
  },
  /** An offer as a browser makes it, for INVITEs that should be answerable. */
  offer: async () => {
    const connection = new native();
    connection.addTrack(quiet.silence());
    await connection.setLocalDescription(await connection.createOffer());
    return connection.localDescription?.sdp ?? '';
  },
});
