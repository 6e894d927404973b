import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idleLamps } from '../../../core/key.ts';
import type { KeyFace, KeyLamp } from '../../../core/key-face.ts';
import { systemClock } from '../../../native/clock.ts';
import { equipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { shippedProfileIds } from '../../../native/serial/profile-file.ts';
import type { SerialPortSeen } from '../../../native/serial/serial-bus.ts';
import { type SerialLine, startSerialLine } from '../../rig/serial-line.ts';
import { type EquipmentBench, startEquipmentBench } from './equipment-bench.ts';

let line: SerialLine;
let bench: EquipmentBench | undefined;
let folder: string;

beforeEach(async () => {
  line = await startSerialLine();
  folder = await mkdtemp(join(tmpdir(), 'hookline-seat-'));
});
afterEach(async () => {
  await bench?.equipment.close();
  bench = undefined;
  await line.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(profile: string): Promise<EquipmentBench> {
  await line.plug();
  bench = startEquipmentBench(folder);
  bench.set([{ id: 'piece', use: 'panel', port: { path: line.path }, profile }]);
  return bench;
}

function face(keyId: string, lamp: KeyLamp): KeyFace {
  return { keyId, lamp, caption: '', icon: 'none', tone: 'neutral', isEnabled: true, sinceAt: null };
}

/** What the device sends and the key that is; what the seat shows and the bytes that is. */
const bothWays: Readonly<
  Record<
    string,
    {
      readonly rx?: string;
      readonly press?: object;
      readonly show?: Partial<typeof idleLamps>;
      readonly key?: KeyFace;
      readonly tx?: string;
      readonly atClose?: string;
    }
  >
> = {
  'generic-ascii-keypad': { rx: '35', press: { key: 'panel', keyId: '5', isDown: true } },
  'eao-panel': {
    rx: '02 00 02 00 00 03 00',
    press: { key: 'panel', keyId: '2', isDown: true },
    show: { isOffHook: true },
    tx: '01 4C 02 00 03 00',
    atClose: '01 4C 00 00 03 00',
  },
  'saber-panel': { rx: '24 30 37 0D 0A', press: { key: 'panel', keyId: '07', isDown: true } },
  'zetron-model-25': { rx: '1C', press: { key: 'panel', keyId: 'send1', isDown: true } },
  'viking-vx': {
    rx: '0C 00',
    press: { key: 'hook', to: 'off-hook' },
    key: face('5', 'on'),
    tx: '06 05 01',
    atClose: '06 05 00',
  },
  'lcus-relay': { show: { isRinging: true }, tx: 'A0 01 01 A2', atClose: 'A0 01 00 A1' },
  'lcus-relay-door': { key: face('door', 'on'), tx: 'A0 01 01 A2', atClose: 'A0 01 00 A1' },
  'lcus-relay-bypass': { tx: 'A0 01 01 A2', atClose: 'A0 01 00 A1' },
};

describe('panels through the equipment of a seat, on the real serialport', { timeout: 60_000 }, () => {
  for (const [id, { rx, press, show, key, tx, atClose }] of Object.entries(bothWays)) {
    it(`${id}, both ways`, async () => {
      const { equipment, waitFor, info } = await start(id);
      await waitFor('piece: state open');
      expect(info('piece')).toMatchObject({ kind: 'panel', path: line.path, state: { kind: 'open' } });
      expect(info('piece')?.unproven.length).toBeGreaterThan(0);
      if (rx !== undefined) line.send(rx);
      if (press !== undefined) await waitFor(`piece: ${JSON.stringify(press)}`);
      if (show !== undefined) equipment.show({ ...idleLamps, ...show });
      if (key !== undefined) equipment.showFaces([{ deviceId: 'piece', faces: [key] }]);
      if (tx !== undefined) await line.waitForHost(tx);
      line.clear();
      await equipment.close();
      if (atClose !== undefined) await line.waitForHost(atClose);
    });
  }

  it('each shipped profile is tried both ways: here, in the next test or with modem lines', () => {
    const elsewhere = ['generic-key-lamp-panel', 'modem-line-hook'];
    expect([...Object.keys(bothWays), ...elsewhere].toSorted()).toEqual(shippedProfileIds);
  });

  it('generic-key-lamp-panel, both ways: init and firmware, acknowledged keys, lamps of the seat, of a key, tried', async () => {
    const { equipment, waitFor, info } = await start('generic-key-lamp-panel');
    await line.waitForHost('02 56 00 00 56');
    line.send('06 02 56 02 09 5D');
    await waitFor('piece: state open');
    expect(info('piece')).toMatchObject({ firmware: '2.9', defaultKeys: { 1: { do: 'answer' }, 4: { do: 'mute' } } });
    const answerLamps = async (count: number): Promise<void> => {
      for (let lamp = 1; lamp <= count; lamp += 1) {
        await line.waitForHost(`02 4C ${lamp.toString(16).padStart(2, '0')} 00`);
        line.send('06');
      }
    };
    await answerLamps(16);
    line.send('02 4B 03 01 49');
    await waitFor('piece: {"key":"panel","keyId":"3","isDown":true}');
    line.send('02 4B 03 00 48');
    await waitFor('piece: {"key":"panel","keyId":"3","isDown":false}');
    line.clear();
    equipment.show({ ...idleLamps, isRinging: true });
    await line.waitForHost('02 4C 01 03 4E');
    line.send('06');
    equipment.showFaces([{ deviceId: 'piece', faces: [face('9', 'slow')] }]);
    await line.waitForHost('02 4C 09 02 47');
    line.send('06');
    line.clear();
    expect(equipment.tryLamp('piece', 'ring', 'on')).toBe(true);
    await line.waitForHost('02 4C 01 01 4C');
    line.send('06');
    // Then what was wished before, by itself.
    await line.waitForHost('02 4C 01 03 4E');
    line.send('06');
  });

  it('a panel is drawn by its profile, and a key it does not name can be bound once it was pressed', async () => {
    const { waitFor, info } = await start('viking-vx');
    await waitFor('piece: state open');
    const before = info('piece')?.keys ?? [];
    expect(before).toContain('input0');
    expect(before).not.toContain('77');
    line.send('3F 4D');
    await waitFor('"keyId":"77","isDown":true');
    expect(info('piece')?.keys).toEqual([...before, '77']);
    const keys = info('piece')?.layout?.keys ?? [];
    expect(new Set(keys.map(({ column, row }) => `${column} ${row}`)).size).toBe(keys.length);
  });

  it('unplugged and plugged in as another path with the same serial number: found, lamps replayed', async () => {
    const other = await startSerialLine();
    const seen = (path: string): SerialPortSeen => ({
      ...{ path, serialNumber: 'EAO7', vendorId: '0403', productId: '6001', manufacturer: 'FTDI' },
    });
    let ports = [seen(line.path)];
    bench = startEquipmentBench(
      folder,
      equipmentPorts({ clock: systemClock, list: async () => ({ kind: 'listed', ports }) }),
    );
    const { equipment, waitFor, said, info } = bench;
    try {
      await line.plug();
      const port = { path: line.path, vendorId: '0403', productId: '6001', serialNumber: 'EAO7' };
      bench.set([{ id: 'piece', use: 'panel', port, profile: 'viking-vx' }]);
      await waitFor('piece: state open');
      equipment.showFaces([{ deviceId: 'piece', faces: [face('2', 'on')] }]);
      await line.waitForHost('06 02 01');
      // With traffic: it is pulled out while it talks.
      line.send('3F 05 3F 85 3F 05');
      ports = [];
      await line.unplug();
      await waitFor('piece: state not-plugged-in');
      const since = said.length;
      await other.plug();
      ports = [seen(other.path)];
      await waitFor('piece: state open', since);
      await other.waitForHost('06 01 00 06 02 01 06 03 00');
      expect(info('piece')?.path).toBe(other.path);
      other.send('3F 09');
      await waitFor('"keyId":"9","isDown":true', since);
    } finally {
      await bench.equipment.close();
      await other.stop();
    }
  });

  it('unplugged without traffic: told, waited for, back', async () => {
    const { waitFor, said } = await start('saber-panel');
    await waitFor('piece: state open');
    await line.unplug();
    await waitFor('piece: state not-plugged-in');
    const since = said.length;
    await line.plug();
    await waitFor('piece: state open', since);
    line.send('24 30 39 0D 0A');
    await waitFor('"keyId":"09","isDown":true', since);
    expect(said.filter((one) => one.includes('quarantined'))).toEqual([]);
  });

  it('a device that is there and says nothing is "no answer", and is waited for', async () => {
    const { waitFor, said } = await start('generic-key-lamp-panel');
    await waitFor('piece: state no-answer');
    const since = said.length;
    line.clear();
    await line.waitForHost('02 56 00 00 56');
    line.send('06 02 56 02 09 5D');
    await waitFor('piece: state open', since);
  });

  it('a port another program holds is "in use"', async () => {
    const { waitFor } = await start('viking-vx');
    await waitFor('piece: state open');
    const second = startEquipmentBench(folder);
    second.set([{ id: 'other', use: 'panel', port: { path: line.path }, profile: 'viking-vx' }]);
    await second.waitFor('other: state in-use');
    await bench?.equipment.close();
    await second.waitFor('other: state open');
    await second.equipment.close();
  });

  it('a babbling device is read in bounded shares, told of, left alone in the end; the others go on', async () => {
    const calm = await startSerialLine();
    await line.plug();
    await calm.plug();
    bench = startEquipmentBench(folder);
    const { waitFor, equipment, said, set } = bench;
    try {
      set([
        { id: 'mad', use: 'panel', port: { path: line.path }, profile: 'generic-ascii-keypad' },
        { id: 'calm', use: 'panel', port: { path: calm.path }, profile: 'viking-vx' },
      ]);
      await waitFor('mad: state open');
      await waitFor('calm: state open');
      const before = process.cpuUsage();
      const beganMs = performance.now();
      line.babble();
      await waitFor('mad: state cannot-open');
      const { user, system } = process.cpuUsage(before);
      // The whole test process, this file's own work included: far below the core that reading it all would take.
      expect((user + system) / 1000 / (performance.now() - beganMs)).toBeLessThan(0.5);
      calm.send('3F 09');
      await waitFor('calm: {"key":"panel","keyId":"9","isDown":true}');
      await waitFor('mad: state quarantined');
      const presses = said.filter((one) => one.startsWith('mad: {"key"'));
      expect(presses.length).toBeLessThan(200_000);
      expect(equipment.devices().map((device) => device.state.kind)).toEqual(['problem', 'open']);
    } finally {
      await calm.stop();
    }
  });

  it('back in step after a burst of noise', async () => {
    const { waitFor } = await start('saber-panel');
    await waitFor('piece: state open');
    line.send(`${'FF00A5'.repeat(500)}24 30 31 0D 0A`);
    await waitFor('"keyId":"01","isDown":true');
  });
});

describe('profiles of one’s own', { timeout: 60_000 }, () => {
  const own = (more: object) =>
    JSON.stringify({
      id: 'mine',
      version: 1,
      title: 'Mine',
      source: 'test',
      serial: { baudRate: 9600 },
      framing: { type: 'line', max: 16 },
      events: [{ on: '/^K(\\d)$/', emit: { key: '{1}' } }],
      keys: { mode: 'pressOnly', map: { 1: 'dial 8001', 2: 'make coffee', 3: 'not-ready lunch' } },
      layout: [
        ['1', '2'],
        ['3', null],
      ],
      tests: [{ rx: "'K1\\r'", expect: [{ key: '1' }] }],
      ...more,
    });

  it('one that is wrong is told with file, line and sentence; mended, it works without being set anew', async () => {
    await mkdir(join(folder, 'serial-profiles'));
    const file = join(folder, 'serial-profiles', 'mine.json');
    await writeFile(file, own({ events: [{ on: '/^K(\\d)$/', emit: { key: '{3}' } }] }));
    const { waitFor, info, said } = await start('mine');
    await waitFor('piece: state bad-profile');
    const state = info('piece')?.state;
    expect(state?.kind === 'problem' && state.detail).toBe(
      `${file}:1: events[0].emit.key: {3} is not caught by "on"; there is {0}, {1}`,
    );
    await writeFile(file, own({}));
    await waitFor('piece: state open');
    expect(info('piece')).toMatchObject({
      name: 'Mine',
      defaultKeys: { 1: { do: 'dial', number: '8001', name: '' }, 3: { do: 'not-ready', reason: 'lunch' } },
      layout: { columns: 2, rows: 2, keys: [{ keyId: '1' }, { keyId: '2' }, { keyId: '3', column: 0, row: 1 }] },
    });
    expect(said.some((one) => one.includes('no such command: 2: make coffee'))).toBe(true);
    // Such a panel never says that a key came up.
    line.send(Buffer.from('K1\r').toString('hex'));
    await waitFor('{"key":"panel","keyId":"1","isDown":true}');
    await waitFor('{"key":"panel","keyId":"1","isDown":false}');
  });

  it('a name that is none, or leads out of the folder, is refused in words', async () => {
    const { waitFor, set } = await start('no-such-panel');
    await waitFor('bad-profile there is no shipped profile and no file serial-profiles/no-such-panel.json');
    set([{ id: 'piece', use: 'panel', port: { path: line.path }, profile: '../../etc/passwd' }]);
    await waitFor('bad-profile there is no shipped profile and no file serial-profiles/../../etc/passwd.json');
  });
});
