import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { portChoice } from '../../../core/equipment.ts';
import { openingProblem } from '../../../native/equipment/equipment-info.ts';
import { equipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { openWaitMs } from '../../../native/serial/open-in-time.ts';
import type { OpenedPort, OpenOutcome, PortSettings, SerialPortSeen } from '../../../native/serial/serial-bus.ts';
import { handClock } from '../hand-clock.ts';

const settings: PortSettings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none', lock: true };
const silent = { onData: () => undefined, onGone: () => undefined };

function seen(path: string, serialNumber: string, productId = '7523'): SerialPortSeen {
  return { path, serialNumber, productId, vendorId: '1a86', manufacturer: '' };
}

function bench(first: readonly SerialPortSeen[]) {
  const clock = handClock();
  let ports = first;
  let lists = 0;
  let answer: (outcome: OpenOutcome) => void = () => undefined;
  const port: OpenedPort = {
    write: async () => undefined,
    setPins: async () => undefined,
    readPins: async () => ({ cts: false, dsr: false, dcd: false }),
    rest: () => undefined,
    close: async () => undefined,
  };
  let opens = 0;
  const shared = equipmentPorts({
    clock,
    list: async () => {
      lists += 1;
      return { kind: 'listed', ports };
    },
    open: async (path) => {
      opens += 1;
      if (path === '/dev/hangs') {
        return new Promise((resolve) => {
          answer = resolve;
        });
      }
      return { kind: 'open', port };
    },
  });
  return {
    ...{ clock, shared, port },
    now: (next: readonly SerialPortSeen[]) => {
      ports = next;
    },
    lists: () => lists,
    opens: () => opens,
    answer: () => answer({ kind: 'open', port }),
  };
}

test('by serial number, wherever it is plugged in', async () => {
  const { shared, clock, now } = bench([seen('/dev/ttyUSB0', 'A'), seen('/dev/ttyUSB1', 'B')]);
  const find = shared.portOf(portChoice.parse({ path: '/dev/ttyUSB0', vendorId: '1a86', serialNumber: 'B' }));
  expect(await find()).toBe('/dev/ttyUSB1');
  now([seen('/dev/ttyUSB7', 'B')]);
  await clock.pass(2000);
  expect(await find()).toBe('/dev/ttyUSB7');
  now([seen('/dev/ttyUSB1', 'A')]);
  await clock.pass(2000);
  expect(await find()).toBeUndefined();
});

test('two alike without serial numbers: each at its path, and moved, none takes the one the other has', async () => {
  const { shared, clock, now } = bench([seen('/dev/ttyUSB0', ''), seen('/dev/ttyUSB1', '')]);
  const choice = (path: string) => portChoice.parse({ path, vendorId: '1a86', productId: '7523' });
  const [one, two] = [shared.portOf(choice('/dev/ttyUSB0')), shared.portOf(choice('/dev/ttyUSB1'))];
  expect([await one(), await two()]).toEqual(['/dev/ttyUSB0', '/dev/ttyUSB1']);
  const opened = await shared.open('/dev/ttyUSB1', settings, silent);
  now([seen('/dev/ttyUSB1', '')]);
  await clock.pass(2000);
  expect(await one()).toBeUndefined();
  now([seen('/dev/ttyUSB1', ''), seen('/dev/ttyUSB2', '')]);
  await clock.pass(2000);
  expect(await one()).toBe('/dev/ttyUSB2');
  if (opened.kind === 'open') await opened.port.close();
  now([seen('/dev/ttyUSB1', '')]);
  await clock.pass(2000);
  expect(await one()).toBe('/dev/ttyUSB1');
});

test.skipIf(process.platform === 'win32')('a port without an identity is its path, while it is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-ports-'));
  const { shared, lists } = bench([]);
  const path = join(folder, 'ttyS0');
  const find = shared.portOf(portChoice.parse({ path }));
  expect(await find()).toBeUndefined();
  await writeFile(path, '');
  expect([await find(), lists()]).toEqual([path, 0]);
  await rm(folder, { recursive: true });
});

test('pieces that look at the same time share one list', async () => {
  const { shared, lists, clock } = bench([seen('/dev/ttyUSB0', 'A')]);
  const finders = Array.from({ length: 10 }, () =>
    shared.portOf(portChoice.parse({ path: '/dev/ttyUSB0', serialNumber: 'A' })),
  );
  await Promise.all(finders.map((find) => find()));
  expect(lists()).toBe(1);
  await clock.pass(2000);
  await Promise.all(finders.map((find) => find()));
  expect(lists()).toBe(2);
});

test('a driver that hangs in open is told of, holds one thread however often it is asked, and is let go when it answers', async () => {
  const { shared, clock, opens, answer } = bench([]);
  const first = shared.open('/dev/hangs', settings, silent);
  await clock.pass(openWaitMs);
  expect(await first).toMatchObject({ kind: 'refused', detail: expect.stringContaining('no answer from the driver') });
  const again = await Promise.all([1, 2, 3].map(() => shared.open('/dev/hangs', settings, silent)));
  expect(again.map((outcome) => outcome.kind)).toEqual(['refused', 'refused', 'refused']);
  expect(opens()).toBe(1);
  answer();
  await clock.pass(1);
  void shared.open('/dev/hangs', settings, silent);
  expect(opens()).toBe(2);
});

test('a mistake in what a piece makes of its bytes ends that opening, and nothing else', async () => {
  const clock = handClock();
  let say = (_bytes: Uint8Array): void => undefined;
  let closes = 0;
  const port: OpenedPort = {
    write: async () => undefined,
    setPins: async () => undefined,
    readPins: async () => ({ cts: false, dsr: false, dcd: false }),
    rest: () => undefined,
    close: async () => {
      closes += 1;
    },
  };
  const shared = equipmentPorts({
    clock,
    open: async (_path, _settings, listener) => {
      say = (bytes) => listener.onData(bytes);
      return { kind: 'open', port };
    },
  });
  const gone: string[] = [];
  await shared.open('/dev/x', settings, {
    onData: () => {
      throw new Error('a byte too many');
    },
    onGone: (detail) => gone.push(detail),
  });
  say(Uint8Array.of(1));
  expect([gone, closes]).toEqual([['reading failed: a byte too many'], 1]);
});

test.each([
  ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'linux', 'not-plugged-in'],
  ['Opening COM3: File not found', 'win32', 'not-plugged-in'],
  ['Error Resource temporarily unavailable Cannot lock port', 'linux', 'in-use'],
  ['Opening COM3: Access denied', 'win32', 'in-use'],
  ['Error: Permission denied, cannot open /dev/ttyUSB0', 'linux', 'no-permission'],
  ['Error: Inappropriate ioctl for device, cannot open /dev/null', 'linux', 'cannot-open'],
])('%s on %s', (detail, platform, problem) => {
  expect(openingProblem(detail, platform)).toBe(problem);
});
