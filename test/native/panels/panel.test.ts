import { expect, it } from 'vitest';
import { lampTrialMs } from '../../../core/device-api.ts';
import { failedKeysMax, keyGapMs, retryAfterMs, startWaitMs } from '../../../native/panels/panel.ts';
import type { PanelMake } from '../../../native/panels/panel-make.ts';
import { transferTimeoutMs } from '../../../native/panels/panel-wire.ts';
import { face, panelBench } from './panel-bench.ts';

/** Three keys: a report is the numbers of the keys that are down; a face is written as key, lamp and timer. */
const plainMake: PanelMake = {
  name: 'Plain panel',
  kind: 'panel',
  layout: {
    columns: 3,
    rows: 1,
    keys: [0, 1, 2].map((column) => ({
      ...{ keyId: String(column), column, row: 0, width: 1, height: 1 },
      shows: column === 2 ? 'none' : 'lamp',
    })),
  },
  unproven: [],
  connect: (wire, listener) => ({
    read: (report) => {
      for (const key of [0, 1, 2]) listener.onKey(String(key), report.includes(key));
    },
    start: async () => {
      await wire.writeFeature(Uint8Array.of(0xff));
      return { firmware: '1.0', isDark: true };
    },
    signatureOf: (_keyId, look) => (look === null ? '-' : `${look.isLit ? 1 : 0}${look.timer}`),
    show: (keyId, look) => wire.write(Uint8Array.of(0xa0 + Number(keyId), look?.isLit === true ? 1 : 2)),
    clear: () => wire.write(Uint8Array.of(0xcc)),
  }),
};

it('opens dark, tells its firmware, shows changed keys only and in turn, and is cleared when it closes', async () => {
  const { device, clock, seen } = await panelBench(plainMake);
  expect(device?.info.firmware).toBe('1.0');
  device?.showFaces?.([face({ keyId: '0', lamp: 'on' }), face({ keyId: '1' }), face({ keyId: '2', lamp: 'on' })]);
  await clock.pass(keyGapMs * 5);
  device?.showFaces?.([face({ keyId: '0', lamp: 'on' }), face({ keyId: '1', lamp: 'on' })]);
  await clock.pass(keyGapMs * 5);
  await device?.close();
  expect(seen).toEqual(['feature ff', 'write a001', 'write a102', 'write a101', 'write cc', 'closed']);
});

it('a timer and a cadence cost one write a change, and nothing while nothing changes', async () => {
  const { device, clock, seen } = await panelBench(plainMake);
  device?.showFaces?.([face({ keyId: '0', sinceAt: 0 }), face({ keyId: '1', lamp: 'on' })]);
  await clock.pass(5_000 - (clock.nowMs() % 1_000));
  const timed = seen.filter((line) => line.startsWith('write a0')).length;
  expect([timed >= 4 && timed <= 6, seen.filter((line) => line.startsWith('write a1')).length]).toEqual([true, 1]);
  seen.length = 0;
  device?.showFaces?.([face({ keyId: '1', lamp: 'fast' })]);
  await clock.pass(2_000);
  const flashes = seen.filter((line) => line.startsWith('write a1')).length;
  expect(flashes >= 7 && flashes <= 9).toBe(true);
});

it('a lamp is tried and then shows what the seat wishes; what has no lamp is left alone', async () => {
  const { device, clock, seen } = await panelBench(plainMake);
  device?.tryLamp?.('0', 'on');
  device?.tryLamp?.('2', 'on');
  await clock.pass(lampTrialMs - 1);
  expect(seen).toEqual(['feature ff', 'write a001']);
  await clock.pass(keyGapMs);
  expect(seen.slice(2)).toEqual(['write a002']);
});

it('keys are told once each; a held key is let go when the panel is pulled, and nothing comes afterwards', async () => {
  const { says, ends, seen, clock, device } = await panelBench(plainMake);
  says(Uint8Array.of(1));
  says(Uint8Array.of(1, 2));
  says(Uint8Array.of(2));
  ends('unplugged');
  ends('failed');
  says(Uint8Array.of(0));
  device?.showFaces?.([face({ keyId: '0', lamp: 'on' })]);
  await clock.pass(5_000);
  await device?.close();
  expect(seen).toEqual([
    ...['feature ff', 'key 1 down', 'key 2 down', 'key 1 up', 'key 2 up'],
    ...['closed', 'gone: unplugged'],
  ]);
});

it('a write that fails is tried again; three in a row are a dead panel', async () => {
  const { device, clock, seen, setMood } = await panelBench(plainMake);
  setMood('fails');
  device?.showFaces?.([face({ keyId: '0', lamp: 'on' })]);
  await clock.pass(retryAfterMs - 1);
  setMood('well');
  await clock.pass(retryAfterMs);
  expect(seen).toEqual(['feature ff', 'trouble: showing a key', 'write a001']);
  setMood('fails');
  device?.showFaces?.([face({ keyId: '0' })]);
  await clock.pass(retryAfterMs * (failedKeysMax + 2));
  expect(seen.slice(3)).toEqual([
    ...['trouble: showing a key', 'trouble: showing a key', 'trouble: showing a key'],
    ...['closed', 'gone: failed'],
  ]);
});

it('a panel that hangs in a write is given up in time, and closing one does not wait for ever', async () => {
  const stuck = await panelBench(plainMake);
  stuck.setMood('hangs');
  stuck.device?.showFaces?.([face({ keyId: '0', lamp: 'on' })]);
  await stuck.clock.pass(transferTimeoutMs);
  expect(stuck.seen).toEqual(['feature ff', 'trouble: showing a key', 'closed', 'gone: failed']);

  const closing = await panelBench(plainMake);
  closing.setMood('hangs');
  const closed = closing.device?.close();
  await closing.clock.pass(5_000);
  await closed;
  expect(closing.seen).toEqual(['feature ff', 'trouble: clearing', 'closed']);
});

it('one that does not answer when it is opened is refused in words, and its port let go', async () => {
  const hanging: PanelMake = {
    ...plainMake,
    connect: async (wire, listener) => ({
      ...(await plainMake.connect(wire, listener)),
      start: () => new Promise(() => undefined),
    }),
  };
  const bench = await panelBench(hanging);
  expect([bench.refusal, bench.seen]).toEqual([`It did not answer within ${startWaitMs} ms.`, ['closed']]);
  const pulled = await panelBench(
    {
      ...hanging,
      connect: async (wire, listener) => ({
        ...(await hanging.connect(wire, listener)),
        read: () => listener.onTrouble('reading', 'before it was open'),
        start: () => new Promise(() => undefined),
      }),
    },
    'well',
    (listener) => {
      listener.onReport(Uint8Array.of(1));
      listener.onClosed('unplugged', 'pulled out');
    },
  );
  expect([pulled.refusal, pulled.seen]).toEqual(['pulled out', ['trouble: reading', 'closed']]);
  const failing = await panelBench(plainMake, 'fails');
  expect([failing.refusal, failing.seen]).toEqual(['no answer', ['closed']]);
});
