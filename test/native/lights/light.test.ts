import { beforeEach, describe, expect, it } from 'vitest';
import type { SeatSign } from '../../../core/seat-sign.ts';
import type { SeatDevice } from '../../../native/device.ts';
import { lightInfoOf } from '../../../native/found-device.ts';
import type { HidPortListener } from '../../../native/hid/hid-bus.ts';
import {
  closeWaitMs,
  colourGapMs,
  flashHalfMs,
  lightWriteTimeoutMs,
  openLight,
  reassertEveryMs,
  retryAfterMs,
} from '../../../native/lights/light.ts';
import { type Colour, dark, type LightModel } from '../../../native/lights/light-model.ts';
import { lightRules } from '../../../native/lights/light-rules.ts';
import { type HandClock, handClock } from '../hand-clock.ts';

/** A light that takes a colour as its three bytes. */
const plain: LightModel = {
  name: 'Plain',
  ids: [[1, 2]],
  transfer: 'output',
  keepAliveEveryMs: null,
  unproven: [],
  encode: ({ red, green, blue }: Colour) => [Uint8Array.of(red, green, blue)],
};
const found = { path: 'a', vendorId: 1, productId: 2, name: '', serialNumber: '', interfaceNumber: 0 };
const rules = lightRules({
  'idle-ready': { colour: '#000001', flash: 'steady' },
  ringing: { colour: '#000002', flash: 'fast' },
  talking: { colour: '#000003', flash: 'steady' },
});

let clock: HandClock;
let written: string[];
let told: string[];
/** How the next writes end; empty: well. */
let endings: Promise<void>[];
let listener: HidPortListener | undefined;
let isClosed: boolean;

async function light(sign: SeatSign, model: LightModel = plain): Promise<SeatDevice> {
  const write = (kind: string) => (report: Uint8Array) => {
    written.push(`${kind}${Buffer.from(report).toString('hex')}`);
    return endings.shift() ?? Promise.resolve();
  };
  const opening = await openLight({
    info: lightInfoOf(found, 'light', model),
    model,
    rules,
    sign,
    clock,
    listener: {
      onKey: () => told.push('key'),
      onInfo: () => told.push('info'),
      onGone: (reason, detail) => told.push(`${reason}: ${detail}`),
      onTrouble: (doing, detail) => told.push(`${doing}: ${detail}`),
    },
    open: async (port) => {
      listener = port;
      return {
        kind: 'open',
        port: {
          write: write(''),
          writeFeature: write('feature '),
          readFeature: () => Promise.reject(new Error('A light has nothing to read.')),
          close: async () => {
            isClosed = true;
          },
        },
      };
    },
  });
  if (opening.kind !== 'open') throw new Error(opening.detail);
  return opening.device;
}

beforeEach(() => {
  clock = handClock();
  written = [];
  told = [];
  endings = [];
  isClosed = false;
});

describe('a light', () => {
  it('shows the sign of now when it is opened, each change after it, and the same sign once', async () => {
    const device = await light('idle-ready');
    await clock.pass(100);
    device.showSign?.('talking');
    device.showSign?.('talking');
    await clock.pass(1_000);
    expect(written).toEqual(['000001', '000003']);
  });

  it('tells what it shows, for its picture on the screen', async () => {
    const device = await light('idle-ready');
    const before = device.info.glow;
    device.showSign?.('ringing');
    expect({ before, after: device.info.glow, told }).toEqual({
      before: { colour: '#000001', flash: 'steady' },
      after: { colour: '#000002', flash: 'fast' },
      told: ['info'],
    });
  });

  it('flashes as long as the sign does, beginning lit', async () => {
    const device = await light('ringing');
    await clock.pass(3 * flashHalfMs.fast + 10);
    expect(written).toEqual(['000002', '000000', '000002', '000000']);
    device.showSign?.('talking');
    await clock.pass(10 * flashHalfMs.fast);
    expect(written.slice(4)).toEqual(['000003']);
  });

  it('takes other rules while it shows a sign', async () => {
    const device = await light('talking');
    await clock.pass(100);
    device.setLightRules?.(lightRules({ talking: { colour: '#000009', flash: 'steady' } }));
    await clock.pass(100);
    expect(written).toEqual(['000003', '000009']);
  });

  it('writes the last of many wishes only, one write at a time', async () => {
    let end = (): void => undefined;
    endings = [
      new Promise((resolve) => {
        end = resolve;
      }),
    ];
    const device = await light('idle-ready');
    for (let n = 0; n < 4_000; n += 1) device.showSign?.(n % 2 === 0 ? 'talking' : 'signed-out');
    device.showSign?.('talking');
    await clock.pass(500);
    expect(written).toEqual(['000001']);
    end();
    await clock.pass(500);
    expect(written).toEqual(['000001', '000003']);
  });

  it('keeps the bus free under a seat that changes without end', async () => {
    const device = await light('idle-ready');
    for (let ms = 0; ms < 1_000; ms += 1) {
      device.showSign?.(ms % 2 === 0 ? 'talking' : 'idle-ready');
      await clock.pass(1);
    }
    expect(written.length).toBeLessThanOrEqual(1_000 / colourGapMs + 1);
  });

  it('is kept alive while lit, and left alone while dark', async () => {
    const device = await light('talking', { ...plain, keepAliveEveryMs: 5_000 });
    await clock.pass(15_100);
    expect(written).toEqual(['000003', '000003', '000003', '000003']);
    device.showSign?.('signed-out');
    await clock.pass(reassertEveryMs - 1_000);
    expect(written.slice(4)).toEqual(['000000']);
  });

  it('is told its colour again from time to time', async () => {
    await light('talking');
    await clock.pass(2 * reassertEveryMs + 100);
    expect(written).toEqual(['000003', '000003', '000003']);
  });

  it('takes feature reports where its model says so', async () => {
    await light('talking', { ...plain, transfer: 'feature' });
    await clock.pass(10);
    expect(written).toEqual(['feature 000003']);
  });

  it('tries again after a hiccup, and is given up after three', async () => {
    endings = [Promise.reject(new Error('stalled'))];
    await light('talking');
    await clock.pass(retryAfterMs + 10);
    expect([written, told]).toEqual([['000003', '000003'], ['writing a colour: stalled']]);
    endings = [1, 2, 3].map(() => Promise.reject(new Error('dead')));
    for (const ending of endings) ending.catch(() => undefined);
    await clock.pass(reassertEveryMs + 3 * retryAfterMs);
    expect(told.at(-1)).toBe('failed: dead');
    expect(isClosed).toBe(true);
    const count = written.length;
    await clock.pass(2 * reassertEveryMs);
    expect(written).toHaveLength(count);
  });

  it('is given up at once when a write hangs: the thread that hangs is one of four', async () => {
    endings = [new Promise(() => undefined)];
    await light('talking');
    await clock.pass(lightWriteTimeoutMs + 10);
    expect(told.at(-1)).toMatch(/^failed: It did not end/);
    expect(written).toHaveLength(1);
  });

  it('that is pulled is unplugged, not failed', async () => {
    await light('talking');
    await clock.pass(10);
    listener?.onClosed('unplugged', 'gone');
    expect([told, isClosed]).toEqual([['unplugged: gone'], true]);
  });

  it('goes dark on close, whatever it shows and wherever it is in its flash, and says nothing after it', async () => {
    for (const afterMs of [10, flashHalfMs.fast + 10]) {
      const device = await light('ringing');
      await clock.pass(afterMs);
      const closed = device.close();
      await clock.pass(colourGapMs + 10);
      await closed;
      expect([written.at(-1), isClosed]).toEqual(['000000', true]);
      const count = written.length;
      device.showSign?.('talking');
      listener?.onClosed('unplugged', '');
      await clock.pass(reassertEveryMs);
      expect([written.length, told]).toEqual([count, []]);
    }
  });

  it('closes in time even when it takes no bytes any more', async () => {
    const device = await light('talking');
    await clock.pass(100);
    endings = [new Promise(() => undefined)];
    let isDone = false;
    void device.close().then(() => {
      isDone = true;
    });
    await clock.pass(2 * closeWaitMs + 10);
    expect([isDone, isClosed, written.at(-1)]).toEqual([
      true,
      true,
      Buffer.from(plain.encode(dark)[0] ?? []).toString('hex'),
    ]);
  });
});
