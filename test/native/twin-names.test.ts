import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FoundHid } from '../../native/hid/hid-bus.ts';
import { sweepAfterChangeMs } from '../../native/sweeper.ts';
import { namesOf, twinNames, twinNamesFile } from '../../native/twin-names.ts';
import { recordedDescriptor } from './hid/recorded-descriptors.ts';
import { fakeDevice, type RosterBench, rosterWith } from './roster-bench.ts';

const blackwire = recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes;

const path = (): string => join(mkdtempSync(join(tmpdir(), 'hookline-twins-')), 'alike-devices.json');
const pedal = (port: string, node = port): FoundHid => ({
  ...{ path: `/dev/hidraw-${node}`, vendorId: 0x05f3, productId: 0x00ff, name: 'Pedal', serialNumber: '' },
  ...{ interfaceNumber: 0, port },
});
const first = 'hid-05f3-00ff--0';
const second = `${first}@1-2`;

it('two alike devices seen together are known by their sockets, in the next process as well', () => {
  const file = path();
  const names = twinNamesFile(file, (detail) => expect.unreachable(detail));
  names.note([{ found: pedal('1-5'), deviceId: first }]);
  expect(names.of(pedal('1-5'))).toBeUndefined();
  names.note([
    { found: pedal('1-5'), deviceId: first },
    { found: pedal('1-2'), deviceId: second },
  ]);
  const next = twinNamesFile(file, () => undefined);
  expect([next.of(pedal('1-5')), next.of(pedal('1-2')), next.of(pedal('1-7'))]).toEqual([first, second, undefined]);
});

it('a list made beside the seat has the ids of the seat, whatever the order on the bus', () => {
  const twins = twinNames([
    [`${first}@1-5`, first],
    [second, second],
  ]);
  expect([...namesOf([pedal('1-2'), pedal('1-5')], twins).values()].sort()).toEqual([first, second]);
  const [left, right] = [pedal('1-5'), pedal('1-2')];
  const ids = namesOf([right, left], twins);
  expect([ids.get(left), ids.get(right)]).toEqual([first, second]);
});

it('one that moved is forgotten where it was; another device at that socket is nobody it knows', () => {
  const names = twinNames();
  const both = (port: string) => [
    { found: pedal(port), deviceId: first },
    { found: pedal('1-2'), deviceId: second },
  ];
  names.note(both('1-5'));
  names.note(both('1-7'));
  expect([names.of(pedal('1-5')), names.of(pedal('1-7'))]).toEqual([undefined, first]);
  expect(names.of({ ...pedal('1-7'), productId: 1 })).toBeUndefined();
  const { port: _, ...elsewhere } = pedal('1-7');
  expect(names.of(elsewhere)).toBeUndefined();
});

it.each(['', '{', '[["a"]]', JSON.stringify([[`${first}@1-2`, 'hid-0001-0002-S-0']])])(
  'a file that is not ours to believe (%s) names nobody',
  (text) => {
    const file = path();
    writeFileSync(file, text);
    expect(twinNamesFile(file, () => undefined).of(pedal('1-2'))).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);

it('both pulled and plugged in again the other way round, and after a restart, each keeps its id', async () => {
  const twins = twinNames();
  const at = (port: string, node: string) => {
    const device = fakeDevice(node, blackwire, '');
    return { ...device, found: { ...device.found, port } };
  };
  const ids = (bench: RosterBench): unknown =>
    Object.fromEntries(bench.plugged.devices().map(({ path, deviceId }) => [path, deviceId]));
  const bench = rosterWith({ twins }, at('1-5', 'left'));
  await bench.plugged.sweep();
  bench.devices.push(at('1-2', 'right'));
  await bench.plugged.sweep();
  const bound = { left: 'hid-0001-0002--0', right: 'hid-0001-0002--0@1-2' };
  expect(ids(bench)).toEqual(bound);
  for (const pulled of bench.devices.splice(0)) pulled.listener?.onClosed('unplugged', 'disconnected');
  await bench.clock.pass(sweepAfterChangeMs + 50);
  expect(bench.plugged.devices()).toEqual([]);
  bench.devices.push(at('1-2', 'right'));
  await bench.plugged.sweep();
  bench.devices.push(at('1-5', 'left'));
  await bench.plugged.sweep();
  expect(ids(bench)).toEqual(bound);
  const restarted = rosterWith({ twins }, at('1-2', 'right'), at('1-5', 'left'));
  await restarted.plugged.sweep();
  expect(ids(restarted)).toEqual(bound);
  const moved = rosterWith({ twins }, at('1-7', 'right'), at('1-5', 'left'));
  await moved.plugged.sweep();
  expect(ids(moved)).toEqual({ left: bound.left, right: 'hid-0001-0002--0@1-7' });
});
