import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BadFrames, SignallingSocket } from '../../../renderer/phone/signalling.ts';

/** A WebSocket whose other end is the test. */
class Wire {
  readyState: number = WebSocket.CONNECTING;
  binaryType = '';
  isClosed = false;
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { wasClean: boolean; code: number; reason: string }) => void) | null = null;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.isClosed = true;
    this.readyState = WebSocket.CLOSED;
  }
  open(): void {
    this.readyState = WebSocket.OPEN;
    this.onopen?.();
  }
}

function connect(): { socket: SignallingSocket; wires: Wire[]; heard: unknown[]; bad: BadFrames[] } {
  const wires: Wire[] = [];
  const heard: unknown[] = [];
  const bad: BadFrames[] = [];
  const socket = new SignallingSocket(
    'wss://switch.example:8089/ws',
    (counts) => bad.push(counts),
    () => {
      const wire = new Wire();
      wires.push(wire);
      return wire as unknown as WebSocket;
    },
  );
  socket.onconnect = () => heard.push('connected');
  socket.ondisconnect = (isError, code, reason) => heard.push(['disconnected', isError, code, reason]);
  socket.ondata = (data) => heard.push(data);
  socket.connect();
  return { socket, wires, heard, bad };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a switch that never answers the connect is given up after three seconds', () => {
  const { socket, wires, heard } = connect();
  vi.advanceTimersByTime(2_999);
  expect([heard, socket.isConnecting()]).toEqual([[], true]);
  vi.advanceTimersByTime(1);
  expect(heard).toEqual([['disconnected', true, 4000, 'no connection within 3 s']]);
  expect([wires[0]?.isClosed, socket.isConnecting(), socket.send('x')]).toEqual([true, false, false]);
});

test('an idle connection is kept awake with CRLF, and no longer once it is closed', () => {
  const { socket, wires, heard } = connect();
  wires[0]?.open();
  vi.advanceTimersByTime(61_000);
  expect(wires[0]?.sent).toEqual(['\r\n\r\n', '\r\n\r\n', '\r\n\r\n']);
  wires[0]?.onclose?.({ wasClean: false, code: 1006, reason: 'gone' });
  vi.advanceTimersByTime(61_000);
  expect([wires[0]?.sent.length, heard]).toEqual([3, ['connected', ['disconnected', true, 1006, 'gone']]]);
  socket.connect();
  expect(wires.length).toBe(2);
});

test('bad frames are dropped and counted, a parser that throws is caught and counted, good ones pass, binary too', () => {
  const { socket, wires, heard, bad } = connect();
  wires[0]?.open();
  const good = 'SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n';
  wires[0]?.onmessage?.({ data: 'x'.repeat(70_000) });
  wires[0]?.onmessage?.({ data: 'SIP/2.0 200 OK\r\nCSeq: x\r\n\r\n' });
  wires[0]?.onmessage?.({ data: new TextEncoder().encode(good).buffer });
  expect(heard).toEqual(['connected', good]);
  socket.ondata = () => {
    throw new TypeError('reading user of undefined');
  };
  wires[0]?.onmessage?.({ data: good });
  expect(bad).toEqual([
    { oversize: 1, unreadable: 0 },
    { oversize: 1, unreadable: 1 },
    { oversize: 1, unreadable: 2 },
  ]);
});

test('the address decides transport and SIP address; anything but a WebSocket is refused', () => {
  const { socket } = connect();
  expect([socket.via_transport, socket.sip_uri]).toEqual(['WSS', 'sip:switch.example:8089;transport=ws']);
  expect(() => new SignallingSocket('http://x', () => undefined)).toThrow(TypeError);
});
