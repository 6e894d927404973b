import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { idleLamps } from '../../core/key.ts';
import { crashNotesFile, youngMs } from '../../native/crash-notes.ts';
import { forgiveAfterMs } from '../../native/plugged-devices.ts';
import { crashesMax } from '../../native/roster.ts';
import { sweepAfterChangeMs, sweepEveryMs } from '../../native/sweeper.ts';
import { recordedDescriptor } from './hid/recorded-descriptors.ts';
import { fakeDevice, type RosterBench, roster, rosterWith, states } from './roster-bench.ts';

const blackwire = recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes;
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Folders of crash notes. */
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

it('plugged in and pulled out a thousand times, a headset leaves nothing open, no timer and no entry', async () => {
  const device = fakeDevice('a', blackwire, 'S');
  const bench = roster();
  await bench.plugged.sweep();
  const timersBefore = bench.clock.waiting();
  for (let n = 0; n < 1_000; n += 1) {
    bench.devices.push(device);
    bench.change();
    await bench.clock.pass(sweepAfterChangeMs);
    bench.plugged.show({ ...idleLamps, isRinging: n % 2 === 0 });
    bench.devices.pop();
    // Every other time the unplugging is heard from the device, else from the bus.
    if (n % 2 === 0) device.listener?.onClosed('unplugged', 'disconnected');
    bench.change();
    await bench.clock.pass(2 * sweepAfterChangeMs + 400);
  }
  await bench.clock.pass(2 * youngMs);
  expect([device.opened, device.closed, bench.plugged.devices()]).toEqual([1_000, 1_000, []]);
  expect(bench.clock.waiting()).toBeLessThanOrEqual(timersBefore);
});

it('a headset that presses keys no hand could press is closed, and left alone after three times', async () => {
  const device = fakeDevice('a', blackwire);
  const bench = roster(device, fakeDevice('b', blackwire));
  bench.plugged.show({ ...idleLamps, isOffHook: true });
  await bench.plugged.sweep();
  for (let round = 0; round < crashesMax; round += 1) {
    for (let n = 0; n < 120; n += 1) {
      device.listener?.onReport(bytes(n % 2 === 0 ? '0803' : '0802'));
      await bench.clock.pass(8);
    }
    await bench.clock.pass(sweepEveryMs + 500);
  }
  expect(states(bench)).toEqual(['quarantined', 'open']);
  expect([device.opened, device.closed]).toEqual([crashesMax, crashesMax]);
  expect(bench.keys.length).toBeLessThanOrEqual(crashesMax * 51);
});

it('a headset that talks nonsense is left alone after three times, and no key is heard of it', async () => {
  const device = fakeDevice('a', blackwire);
  const bench = roster(device);
  await bench.plugged.sweep();
  for (let round = 0; round < crashesMax; round += 1) {
    for (let n = 0; n < 200; n += 1) device.listener?.onReport(bytes(n > 20 && n % 16 === 0 ? '0801' : '99ff'));
    await bench.clock.pass(sweepEveryMs + 500);
  }
  expect([states(bench), bench.keys, device.opened]).toEqual([['quarantined'], [], crashesMax]);
});

it('an opening that hangs is told: the process can open nothing else, and its successor knows why it ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'notes-'));
  folders.push(folder);
  const next = (): ReturnType<typeof crashNotesFile> => crashNotesFile(join(folder, 'notes.json'), () => undefined);
  const hanging = fakeDevice('a', blackwire, 'HANGS');
  const works = fakeDevice('b', blackwire, 'WORKS');
  hanging.refusal = { kind: 'refused', problem: 'cannot-open', detail: 'It hangs.', isStuck: true };
  const seen: (readonly string[])[] = [];
  let bench: RosterBench | undefined;
  for (let process = 0; process < crashesMax + 1; process += 1) {
    bench = rosterWith({ notes: next() }, hanging, works);
    await bench.plugged.sweep();
    await bench.clock.pass(2 * sweepEveryMs);
    seen.push([...states(bench), ...bench.stuck]);
  }
  const stuck = ['cannot-open', 'open', 'hid-0001-0002-HANGS-0: It hangs.'];
  expect(seen.map((one) => [...new Set(one)])).toEqual([stuck, stuck, stuck, ['quarantined', 'open']]);
  bench?.devices.shift();
  hanging.refusal = undefined;
  bench?.change();
  await bench?.clock.pass(sweepEveryMs);
  bench?.devices.unshift(hanging);
  bench?.change();
  await bench?.clock.pass(sweepEveryMs);
  expect(bench === undefined ? [] : states(bench)).toEqual(['open', 'open']);
});

it('a headset that fails now and then in a long day is never left alone', async () => {
  const device = fakeDevice('a', blackwire);
  const bench = roster(device);
  await bench.plugged.sweep();
  for (let round = 0; round < 3 * crashesMax; round += 1) {
    device.listener?.onClosed('failed', 'broken pipe');
    await bench.clock.pass(forgiveAfterMs + sweepEveryMs);
    expect(states(bench)).toEqual(['open']);
  }
});
