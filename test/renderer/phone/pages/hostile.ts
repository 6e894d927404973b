import { jssipLine } from '../../../../renderer/phone/jssip-line.ts';
import type { LineEvent } from '../../../../renderer/phone/line.ts';
import { QuietAudio } from '../../../../renderer/phone/quiet-audio.ts';
import { SignallingSocket } from '../../../../renderer/phone/signalling.ts';

/** A real SIP agent behind the real guarded socket, on a WebSocket that is a fake: the test is the switch. */
const sent: string[] = [];
const events: LineEvent[] = [];

class FakeWebSocket {
  readyState: number = WebSocket.CONNECTING;
  binaryType = 'blob';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { wasClean: boolean; code: number; reason: string }) => void) | null = null;
  send(text: string): void {
    sent.push(text);
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
  socket: new SignallingSocket(
    'ws://127.0.0.1:1/ws',
    (counts) => events.push({ kind: 'bad-frames', ...counts }),
    () => wire as unknown as WebSocket,
  ),
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
  wire,
  /** Gives one frame to the socket; answers how long the page was busy with it. Throws what escapes. */
  receive: (data: unknown): number => {
    const begun = performance.now();
    wire.onmessage?.({ data });
    return performance.now() - begun;
  },
  /** An offer as a browser makes it, for INVITEs that should be answerable. */
  offer: async () => {
    const connection = new RTCPeerConnection();
    connection.addTrack(quiet.silence());
    await connection.setLocalDescription(await connection.createOffer());
    return connection.localDescription?.sdp ?? '';
  },
});
