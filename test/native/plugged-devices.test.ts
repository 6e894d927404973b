import { describe, expect, it } from 'vitest';
import { idleLamps } from '../../core/key.ts';
import { lightRules } from '../../native/lights/light-rules.ts';
import { sweepAfterChangeMs, sweepEveryMs } from '../../native/sweeper.ts';
import { recordedDescriptor } from './hid/recorded-descriptors.ts';
import { fakeDevice, roster, states } from './roster-bench.ts';

const blackwire = recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes;
const consumer = recordedDescriptor('047f-c056-plantronics-blackwire-3220.consumer').bytes;
const ringing = { ...idleLamps, isRinging: true };

describe('plugged devices', () => {
  it('opens what is for calls, names what is not, and why what is broken cannot be used', async () => {
    const broken = fakeDevice('c', Uint8Array.of(0x05));
    const bench = roster(fakeDevice('a', blackwire), fakeDevice('b', consumer), broken);
    await bench.plugged.sweep();
    expect(bench.plugged.devices().map(({ deviceId, kind }) => [deviceId, kind])).toEqual([
      ['hid-0001-0002-a-0', 'headset'],
      ['hid-0001-0002-b-0', 'volume'],
      ['hid-0001-0002-c-0', 'unknown'],
    ]);
    expect(states(bench)).toEqual(['open', 'not-telephony', 'bad-descriptor']);
    expect(bench.devices[1]?.listener).toBeUndefined();
  });

  it('hears of a new device soon, of a missed one at the next sweep, and shows it the lamps of now', async () => {
    const bench = roster();
    await bench.plugged.sweep();
    bench.plugged.show(ringing);
    const [first, second] = [fakeDevice('a', blackwire), fakeDevice('b', blackwire)];
    bench.devices.push(first);
    for (let n = 0; n < 20; n += 1) bench.change();
    await bench.clock.pass(sweepAfterChangeMs + 50);
    expect(first.written).toContain('1801');
    bench.devices.push(second);
    await bench.clock.pass(sweepEveryMs + 100);
    expect(second.written).toContain('1801');
    second.listener?.onReport(Uint8Array.of(0x08, 0x02));
    expect(bench.keys).toEqual([{ deviceId: 'hid-0001-0002-b-0', press: { key: 'hook', to: 'off-hook' } }]);
  });

  it('drops a pulled device at once and takes it back under the same id', async () => {
    const bench = roster(fakeDevice('a', blackwire, 'S'));
    await bench.plugged.sweep();
    const pulled = bench.devices.pop();
    pulled?.listener?.onClosed('unplugged', 'disconnected');
    expect(bench.plugged.devices()).toEqual([]);
    bench.devices.push(fakeDevice('b', blackwire, 'S'));
    await bench.clock.pass(sweepAfterChangeMs + 50);
    expect(bench.plugged.devices().map(({ deviceId, path }) => [deviceId, path])).toEqual([['hid-0001-0002-S-0', 'b']]);
  });

  it('tries a device without permission again until a rule lets it in', async () => {
    const device = fakeDevice('a', blackwire);
    device.refusal = { kind: 'refused', problem: 'no-permission', detail: 'Permission denied' };
    const bench = roster(device);
    await bench.plugged.sweep();
    await bench.clock.pass(20 * sweepEveryMs);
    expect(states(bench)).toEqual(['no-permission']);
    expect(bench.log.filter((line) => line.includes('no-permission'))).toHaveLength(1);
    device.refusal = undefined;
    await bench.clock.pass(sweepEveryMs + 100);
    expect(states(bench)).toEqual(['open']);
  });

  it('leaves a device alone that failed three times, until it is pulled out', async () => {
    const device = fakeDevice('a', blackwire);
    const bench = roster(device);
    await bench.plugged.sweep();
    for (const expected of ['cannot-open', 'cannot-open', 'quarantined']) {
      device.listener?.onClosed('failed', 'broken pipe');
      expect(states(bench)).toEqual([expected]);
      await bench.clock.pass(sweepAfterChangeMs + 50);
    }
    await bench.clock.pass(5 * sweepEveryMs);
    expect(states(bench)).toEqual(['quarantined']);
    bench.devices.pop();
    await bench.clock.pass(sweepEveryMs + 100);
    bench.devices.push(device);
    await bench.clock.pass(sweepEveryMs + 100);
    expect(states(bench)).toEqual(['open']);
  });

  it('gives a device up whose writes fail, survives a bus that cannot be listed', async () => {
    const device = fakeDevice('a', blackwire);
    const bench = roster(device);
    bench.listFails = true;
    await bench.plugged.sweep();
    expect(bench.log).toEqual(['error: looking for devices: Error: the bus is broken']);
    bench.listFails = false;
    device.writeError = new Error('stalled');
    await bench.clock.pass(sweepEveryMs + 90);
    expect(bench.log.filter((line) => line.includes('stalled')).length).toBeGreaterThanOrEqual(3);
    expect(states(bench)).toEqual(['cannot-open']);
  });

  it('leaves every device dark when closed, and looks for none after it', async () => {
    const [one, other] = [fakeDevice('a', blackwire), fakeDevice('b', blackwire)];
    const bench = roster(one, other);
    await bench.plugged.sweep();
    bench.plugged.show({ ...ringing, isOffHook: true });
    await bench.clock.pass(1_000);
    const closed = bench.plugged.close();
    await bench.clock.pass(1_000);
    await closed;
    const left = [one, other].map(({ written, listener }) => ({ last: written.slice(-4).sort(), listener }));
    const dark = { last: ['0900', '1700', '1800', '2000'], listener: undefined };
    expect(left).toEqual([dark, dark]);
    bench.devices.push(fakeDevice('c', blackwire));
    await bench.clock.pass(3 * sweepEveryMs);
    expect(bench.plugged.devices()).toEqual([]);
  });
});

it('opens a light by its numbers alone, shows it the sign of now, and leaves it dark', async () => {
  const light = fakeDevice('a', undefined);
  Object.assign(light.found, { vendorId: 0x27b8, productId: 0x01ed });
  const bench = roster();
  bench.plugged.showSign('talking');
  bench.devices.push(light);
  await bench.plugged.sweep();
  expect(bench.plugged.devices()).toMatchObject([{ kind: 'light', state: { kind: 'open' } }]);
  bench.plugged.show(ringing);
  bench.plugged.setLightRules(lightRules({ 'idle-ready': { colour: '#001100', flash: 'steady' } }));
  bench.plugged.showSign('idle-ready');
  await bench.clock.pass(100);
  const closed = bench.plugged.close();
  await bench.clock.pass(100);
  await closed;
  const shown = ['ff0000', '001100', '000000'].map((colour) => `feature 0163${colour}00010000`);
  expect(light.written).toEqual(shown);
});

it('does not offer a device that ended while it was opened', async () => {
  const device = fakeDevice('a', blackwire);
  const bench = roster(device);
  device.endsWhileOpening = true;
  await bench.plugged.sweep();
  expect(states(bench)).toEqual(['cannot-open']);
  device.endsWhileOpening = false;
  await bench.clock.pass(sweepEveryMs + 50);
  expect(states(bench)).toEqual(['open']);
});
