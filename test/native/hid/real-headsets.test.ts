import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { idleLamps, type Lamps } from '../../../core/key.ts';
import { settleMs } from '../../../native/hid/headset-timing.ts';
import type { MockDevice } from '../../rig/mock-headset.ts';
import { isOpen, outputsOf, pressesOf, type RealSeat, startRealSeat } from './real-seat.ts';

/**
 * Kinds of headsets and adapters on the real node-hid (umockdev): keys to presses, lamps to bytes. The descriptors are made
 * up by the rules of real ones (facts/hid.md sections 1, 3 and 4); none is a device's own.
 */
const isPossible = existsSync('/usr/bin/umockdev-wrapper');

const made = (product: string, hex: string, more: Partial<MockDevice> = {}): MockDevice => ({
  vid: '1209',
  pid: '0002',
  vendor: 'Hookline',
  product,
  descriptor_hex: hex.replaceAll(' ', ''),
  ...more,
});

const talking: Lamps = { ...idleLamps, isOffHook: true };
const muted: Lamps = { ...talking, isMuted: true };
const ringing: Lamps = { ...idleLamps, isRinging: true };

/** Hook a level at bit 0, mute at bit 1 as `mute` says; off-hook, mute, ring in one report. */
const withMute = (mute: string): string =>
  `050b 0905 a101 8502 1500 2501 7501 0920 9501 8102 ${mute} 9506 8101 0508 0917 0909 0918 9503 9102 9505 9101 c0`;

/** What makes each of them mute, and mute back, in a call. */
const muteKinds = {
  'a toggle': { hex: withMute('092f 9501 8106'), mute: ['0203', '0201'], unmute: ['0203', '0201'], says: 'toggle' },
  'a level': { hex: withMute('092f 9501 8102'), mute: ['0203'], unmute: ['0201'], says: 'level' },
  'a constant level': { hex: withMute('092f 9501 8103'), mute: ['0203'], unmute: ['0201'], says: 'level' },
  'consumer mute': {
    hex: withMute('050c 09e2 9501 8102 050b'),
    mute: ['0203', '0201'],
    unmute: ['0203', '0201'],
    says: 'toggle',
  },
} as const;

/** What a device says sooner after our own write is its answer to that (headset-timing.ts); nothing tells when it is over. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, settleMs + 200));

describe.skipIf(!isPossible)('headsets on the real node-hid', { timeout: 60_000 }, () => {
  let seat: RealSeat;
  afterEach(() => seat.stop());

  const wrote = (report: string, since = 0): Promise<unknown> =>
    seat.mock.waitForOutput((output) => output.report === report, 10_000, since);
  const plugged = async (device: MockDevice | string, n = 0): Promise<void> => {
    await seat.mock.plug(device, n);
    await seat.until(isOpen(seat));
  };

  for (const [kind, { hex, mute, unmute, says }] of Object.entries(muteKinds)) {
    it(`mute as ${kind}`, async () => {
      seat = await startRealSeat();
      await plugged(made(`Mute as ${kind}`, hex));
      seat.process.show(talking);
      await wrote('0201');
      await seat.mock.send(0, '0201');
      await settled();
      for (const report of mute) await seat.mock.send(0, report);
      await seat.until(() => seat.keys.length === 1);
      seat.process.show(muted);
      await wrote('0203');
      await settled();
      for (const report of unmute) await seat.mock.send(0, report);
      await seat.until(() => seat.keys.length === 2);
      seat.process.show(talking);
      await wrote('0201', outputsOf(seat).indexOf('0203') + 1);
      const expected = says === 'toggle' ? ['toggle', 'toggle'] : ['muted', 'unmuted'];
      expect(pressesOf(seat)).toEqual(expected.map((to) => ({ key: 'mute', to })));
    });
  }

  it('a hook-switch adapter: a hook that says "pressed", the Ringer of the Telephony page, and nothing else', async () => {
    seat = await startRealSeat();
    const hex = '050b 0901 a101 8501 1500 2501 7501 0920 9501 8106 9507 8101 8502 099e 9501 9102 9507 9101 c0';
    await plugged(made('EHS adapter', hex));
    expect(seat.devices()[0]).toMatchObject({ kind: 'headset', keys: ['Hook Switch'], lamps: ['ringer'] });
    seat.process.show(ringing);
    await wrote('0201');
    await seat.mock.send(0, '0101');
    await seat.mock.send(0, '0100');
    await seat.until(() => seat.keys.length === 1);
    seat.process.show(talking);
    await wrote('0200', outputsOf(seat).indexOf('0201') + 1);
    // The press that answered, once more: it must not end the call.
    await seat.mock.send(0, '0101');
    await seat.mock.send(0, '0100');
    await settled();
    await seat.mock.send(0, '0101');
    await seat.until(() => seat.keys.length === 2);
    expect(pressesOf(seat)).toEqual([
      { key: 'hook', to: 'toggle' },
      { key: 'hook', to: 'toggle' },
    ]);
  });

  it('codes and not bits: VBeT both ways', async () => {
    seat = await startRealSeat();
    const hex =
      '050b 0905 a101 8505 1500 2501 7501 0920 9501 8102 9507 8101 8506 0508 0917 9501 9102 9507 9101 7508 9501 9101 c0';
    await plugged(made('VT', hex, { vid: '340b', pid: '0060' }));
    seat.process.show(ringing);
    await wrote('060100');
    await seat.mock.send(0, '0520');
    await seat.until(() => seat.keys.length === 1);
    seat.process.show(talking);
    await wrote('060200');
    await seat.mock.send(0, '0505');
    await seat.until(() => seat.keys.length === 2);
    seat.process.show(muted);
    await wrote('060400');
    expect(pressesOf(seat)).toEqual([
      { key: 'hook', to: 'off-hook' },
      { key: 'mute', to: 'muted' },
    ]);
  });

  it('pulled out and plugged in again in mid-call: the whole state is forced, and its echo is no press', async () => {
    seat = await startRealSeat();
    await plugged('413c-8223-dell-sp325.json');
    seat.process.show({ ...muted, isHeld: true });
    await wrote('051b');
    await seat.mock.unplug(0);
    await seat.until(() => seat.devices().length === 0);
    await seat.mock.plug('413c-8223-dell-sp325.json', 1);
    const again = (): number => seat.mock.outputs().filter(({ n, report }) => n === 1 && report === '051b').length;
    await seat.until(() => again() === 1);
    await seat.mock.send(1, '0501');
    // Half a second later once more, for a device that was not awake.
    await seat.until(() => again() === 2);
    expect(pressesOf(seat)).toEqual([]);
    seat.process.show(idleLamps);
    await seat.mock.waitForOutput(({ n, report }) => n === 1 && report === '0500', 10_000, 0);
  });

  it('a device process that dies in mid-call comes back and says the state again; after the call, idle', async () => {
    seat = await startRealSeat();
    await plugged('413c-8223-dell-sp325.json');
    seat.process.show(talking);
    await wrote('0501');
    const before = outputsOf(seat).length;
    seat.crash();
    await wrote('0501', before);
    seat.process.show(idleLamps);
    await wrote('0500', before);
    const atRest = outputsOf(seat).length;
    seat.crash();
    await wrote('0500', atRest);
  });

  it('quitting writes idle, even where all was dark', async () => {
    seat = await startRealSeat();
    await plugged('413c-8223-dell-sp325.json');
    await wrote('0500');
    seat.process.show(talking);
    await wrote('0501');
    const before = outputsOf(seat).length;
    await seat.process.close();
    expect(outputsOf(seat).slice(before)).toContain('0500');
  });

  it('another program writes idle when mute is pressed: muted, off-hook again, no hang-up, and it is told', async () => {
    seat = await startRealSeat();
    await plugged('047f-c056-plantronics-blackwire-3220.telephony.json');
    seat.process.show(talking);
    await wrote('1701');
    await seat.mock.send(0, '0802');
    await settled();
    const before = outputsOf(seat).length;
    await seat.mock.send(0, '0803');
    await seat.mock.send(0, '0800');
    await seat.until(() => seat.keys.length === 2);
    await wrote('1701', before);
    expect(pressesOf(seat)).toEqual([
      { key: 'mute', to: 'toggle' },
      { key: 'line-busy', isBusy: true },
    ]);
    expect(seat.devices()[0]?.isBusyElsewhere).toBe(true);
  });

  it('tells its battery when asked and by itself, and its firmware; a lamp is tried', async () => {
    seat = await startRealSeat();
    const hex =
      '050b 0905 a101 8502 1500 2501 7501 0920 9501 8102 9507 8101 0508 0917 0909 9502 9102 9506 9101 c0 0584 0910 a101 0585 8503 1500 2664 00 7508 0966 9501 b102 2501 7501 0944 b102 9507 b101 c0 0506 0920 a101 8504 1500 2664 00 7508 0920 9501 8102 c0';
    await plugged(made('Battery', hex, { features: { 3: '035001' } }));
    await seat.until(() => seat.devices()[0]?.battery?.percent === 80);
    expect(seat.devices()[0]).toMatchObject({ battery: { percent: 80, isCharging: true }, firmware: '2.10' });
    await seat.mock.send(0, '0432');
    await seat.until(() => seat.devices()[0]?.battery?.percent === 50);
    const before = outputsOf(seat).length;
    seat.process.tryLamp(seat.devices()[0]?.deviceId ?? '', 'mute', 'on');
    await wrote('0202', before);
    await wrote('0200', before);
    expect(pressesOf(seat)).toEqual([]);
  });

  it('a maker nobody has heard of needs no list, and no restart', async () => {
    seat = await startRealSeat();
    await seat.process.ports();
    await plugged(made('Unheard of', withMute('092f 9501 8106'), { vid: 'fff0', pid: 'fff1' }));
    seat.process.show(ringing);
    await wrote('0204');
    await seat.mock.send(0, '0201');
    await seat.until(() => seat.keys.length === 1);
    expect(pressesOf(seat)).toEqual([{ key: 'hook', to: 'off-hook' }]);
  });
});
