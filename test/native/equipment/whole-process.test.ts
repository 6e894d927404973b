import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeviceInfo } from '../../../core/device-api.ts';
import type { EquipmentEvent } from '../../../core/equipment-event.ts';
import { idleLamps, type KeyEvent } from '../../../core/key.ts';
import { forkChild } from '../../../native/device-child.ts';
import { type DeviceProcess, startDeviceProcess } from '../../../native/device-client.ts';
import { buildModemShim, type ModemShim, type SerialLine, startSerialLine } from '../../rig/serial-line.ts';
import { recorded } from '../smdr/recorded-lines.ts';
import { equipmentOf } from './equipment-bench.ts';

/** The device process as a seat has it, with serial equipment on ptys and modem lines made by the ioctl shim. */
let lines: SerialLine[];
let shim: ModemShim;
let folder: string;
let devices: DeviceProcess;
let list: readonly DeviceInfo[];
let keys: string[];
let events: EquipmentEvent[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-seat-'));
  shim = await buildModemShim();
  lines = [await startSerialLine(), await startSerialLine(), await startSerialLine()];
  [list, keys, events] = [[], [], []];
  devices = startDeviceProcess({
    simulated: false,
    log: () => undefined,
    fork: forkChild({ ...process.env, ...shim.env }),
  });
  devices.watchDevices((now) => {
    list = now;
  });
  devices.watchKeys(({ deviceId, press }: KeyEvent) => keys.push(`${deviceId} ${JSON.stringify(press)}`));
  devices.watchEquipment((event) => events.push(event));
});
afterEach(async () => {
  await devices.close();
  for (const line of lines) await line.stop();
  await shim.stop();
  await rm(folder, { recursive: true, force: true });
});

function line(index: number): SerialLine {
  const found = lines[index];
  if (found === undefined) throw new Error('no such line');
  return found;
}

const stateOf = (id: string): string | undefined => {
  const state = list.find((device) => device.deviceId === id)?.state;
  return state?.kind === 'problem' ? state.problem : state?.kind;
};

it('hook, pedal, mute and lamp on modem lines; the break that resets a Zetron; lamps fall at the end', async () => {
  await line(0).plug();
  await line(1).plug();
  const panel = (id: string, index: number, profile: string) => ({
    ...{ id, use: 'panel', port: { path: line(index).path }, profile },
  });
  devices.setEquipment(folder, equipmentOf([panel('hook', 0, 'modem-line-hook')]));
  await expect.poll(() => stateOf('hook'), { timeout: 15_000 }).toBe('open');
  await shim.set({ dcd: true });
  await expect.poll(() => keys, { timeout: 5_000 }).toEqual(['hook {"key":"hook","to":"off-hook"}']);
  await shim.set({ dcd: true, cts: true, dsr: true });
  await expect.poll(() => keys, { timeout: 5_000 }).toContain('hook {"key":"panel","keyId":"pedal","isDown":true}');
  await expect.poll(() => keys, { timeout: 5_000 }).toContain('hook {"key":"panel","keyId":"mute","isDown":true}');
  await shim.set({});
  await expect.poll(() => keys, { timeout: 5_000 }).toContain('hook {"key":"hook","to":"on-hook"}');
  await expect.poll(() => keys, { timeout: 5_000 }).toContain('hook {"key":"panel","keyId":"pedal","isDown":false}');
  devices.show({ ...idleLamps, isRinging: true });
  await expect.poll(() => shim.outputs(), { timeout: 5_000 }).toMatchObject({ rts: true });
  // The lines of the shim are one set for all ports: the hook switch goes before the encoder comes.
  devices.setEquipment(folder, equipmentOf([panel('encoder', 1, 'zetron-model-25')]));
  await expect.poll(() => stateOf('encoder'), { timeout: 15_000 }).toBe('open');
  expect(await shim.outputs()).toMatchObject({ breaks: 1 });
  expect(list.map(({ deviceId }) => deviceId)).not.toContain('hook');
  line(1).send('35 0A');
  await expect.poll(() => keys, { timeout: 5_000 }).toContain('encoder {"key":"panel","keyId":"enter","isDown":true}');
  expect(list.find(({ deviceId }) => deviceId === 'encoder')?.defaultKeys).toEqual({
    enter: { do: 'answer' },
    clear: { do: 'hang-up' },
  });
}, 60_000);

it('drivers that hang in open, more than Node has threads, keep nothing from the others; a call log comes through', async () => {
  await devices.close();
  const stuck = ['stuck-1', 'stuck-2', 'stuck-3', 'stuck-4', 'stuck-5', 'stuck-6'];
  for (const id of stuck) await writeFile(join(folder, id), '');
  await line(1).plug();
  await line(2).plug();
  devices = startDeviceProcess({
    simulated: true,
    log: () => undefined,
    fork: forkChild({ ...process.env, ...shim.env, FAKE_HANG: join(folder, 'stuck') }),
  });
  devices.watchDevices((now) => {
    list = now;
  });
  devices.watchKeys(({ deviceId, press }) => keys.push(`${deviceId} ${JSON.stringify(press)}`));
  devices.watchEquipment((event) => events.push(event));
  devices.setEquipment(
    folder,
    equipmentOf([
      ...stuck.map((id) => ({ id, use: 'panel', port: { path: join(folder, id) }, profile: 'viking-vx' })),
      { id: 'panel', use: 'panel', port: { path: line(1).path }, profile: 'viking-vx' },
      {
        ...{ id: 'log', use: 'call-records', layout: 'mitel-5000' },
        source: { kind: 'port', port: { path: line(2).path } },
      },
    ]),
  );
  await expect.poll(() => stateOf('panel'), { timeout: 15_000 }).toBe('open');
  await expect.poll(() => stateOf('log'), { timeout: 15_000 }).toBe('open');
  line(1).send('3F 05');
  await expect.poll(() => keys, { timeout: 5_000 }).toContain('panel {"key":"panel","keyId":"5","isDown":true}');
  line(2).send(recorded('mitel-5000').hex ?? '');
  await expect.poll(() => events.map(({ kind }) => kind), { timeout: 5_000 }).toEqual(['call-record']);
  await expect.poll(() => stuck.map(stateOf), { timeout: 15_000 }).toEqual(stuck.map(() => 'cannot-open'));
  await devices.pressSimulated({ key: 'flash' });
  await expect.poll(() => keys, { timeout: 5_000 }).toContain('simulated-headset {"key":"flash"}');
  devices.showFaces([
    {
      deviceId: 'panel',
      faces: [
        {
          ...{
            keyId: '3',
            caption: 'Park',
            icon: 'park',
            lamp: 'on',
            tone: 'attention',
            isEnabled: true,
            sinceAt: null,
          },
        },
      ],
    },
  ]);
  await line(1).waitForHost('06 03 01');
  devices.tryLamp('panel', '7', 'on');
  await line(1).waitForHost('06 07 01');
}, 60_000);

it('when the seat ends, the relay falls off', async () => {
  await line(0).plug();
  devices.setEquipment(
    folder,
    equipmentOf([{ id: 'panel', use: 'panel', port: { path: line(0).path }, profile: 'lcus-relay' }]),
  );
  devices.show({ ...idleLamps, isRinging: true });
  await line(0).waitForHost('A0 01 01 A2', 15_000);
  line(0).clear();
  await devices.close();
  await line(0).waitForHost('A0 01 00 A1');
}, 60_000);
