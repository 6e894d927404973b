import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../native/clock.ts';
import {
  type OpenedPort,
  openSerialPort,
  type PortOpener,
  type PortSettings,
} from '../../../native/serial/serial-bus.ts';
import type { LogSource } from '../../../native/smdr/log-source.ts';
import { readLogFromPort } from '../../../native/smdr/port-source.ts';
import { type SerialLine, startSerialLine } from '../../rig/serial-line.ts';
import { handClock } from '../hand-clock.ts';
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
    source = readLogFromPort(
      { find: async () => line.path, open: openSerialPort, settings, clock: systemClock },
      listener,
    );
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

it('a port that is not there is asked for ever more rarely', async () => {
  const clock = handClock();
  const opened: number[] = [];
  const open: PortOpener = async () => {
    opened.push(clock.nowMs());
    return { kind: 'refused', detail: 'not there' };
  };
  source = readLogFromPort({ find: async () => '/dev/no-such-port', open, settings, clock }, heard().listener);
  await clock.pass(100_000);
  expect(opened).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000]);
});

it('one opened after close is closed again', async () => {
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let closes = 0;
  const port: OpenedPort = {
    write: () => Promise.resolve(),
    setPins: () => Promise.resolve(),
    readPins: () => Promise.resolve({ cts: false, dsr: false, dcd: false }),
    rest: () => undefined,
    close: async () => {
      closes += 1;
    },
  };
  const open: PortOpener = async () => {
    await asked;
    return { kind: 'open', port };
  };
  const late = readLogFromPort({ find: async () => '/dev/slow', open, settings, clock: handClock() }, heard().listener);
  const closed = late.close();
  answer();
  await closed;
  expect(closes).toBeLessThanOrEqual(1);
});
