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

const one = ['wss://switch.example:8089/ws'];
const busy = { is: false };

function connect(servers = one) {
  const wires: Wire[] = [];
  const heard: unknown[] = [];
  const bad: BadFrames[] = [];
  const urls: string[] = [];
  const socket = new SignallingSocket({
    servers,
    user: '6001',
    domain: 'switch.example',
    onBadFrames: (counts) => bad.push(counts),
    isBusy: () => busy.is,
    open: (url) => {
      const wire = new Wire();
      urls.push(url);
      wires.push(wire);
      return wire as unknown as WebSocket;
    },
  });
  socket.onconnect = () => heard.push('connected');
  socket.ondisconnect = (isError, code, reason) => heard.push(['disconnected', isError, code, reason]);
  socket.ondata = (data) => heard.push(data);
  socket.onretry = () => socket.connect();
  socket.connect();
  return { socket, wires, urls, heard, bad };
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

const pong = '\r\n';

test('an idle connection is asked for a sign of life, by OPTIONS too until CRLF has been answered', () => {
  const { wires, heard } = connect();
  wires[0]?.open();
  vi.advanceTimersByTime(20_000);
  expect(wires[0]?.sent.map((text) => text.split(' ')[0])).toEqual(['\r\n\r\n', 'OPTIONS']);
  wires[0]?.onmessage?.({ data: pong });
  vi.advanceTimersByTime(20_000);
  expect(wires[0]?.sent.slice(2)).toEqual(['\r\n\r\n']);
  expect(heard).toEqual(['connected']);
});

test('a switch that answers OPTIONS only is asked by OPTIONS; its answer is not for the SIP parser', () => {
  const { wires, heard } = connect();
  wires[0]?.open();
  vi.advanceTimersByTime(20_000);
  const callId = /Call-ID: (.*)/u.exec(wires[0]?.sent[1] ?? '')?.[1];
  wires[0]?.onmessage?.({ data: `SIP/2.0 401 Unauthorized\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\n\r\n` });
  vi.advanceTimersByTime(20_000);
  expect(wires[0]?.sent.slice(2).map((text) => text.split(' ')[0])).toEqual(['OPTIONS']);
  expect(heard).toEqual(['connected']);
});

test('a connection that answers nothing for three seconds is dead, and the switch is tried anew at once', () => {
  const { wires, heard } = connect();
  wires[0]?.open();
  vi.advanceTimersByTime(22_999);
  expect(heard).toEqual(['connected']);
  vi.advanceTimersByTime(1);
  expect(heard).toEqual(['connected', ['disconnected', true, 4001, 'the switch does not answer']]);
  vi.advanceTimersByTime(1);
  expect([wires.length, wires[0]?.isClosed]).toEqual([2, true]);
});

test('during a call a sign of life is asked for every five seconds', () => {
  busy.is = true;
  const { wires } = connect();
  wires[0]?.open();
  vi.advanceTimersByTime(5_000);
  busy.is = false;
  expect(wires[0]?.sent[0]).toBe('\r\n\r\n');
});

test('the next address is tried at once, and after the last one all again a little later', () => {
  const { wires, urls, heard } = connect(['wss://a.example/ws', 'wss://b.example/ws']);
  wires[0]?.onclose?.({ wasClean: false, code: 1006, reason: '' });
  expect(urls).toEqual(['wss://a.example/ws', 'wss://b.example/ws']);
  vi.advanceTimersByTime(3_000);
  expect(heard).toEqual([['disconnected', true, 4000, 'no connection within 3 s']]);
  vi.advanceTimersByTime(1);
  expect(urls[2]).toBe('wss://a.example/ws');
});

test('back to the preferred address when nobody talks, never in a call', () => {
  const { wires, urls, heard, socket } = connect(['wss://a.example/ws', 'wss://b.example/ws']);
  wires[0]?.onclose?.({ wasClean: false, code: 1006, reason: '' });
  wires[1]?.open();
  const alive = setInterval(() => wires.at(1)?.onmessage?.({ data: pong }), 1_000);
  busy.is = true;
  vi.advanceTimersByTime(60_000);
  expect(urls.length).toBe(2);
  busy.is = false;
  vi.advanceTimersByTime(30_000);
  expect(urls[2]).toBe('wss://a.example/ws');
  wires[2]?.open();
  clearInterval(alive);
  expect(heard).toEqual(['connected', ['disconnected', false, 4002, 'a better connection to the switch'], 'connected']);
  expect([socket.url, socket.isConnected(), wires[1]?.isClosed]).toEqual(['wss://a.example/ws', true, true]);
});

test('a suspected connection is replaced when a new one stands and the old one is silent, and kept when it speaks', () => {
  const { wires, heard, socket } = connect();
  wires[0]?.open();
  socket.suspect();
  wires[1]?.open();
  wires[0]?.onmessage?.({ data: pong });
  vi.advanceTimersByTime(500);
  expect([heard, wires[1]?.isClosed]).toEqual([['connected'], true]);
  socket.suspect();
  wires[2]?.open();
  vi.advanceTimersByTime(500);
  expect(heard.slice(1)).toEqual([['disconnected', false, 4002, 'a better connection to the switch'], 'connected']);
  expect([wires[0]?.isClosed, socket.isConnected()]).toEqual([true, true]);
});

test('a switch that takes connections only to drop them is not besieged', () => {
  const { wires } = connect();
  for (let second = 0; second < 60; second += 1) {
    const wire = wires.at(-1);
    if (wire?.readyState === WebSocket.CONNECTING) {
      wire.open();
      wire.onclose?.({ wasClean: false, code: 1006, reason: '' });
    }
    vi.advanceTimersByTime(1_000);
  }
  expect(wires.length).toBeLessThan(40);
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
  expect(() => connect(['http://x'])).toThrow(TypeError);
  expect(() => connect([])).toThrow(TypeError);
});
