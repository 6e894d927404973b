import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../native/clock.ts';
import { type LogSource, reconnectDelayMaxMs, reconnectDelayMs } from '../../../native/smdr/log-source.ts';
import { connectToLog, listenForLog } from '../../../native/smdr/tcp-source.ts';
import { heard } from './heard.ts';

let source: LogSource | undefined;
let server: Server | undefined;
afterEach(() => {
  source?.close();
  server?.close();
});

async function switchAt(take: (socket: Socket) => void): Promise<number> {
  server = createServer(take).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('a switch that waits to be asked', () => {
  it('is greeted, read, and connected to again when it hangs up', async () => {
    const greetings: string[] = [];
    let calls = 0;
    const port = await switchAt((socket) => {
      calls += 1;
      const call = calls;
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        greetings.push(bytes.toString('hex'));
        if (call === 1) socket.end('one');
        else socket.write('two');
      });
    });
    const { listener, until } = heard();
    const waits: number[] = [];
    const after: Clock['after'] = (ms, then) => {
      waits.push(ms);
      queueMicrotask(then);
      return () => undefined;
    };
    source = connectToLog({ host: '127.0.0.1', port }, Buffer.from('020000008400', 'hex'), listener, after);
    expect(await until('two')).toEqual(['connected', 'one', 'lost', 'connected', 'two']);
    expect({ greetings, waits }).toEqual({ greetings: ['020000008400', '020000008400'], waits: [reconnectDelayMs] });
  });

  it('is asked ever more rarely while it refuses, and not at all once closed', async () => {
    const port = await switchAt(() => undefined);
    server?.close();
    const waits: number[] = [];
    await new Promise<void>((resolve) => {
      const after: Clock['after'] = (ms, then) => {
        waits.push(ms);
        if (waits.length === 7) resolve();
        else queueMicrotask(then);
        return () => undefined;
      };
      source = connectToLog({ host: '127.0.0.1', port }, new Uint8Array(), heard().listener, after);
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, reconnectDelayMaxMs, reconnectDelayMaxMs]);
  });
});

describe('a switch that brings its log', () => {
  it('is read; a new connection takes the place of the one before', async () => {
    const { listener, until } = heard();
    let port = 0;
    source = await listenForLog(
      { host: '127.0.0.1', port: 0 },
      {
        ...listener,
        onState: (state) => {
          if (state.kind === 'listening') port = state.port;
          listener.onState(state);
        },
      },
    );
    const first = connect(port, '127.0.0.1');
    first.write('half a li');
    await until('half a li');
    const second = connect(port, '127.0.0.1');
    second.write('whole');
    expect(await until('whole')).toEqual(['listening', 'connected', 'half a li', 'lost', 'connected', 'whole']);
    second.end();
    await until('lost');
    first.destroy();
  });

  it('says when it cannot listen', async () => {
    const port = await switchAt(() => undefined);
    await expect(listenForLog({ host: '127.0.0.1', port }, heard().listener)).rejects.toThrow(/EADDRINUSE/);
  });
});
