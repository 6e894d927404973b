import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../../core/device-api.ts';
import { forkChild } from '../../../native/device-child.ts';
import { type DeviceProcess, startDeviceProcess } from '../../../native/device-client.ts';
import { type HostReport, type MockHeadset, startMockHeadset } from '../../rig/mock-headset.ts';
import { mockBlink1, mockBlynclight, mockKuando, mockLuxafor } from './mock-lights.ts';

const zeros = (count: number): string => '00'.repeat(count);
/** Red at 100 of 100: 10 + 64 + 3 * ff = 371. */
const kuandoRed = `00100064${zeros(56)}ffffff0371`;
const kuandoDark = `0010${zeros(58)}ffffff030d`;
const kuandoKeepAlive = `008f${zeros(58)}ffffff038c`;

/** The real node-hid in the real device process, on devices of umockdev. Skipped where umockdev is not installed. */
describe.skipIf(!existsSync('/usr/bin/umockdev-wrapper'))('lights on real node-hid', { timeout: 60_000 }, () => {
  let mock: MockHeadset;
  let devices: DeviceProcess | undefined;
  afterEach(async () => {
    await devices?.close();
    devices = undefined;
    await mock.stop();
  });

  const start = (lightRules = {}): DeviceProcess => {
    devices = startDeviceProcess({
      simulated: false,
      log: () => undefined,
      lightRules,
      fork: forkChild({ ...process.env, ...mock.env }),
    });
    return devices;
  };
  const written = (n: number): readonly string[] => reportsOf(mock.outputs(), n);
  const shown = (n: number, report: string, since = 0): Promise<HostReport> =>
    mock.waitForOutput((output) => output.n === n && output.report === report, 15_000, since);

  it('a Busylight takes 64 bytes with their sum, is kept alive, and is dark when the seat closes', async () => {
    mock = await startMockHeadset();
    await mock.plug(mockKuando, 0);
    const seat = start();
    seat.showSign('talking');
    await shown(0, kuandoRed);
    await shown(0, kuandoKeepAlive);
    const lit = mock.outputs().length;
    const again = await shown(0, kuandoKeepAlive, lit);
    const before = mock.outputs()[lit - 1];
    // Well within the 15 s after which it would go dark by itself.
    expect(Number(again.atNs - (before?.atNs ?? 0n)) / 1e9).toBeLessThan(10);
    await seat.close();
    expect(written(0).at(-1)).toBe(kuandoDark);
  });

  it('Luxafor and Blynclight take reports, blink(1) feature reports; each in the colour of the rule', async () => {
    mock = await startMockHeadset();
    await mock.plug(mockLuxafor, 0);
    await mock.plug(mockBlink1, 1);
    await mock.plug(mockBlynclight, 2);
    const seat = start({ 'after-call-work': { colour: '#010203', flash: 'steady' } });
    seat.showSign('after-call-work');
    const outputs = await Promise.all([
      shown(0, '0001ff010203000000'),
      shown(1, '016301020300010000'),
      shown(2, '00010302000000ff22'),
    ]);
    expect(outputs.map(({ isFeature }) => isFeature)).toEqual([false, true, false]);
    const listed = await new Promise<readonly DeviceInfo[]>((resolve) => {
      seat.watchDevices((list) => {
        if (list.length === 3) resolve(list);
      });
    });
    expect(listed.map(({ kind, state }) => [kind, state.kind])).toEqual([1, 2, 3].map(() => ['light', 'open']));
    await seat.close();
    expect([written(0).at(-1), written(1).at(-1), written(2).at(-1)]).toEqual([
      '0001ff000000000000',
      '016300000000010000',
      '00000000010000ff22',
    ]);
  });

  it('shows the sign again on a light that was pulled and plugged in at another port', async () => {
    mock = await startMockHeadset();
    await mock.plug(mockLuxafor, 0);
    const seat = start();
    seat.showSign('talking');
    await shown(0, '0001ffff0000000000');
    await mock.unplug(0);
    await mock.plug(mockLuxafor, 1);
    await shown(1, '0001ffff0000000000');
  });

  it('is dark after the seat process was killed', async () => {
    mock = await startMockHeadset();
    await mock.plug(mockKuando, 0);
    const script = fileURLToPath(new URL('../seat-stand-in.ts', import.meta.url));
    const seat = spawn(process.execPath, [script], { env: { ...process.env, ...mock.env }, stdio: 'ignore' });
    await shown(0, kuandoKeepAlive);
    const before = mock.outputs().length;
    seat.kill('SIGKILL');
    await shown(0, kuandoDark, before);
  });
});

function reportsOf(outputs: readonly HostReport[], n: number): readonly string[] {
  return outputs.filter((output) => output.n === n).map((output) => output.report);
}
