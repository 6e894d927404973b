import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KeyFace, keyLamp } from '../../../core/key-face.ts';
import { lookLastsMs, lookOf } from '../../../native/panels/key-look.ts';

const face: KeyFace = {
  ...{ keyId: '1', caption: 'Hold', icon: 'hold', tone: 'attention', isEnabled: true },
  ...{ lamp: 'off', sinceAt: null },
};

/** What a lamp shows in the quarters of four seconds: X lit, . dark. */
const pattern = (lamp: KeyFace['lamp']): string =>
  Array.from({ length: 16 }, (_, quarter) => (lookOf({ ...face, lamp }, quarter * 250, 0).isLit ? 'X' : '.')).join('');

it('cadences are as attendants know them, and slow enough for anybody', () => {
  expect(Object.fromEntries(keyLamp.options.map((lamp) => [lamp, pattern(lamp)]))).toEqual({
    off: '................',
    on: 'XXXXXXXXXXXXXXXX',
    slow: 'XXXX....XXXX....',
    fast: 'X.X.X.X.X.X.X.X.',
    wink: 'XXXXXXX.XXXXXXX.',
  });
});

it.each([
  [-5_000, '0:00'],
  [0, '0:00'],
  [7_999, '0:07'],
  [761_000, '12:41'],
  [3_723_000, '1:02:03'],
  [9e15, '99:59:59'],
])('a timer after %i ms reads %s', (elapsed, text) => {
  expect(lookOf({ ...face, sinceAt: 1_000 }, 0, 1_000 + elapsed).timer).toBe(text);
});

it('a look stays the same for as long as is said, and is another one then', () => {
  const faces = fc.record({
    lamp: fc.constantFrom(...keyLamp.options),
    sinceAt: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
  });
  fc.assert(
    fc.property(faces, fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e12 }), (some, nowMs, wallMs) => {
      const one = { ...face, ...some };
      const lasts = lookLastsMs(one, nowMs, wallMs);
      const at = (ms: number) => lookOf(one, nowMs + ms, wallMs + ms);
      if (!Number.isFinite(lasts)) return;
      expect(lasts).toBeGreaterThan(0);
      expect(at(lasts - 1)).toEqual(at(0));
      expect(at(lasts)).not.toEqual(at(0));
    }),
  );
});
