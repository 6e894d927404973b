import { existsSync } from 'node:fs';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../../core/device-api.ts';
import type { KeyEvent } from '../../../core/key.ts';
import { forkChild } from '../../../native/device-child.ts';
import { type DeviceProcess, startDeviceProcess } from '../../../native/device-client.ts';
import { drawFace } from '../../../native/panels/draw-face.ts';
import { type MockDevice, type MockHeadset, startMockHeadset } from '../../rig/mock-headset.ts';
import { mockGamePad, mockInfinity, mockStreamDeck, mockXk24, mockXkPedal } from './mock-panels.ts';
import { face } from './panel-bench.ts';

/** The real node-hid in the real device process, on devices of umockdev. Skipped where umockdev is not installed. */
describe.skipIf(!existsSync('/usr/bin/umockdev-wrapper'))('panels on real node-hid', { timeout: 60_000 }, () => {
  let mock: MockHeadset;
  let seat: DeviceProcess | undefined;
  let list: readonly DeviceInfo[] = [];
  const keys: KeyEvent[] = [];
  const waiting = new Set<() => void>();
  afterEach(async () => {
    await seat?.close();
    seat = undefined;
    await mock.stop();
  });

  const start = async (...devices: readonly MockDevice[]): Promise<DeviceProcess> => {
    mock = await startMockHeadset();
    for (const [n, device] of devices.entries()) await mock.plug(device, n);
    keys.length = 0;
    list = [];
    const process_ = startDeviceProcess({
      simulated: false,
      log: () => undefined,
      fork: forkChild({ ...process.env, ...mock.env }),
    });
    seat = process_;
    const wake = (): void => {
      for (const look of waiting) look();
    };
    process_.watchDevices((devices) => {
      list = devices;
      wake();
    });
    process_.watchKeys((event) => {
      keys.push(event);
      wake();
    });
    return process_;
  };
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const opened = async (kind: DeviceInfo['kind']): Promise<DeviceInfo> => {
    const isOpen = (info: DeviceInfo): boolean =>
      info.kind === kind && info.state.kind === 'open' && info.layout !== null;
    await until(() => list.some(isOpen));
    const info = list.find(isOpen);
    if (info === undefined) throw new Error('It went again.');
    return info;
  };
  const pressed = async (count: number): Promise<readonly string[]> => {
    await until(() => keys.length >= count);
    return keys.map(({ press }) =>
      press.key === 'panel' ? `${press.keyId} ${press.isDown ? 'down' : 'up'}` : press.key,
    );
  };

  it('a Stream Deck: keys in, pictures out that decode to the size of a key, firmware, its own picture on leaving', async () => {
    const seat = await start(mockStreamDeck);
    const deck = await opened('panel');
    expect([deck.name, deck.firmware, deck.layout?.keys.length]).toEqual(['Elgato Stream Deck MK.2', '1.00.012', 15]);
    expect(deck.unproven.length).toBe(1);
    // Made dark key by key: what it showed before is not known.
    await mock.waitForOutput(({ report }) => report.startsWith('03060e'), 15_000, 0);
    const before = mock.outputs().length;
    seat.showFaces([
      {
        deviceId: deck.deviceId,
        faces: [face({ keyId: '0', caption: '接听', icon: 'answer', tone: 'good', lamp: 'on' })],
      },
    ]);
    const isLast = (hex: string): boolean => hex.startsWith('02070001');
    await mock.waitForOutput((output) => isLast(output.report), 15_000, before);
    const picture = await loadImage(pictureOf(mock.outputs().slice(before), 0));
    expect([picture.width, picture.height]).toEqual([72, 72]);
    const context = createCanvas(72, 72).getContext('2d');
    context.drawImage(picture, 0, 0);
    const look = { caption: '接听', icon: 'answer', tone: 'good', isEnabled: true, isLit: true } as const;
    const drawn = drawFace({ ...look, isFlashing: false, timer: '' }, { width: 72, height: 72 });
    expect(meanDifference(turned(context.getImageData(0, 0, 72, 72).data), drawn)).toBeLessThan(4);
    // Nothing but the one key was written.
    const images = mock
      .outputs()
      .slice(before)
      .filter(({ report }) => report.startsWith('0207'));
    expect(new Set(images.map(({ report }) => report.slice(4, 6)))).toEqual(new Set(['00']));

    await mock.send(0, `01000f00${'00'.repeat(14)}01`.padEnd(1024, '0'));
    await mock.send(0, '01000f00'.padEnd(1024, '0'));
    expect(await pressed(2)).toEqual(['14 down', '14 up']);
    const features = (): readonly string[] =>
      mock.outputs().flatMap(({ isFeature, report }) => (isFeature ? [report.replace(/(00)+$/, '')] : []));
    const dark = Array.from({ length: 15 }, (_, key) => `0306${key === 0 ? '' : key.toString(16).padStart(2, '0')}`);
    expect(features()).toEqual(['03083c', ...dark]);
    await seat.close();
    expect(features().at(-1)).toBe('0302');
  });

  it('an XK-24: answers first, lamps of a key on, flashing and off, keys by number, dark on leaving', async () => {
    const seat = await start(mockXk24);
    const panel = await opened('panel');
    expect([panel.name, panel.firmware, panel.layout?.keys.length]).toEqual(['P. I. Engineering XK-24 HID', '33', 25]);
    const show = (lamp: 'on' | 'fast' | 'off', tone: 'good' | 'danger'): void =>
      seat.showFaces([{ deviceId: panel.deviceId, faces: [face({ keyId: '8', lamp, tone })] }]);
    const bytes = (hex: string): string => `00${hex}`.padEnd(72, '0');
    const lit = async (hex: string): Promise<void> => {
      await mock.waitForOutput(({ report }) => report === bytes(hex), 15_000, 0);
    };
    // Key 8 stands second from the top in the second column: blue lamp 9, red lamp 41.
    show('on', 'good');
    await lit('b5090101');
    show('fast', 'danger');
    await lit('b5290201');
    show('off', 'good');
    await lit('b5290001');
    await mock.send(0, '00000002'.padEnd(64, '0'));
    await mock.send(0, '0000'.padEnd(64, '0'));
    expect(await pressed(2)).toEqual(['8 down', '8 up']);
    await seat.close();
    const last = mock.outputs().slice(-2);
    expect(last.map(({ report }) => report)).toEqual([bytes('b60000'), bytes('b60100')]);
  });

  it('pedals: an X-keys one and a VEC Infinity; a game pad is nobody', async () => {
    await start(mockXkPedal, mockInfinity, mockGamePad);
    await until(() => list.length === 3 && list.every(({ state }) => state.kind !== 'problem'));
    const seen = list.map(({ kind, state, layout }) => [kind, state.kind, layout?.keys.map(({ keyId }) => keyId)]);
    expect(seen).toEqual([
      ['pedal', 'open', ['2', '3', '4']],
      ['pedal', 'open', ['1', '2', '3']],
      ['unknown', 'not-telephony', undefined],
    ]);
    await mock.send(0, '000004'.padEnd(64, '0'));
    await mock.send(1, '05');
    await mock.send(1, '04');
    await mock.send(1, '00');
    await mock.send(0, '000000'.padEnd(64, '0'));
    await mock.send(2, '010000');
    const said = await pressed(6);
    expect(said.slice(0, 6).sort()).toEqual(['1 down', '1 up', '3 down', '3 down', '3 up', '3 up'].sort());
    const byDevice = (id: string) => keys.filter(({ deviceId }) => deviceId.includes(id)).length;
    expect([byDevice('0438'), byDevice('00ff'), byDevice('5678')]).toEqual([2, 4, 0]);
  });

  it('an X-keys that answers nothing keeps nobody waiting and has its keys all the same', async () => {
    await start({ ...mockXkPedal, echo: {} }, mockInfinity);
    await until(() => list.some(({ productId, state }) => productId === 0x00ff && state.kind === 'open'));
    expect(list.length).toBe(1);
    await until(() => list.length === 2);
    const pedal = list.find(({ productId }) => productId === 0x0438);
    expect([pedal?.state.kind, pedal?.firmware]).toEqual(['open', null]);
    await mock.send(0, '000004'.padEnd(64, '0'));
    expect(await pressed(1)).toEqual(['3 down']);
  });

  it('pulled out while a key is held and pictures are written: the key is let go; plugged in elsewhere it is the same device', async () => {
    const seat = await start(mockStreamDeck);
    const deck = await opened('panel');
    await mock.send(0, '01000f0001'.padEnd(1024, '0'));
    await pressed(1);
    const all = (caption: string) => deck.layout?.keys.map(({ keyId }) => face({ keyId, caption, lamp: 'on' })) ?? [];
    seat.showFaces([{ deviceId: deck.deviceId, faces: all('Hold') }]);
    await mock.waitForOutput(({ report }) => report.startsWith('0207'), 15_000, 0);
    await mock.unplug(0);
    expect(await pressed(2)).toEqual(['0 down', '0 up']);
    await until(() => list.length === 0);
    const before = mock.outputs().length;
    await mock.plug(mockStreamDeck, 1);
    const again = await opened('panel');
    expect([again.deviceId, again.path === deck.path]).toEqual([deck.deviceId, false]);
    // All that was wished stands on it again, without being asked for.
    await mock.waitForOutput(({ n, report }) => n === 1 && report.startsWith('02070e01'), 15_000, before);
  });
});

/** This model hangs upside down in its case: the first pixel is the last. */
function turned(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const pixels = Array.from({ length: rgba.length / 4 }, (_, at) => [...rgba.subarray(4 * at, 4 * at + 4)]);
  return Uint8ClampedArray.from(pixels.reverse().flat());
}

function meanDifference(one: Uint8ClampedArray, other: Uint8ClampedArray): number {
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 255)), 0) / one.length;
}

/** Puts the parts of a key's picture together: a header of eight bytes, the length of the part in the fifth and sixth. */
function pictureOf(outputs: readonly { readonly report: string }[], key: number): Buffer {
  const parts = outputs
    .map(({ report }) => Buffer.from(report, 'hex'))
    .filter((report) => report[0] === 2 && report[1] === 7 && report[2] === key);
  return Buffer.concat(parts.map((report) => report.subarray(8, 8 + report.readUInt16LE(4))));
}
