import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PortListener, PortSettings } from '../../../native/serial/serial-bus.ts';
import type { LogSource } from '../../../native/smdr/log-source.ts';
import { readLogFromPort } from '../../../native/smdr/port-source.ts';
import { type SerialLine, startSerialLine } from '../../rig/serial-line.ts';
import { heard } from './heard.ts';

const settings: PortSettings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none', lock: true };
let source: LogSource | undefined;
afterEach(() => source?.close());

describe('a log on a serial port', { timeout: 60_000 }, () => {
  let line: SerialLine;
  beforeEach(async () => {
    line = await startSerialLine();
  });
  afterEach(() => line.stop());

  it('the real serialport: read, pulled out, waited for, read again', async () => {
    await line.plug();
    const { listener, until } = heard();
    source = readLogFromPort(line.path, settings, listener);
    await until('connected');
    line.send(Buffer.from('one').toString('hex'));
    await until('one');
    await line.unplug();
    await until('lost');
    await line.plug();
    await until('connected');
    line.send(Buffer.from('two').toString('hex'));
    await until('two');
  });
});

it('a port that is not there is asked for ever more rarely; one opened after close is closed again', async () => {
  const waits: number[] = [];
  await new Promise<void>((resolve) => {
    source = readLogFromPort(
      '/dev/no-such-port',
      settings,
      heard().listener,
      (ms, then) => {
        waits.push(ms);
        if (waits.length === 3) resolve();
        else queueMicrotask(then);
        return () => undefined;
      },
      () => Promise.resolve({ kind: 'refused', detail: 'not there' }),
    );
  });
  expect(waits).toEqual([1_000, 2_000, 4_000]);

  const closed = new Promise<void>((resolve) => {
    const open = (_path: string, _settings: PortSettings, _listener: PortListener) =>
      Promise.resolve({
        kind: 'open' as const,
        port: {
          write: () => Promise.resolve(),
          setPins: () => Promise.resolve(),
          readPins: () => Promise.resolve({ cts: false, dsr: false, dcd: false }),
          close: () => Promise.resolve(resolve()),
        },
      });
    readLogFromPort('/dev/slow', settings, heard().listener, () => () => undefined, open).close();
  });
  await closed;
});
