import { MessageChannel } from 'node:worker_threads';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import type { Equipment } from '../../core/equipment.ts';
import type { EquipmentEvent } from '../../core/equipment-event.ts';
import { idleLamps, type KeyEvent } from '../../core/key.ts';
import type { KeyFace } from '../../core/key-face.ts';
import type { DeviceChild } from '../../native/device-child.ts';
import { type DeviceExit, type DeviceProcess, startDeviceProcess } from '../../native/device-client.ts';
import { type DeviceDesk, type DeviceEvents, deviceRouter } from '../../native/device-server.ts';
import { beatEveryMs, missedBeatsMax } from '../../native/heartbeat.ts';
import { pressesPerSecondMax } from '../../native/press-guard.ts';
import { processPort } from '../../native/process-port.ts';
import { handClock } from './hand-clock.ts';

/** A device process within this one: deviceRouter over a desk that writes down what it is asked. */
type FakeProcess = {
  readonly child: DeviceChild;
  readonly asked: unknown[];
  readonly events: DeviceEvents;
  /** How many heartbeats it has answered. */
  beats(): number;
  /** It reads nothing any more, and does not end. */
  hang(): void;
  die(detail: string): void;
};

function fakeProcess(): FakeProcess {
  const { port1, port2 } = new MessageChannel();
  const asked: unknown[] = [];
  const exits = new Set<(detail: string) => void>();
  let given: DeviceEvents | undefined;
  let ended: string | undefined;
  const die = (detail: string): void => {
    ended ??= detail;
    port1.close();
    for (const listener of exits) listener(ended);
    exits.clear();
  };
  const note =
    (what: string) =>
    (...args: readonly unknown[]): void =>
      void asked.push([what, ...args]);
  const desk: DeviceDesk = {
    devices: () => [],
    show: note('show'),
    showSign: note('showSign'),
    setLightRules: note('setLightRules'),
    showFaces: note('showFaces'),
    tryLamp: note('tryLamp'),
    setEquipment: note('setEquipment'),
    command: async (command) => {
      asked.push(['command', command]);
      return { kind: 'refused', why: 'not now' };
    },
    ports: async () => [
      { path: '/dev/ttyUSB0', manufacturer: 'FTDI', vendorId: '0403', productId: null, serialNumber: null },
    ],
    setCollections: note('setCollections'),
    pressSimulated: () => false,
    simulatedLamps: () => undefined,
    close: async () => undefined,
  };
  const { router } = deviceRouter(
    (events) => {
      given = events;
      return desk;
    },
    (signal) => port2.postMessage(signal),
  );
  const { port } = processPort({
    on: (_event, listener) => port2.on('message', listener),
    send: (message) => port2.postMessage(message),
  });
  let beats = 0;
  const countBeats = async <T>({ path, next }: { path: readonly string[]; next(): T }): Promise<Awaited<T>> => {
    const answer = await next();
    if (path.join() === 'alive') beats += 1;
    return answer;
  };
  new RPCHandler(router, { clientInterceptors: [countBeats] }).upgrade(port);
  if (given === undefined) throw new Error('the desk was not opened');
  return {
    asked,
    events: given,
    beats: () => beats,
    child: {
      on: (_event, listener) => port1.on('message', listener),
      send: (message) => port1.postMessage(message),
      onExit: (listener) => void (ended === undefined ? exits.add(listener) : listener(ended)),
      kill: () => die('SIGKILL'),
    },
    hang: () => void port2.removeAllListeners('message'),
    die,
  };
}

/** The client over fake processes; time is moved by hand. */
function start() {
  const clock = handClock();
  const processes: FakeProcess[] = [];
  const exits: DeviceExit[] = [];
  const devices = startDeviceProcess({
    simulated: false,
    log: () => undefined,
    after: clock.after,
    lightRules: { talking: { colour: '#ff0000', flash: 'steady' } },
    fork: () => {
      const started = fakeProcess();
      processes.push(started);
      return started.child;
    },
  });
  devices.onExit((exit) => exits.push(exit));
  const latest = (): FakeProcess => {
    const last = processes.at(-1);
    if (last === undefined) throw new Error('none was started');
    return last;
  };
  return { devices, clock, processes, exits, latest };
}

/** A turn of the event loop: messages between ports take some. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

const face: KeyFace = {
  keyId: '1',
  caption: 'Answer',
  icon: 'answer',
  lamp: 'slow',
  tone: 'ringing',
  isEnabled: true,
  sinceAt: null,
};
const panel: Equipment = {
  use: 'panel',
  id: 'pedals',
  name: 'Pedals',
  port: { path: '/dev/ttyUSB0', vendorId: null, productId: null, serialNumber: null },
  profile: 'generic-ascii-keypad',
};
const collections = [{ vendorId: 1, productId: 2, productName: 'Headset', collections: [] }];
const wished = [
  ['show', { ...idleLamps, isOffHook: true }],
  ['setLightRules', { talking: { colour: '#ff0000', flash: 'steady' } }],
  ['showSign', 'talking'],
  ['showFaces', [{ deviceId: 'panel', faces: [face] }]],
  ['setCollections', collections],
  ['setEquipment', '/seat', [panel]],
];
/** The last word of each kind. */
function lastAsked(asked: readonly unknown[]): readonly unknown[] {
  return [...new Map(asked.map((one) => [Array.isArray(one) ? one[0] : one, one])).values()];
}
const sorted = (asked: readonly unknown[]): readonly unknown[] =>
  asked.toSorted((one, other) => String(one).localeCompare(String(other)));

describe('device client and server', { timeout: 30_000 }, () => {
  let devices: DeviceProcess | undefined;
  afterEach(() => devices?.close());
  const wishAll = (client: DeviceProcess): void => {
    client.show({ ...idleLamps, isOffHook: true });
    client.showSign('talking');
    client.showFaces([{ deviceId: 'panel', faces: [face] }]);
    client.setCollections(collections);
    client.setEquipment('/seat', [panel]);
  };

  it('hands on every wish, lamp trial and command, and answers with ports and outcomes', async () => {
    const seat = start();
    ({ devices } = seat);
    wishAll(devices);
    devices.tryLamp('panel', '1', 'fast');
    const command = { kind: 'unlock', id: 'modem', pin: '1234' } as const;
    expect(await devices.command(command)).toEqual({ kind: 'refused', why: 'not now' });
    expect(await devices.ports()).toMatchObject([{ path: '/dev/ttyUSB0', vendorId: '0403' }]);
    const expected = [...wished, ['tryLamp', 'panel', '1', 'fast'], ['command', command]];
    expect(sorted(lastAsked(seat.latest().asked))).toEqual(sorted(expected));
  });

  it('refuses what is out of bounds at the border, and goes on', async () => {
    const seat = start();
    ({ devices } = seat);
    const outcome = await devices.command({ kind: 'unlock', id: 'modem', pin: 'abc' });
    expect(outcome.kind).toBe('refused');
    expect(await devices.ports()).toHaveLength(1);
    expect(seat.latest().asked.filter((one) => Array.isArray(one) && one[0] === 'command')).toEqual([]);
  });

  it('wishes everything again from a process that took the place of one that died; commands meanwhile are refused', async () => {
    const seat = start();
    ({ devices } = seat);
    wishAll(devices);
    await until(() => lastAsked(seat.latest().asked).length === wished.length);
    seat.latest().die('SIGSEGV');
    expect(await devices.command({ kind: 'keep-text', id: 'modem', ref: '1' })).toMatchObject({ kind: 'refused' });
    await expect(devices.ports()).rejects.toThrow(/not running/);
    await seat.clock.pass(10_000);
    expect([seat.processes.length, seat.exits]).toEqual([2, [{ kind: 'restarting', detail: 'SIGSEGV' }]]);
    await until(() => lastAsked(seat.latest().asked).length === wished.length);
    expect(sorted(lastAsked(seat.latest().asked))).toEqual(sorted(wished));
  });

  it('ends a process that answers no more, says why, and wishes everything again', async () => {
    const seat = start();
    ({ devices } = seat);
    wishAll(devices);
    for (let beat = 0; beat < 5; beat += 1) {
      await seat.clock.pass(beatEveryMs);
      await until(() => seat.latest().beats() === beat + 1);
      await devices.ports(); // Its answer comes after that of the beat.
    }
    seat.latest().hang();
    await seat.clock.pass((missedBeatsMax + 3) * beatEveryMs);
    expect(seat.exits).toEqual([{ kind: 'restarting', detail: 'no answer for 3 heartbeats' }]);
    expect(seat.processes).toHaveLength(2);
    await until(() => lastAsked(seat.latest().asked).length === wished.length);
  });

  it('lets through equipment events in order, and no more presses than a person can make', async () => {
    const seat = start();
    ({ devices } = seat);
    const keys: KeyEvent[] = [];
    const events: EquipmentEvent[] = [];
    devices.watchKeys((event) => keys.push(event));
    const unwatch = devices.watchEquipment((event) => events.push(event));
    await devices.ports(); // The feeds are asked for before it.
    for (let n = 0; n < pressesPerSecondMax + 10; n += 1) {
      seat.latest().events.onKey({ deviceId: 'mad', press: { key: 'flash' } });
      await turn();
    }
    seat.latest().events.onKey({ deviceId: 'calm', press: { key: 'redial' } });
    for (const number of ['1', '2', '3']) {
      seat.latest().events.onEquipment({ kind: 'lamp-asked', id: 'desk', number, isOn: true });
    }
    await until(() => events.length === 3 && keys.some(({ deviceId }) => deviceId === 'calm'));
    expect(events.map((event) => event.kind === 'lamp-asked' && event.number)).toEqual(['1', '2', '3']);
    expect(keys.filter(({ deviceId }) => deviceId === 'mad')).toHaveLength(pressesPerSecondMax);
    unwatch();
    seat.latest().events.onEquipment({ kind: 'lamp-asked', id: 'desk', number: '4', isOn: true });
    await devices.ports();
    await turn();
    expect(events).toHaveLength(3);
  });
});
