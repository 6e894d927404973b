import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoundHid } from '../../native/hid/hid-bus.ts';
import {
  type CrashCount,
  crashed,
  crashesMax,
  deviceIdOf,
  devicesMax,
  isQuarantined,
  rosterDiff,
} from '../../native/roster.ts';

const device = (path: string, over: Partial<FoundHid> = {}): FoundHid => ({
  path,
  vendorId: 0x047f,
  productId: 0xc056,
  name: 'Blackwire',
  serialNumber: 'A1',
  interfaceNumber: 3,
  ...over,
});
const knownAs = (...devices: readonly FoundHid[]): ReadonlyMap<string, FoundHid> =>
  new Map(devices.map((one) => [one.path, one]));

describe('rosterDiff', () => {
  it('tells arrivals from departures, by path and identity', () => {
    const known = knownAs(device('/dev/hidraw0'), device('/dev/hidraw1'), device('/dev/hidraw2'));
    const other = device('/dev/hidraw1', { productId: 1 });
    const swept = [device('/dev/hidraw0'), device('/dev/hidraw0'), other, device('/dev/hidraw3')];
    expect(rosterDiff(known, swept)).toEqual({
      arrived: [other, device('/dev/hidraw3')],
      left: ['/dev/hidraw1', '/dev/hidraw2'],
    });
  });

  it('applied to the known gives the swept, whatever they are', () => {
    const found = fc.record({ path: fc.constantFrom('a', 'b', 'c', 'd'), productId: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(found), fc.array(found), (before, after) => {
        const known = knownAs(...before.map((one) => device(one.path, one)));
        const swept = after.map((one) => device(one.path, one));
        const { arrived, left } = rosterDiff(known, swept);
        const next = new Map(known);
        for (const path of left) next.delete(path);
        for (const one of arrived) next.set(one.path, one);
        expect(next).toEqual(knownAs(...swept));
      }),
    );
  });

  it('cuts a bus that claims endlessly many devices', () => {
    const swept = Array.from({ length: 5_000 }, (_, n) => device(`/dev/hidraw${n}`));
    expect(rosterDiff(new Map(), swept).arrived).toHaveLength(devicesMax);
  });
});

describe('deviceIdOf', () => {
  it('is the same after plugging in again, and differs for two of a kind', () => {
    const id = deviceIdOf(device('/dev/hidraw0'), new Set());
    expect(id).toBe('hid-047f-c056-A1-3');
    expect(deviceIdOf(device('/dev/hidraw7'), new Set())).toBe(id);
    expect(deviceIdOf(device('/dev/hidraw7'), new Set([id]))).toBe('hid-047f-c056-A1-3@/dev/hidraw7');
    expect(deviceIdOf(device('/dev/hidraw7', { port: '1-2.4' }), new Set([id]))).toBe('hid-047f-c056-A1-3@1-2.4');
  });

  it('keeps a hostile serial number short and plain', () => {
    const id = deviceIdOf(device('/dev/hidraw0', { serialNumber: `<b>\u0000../${'x'.repeat(500)}` }), new Set());
    expect(id).toMatch(/^hid-047f-c056-[\w.-]{64}-3$/);
  });
});

it('quarantines at the third crash', () => {
  let counts: CrashCount = new Map();
  for (let n = 1; n < crashesMax; n += 1) counts = crashed(counts, 'x');
  expect(isQuarantined(counts, 'x')).toBe(false);
  expect(isQuarantined(crashed(counts, 'x'), 'x')).toBe(true);
  expect(isQuarantined(counts, 'y')).toBe(false);
});
