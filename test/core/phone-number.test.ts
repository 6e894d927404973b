import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { dialable, grouped, masked } from '../../core/phone-number.ts';

test.each([
  ['138 0013-8000', '13800138000'],
  ['+86 (10) 6552-9988', '+861065529988'],
  ['１３８００１３８０００', '13800138000'],
  ['*43', '*43'],
  ['6001', '6001'],
  ['alice.wang', 'alice.wang'],
  ['sip:evil@x', null],
  ['1;isub=2', null],
  ['', null],
  ['9'.repeat(65), null],
  ['<b>', null],
])('%s is dialled as %s', (typed, number) => {
  expect(dialable(typed)).toBe(number);
});

describe('grouped', () => {
  it.each([
    ['13800138000', '138 0013 8000'],
    ['+8613800138000', '+86 138 0013 8000'],
    ['008613800138000', '0086 138 0013 8000'],
    ['138-0013-8000', '138 0013 8000'],
    ['01068881234', '010 6888 1234'],
    ['057188880000', '0571 8888 0000'],
    ['03511234567', '0351 123 4567'],
    ['4008008820', '400 800 8820'],
    ['95588', '95588'],
    ['6001', '6001'],
    ['68881234', '6888 1234'],
    ['+442079460958', '+44 207 946 0958'],
    ['+12025550143', '+1 202 555 0143'],
    ['+35315550123', '+353 1555 0123'],
    ['', ''],
    ['front-desk', 'front-desk'],
    ['<b>1</b>', '<b>1</b>'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s -> %s', (number, shown) => {
    expect(grouped(number)).toBe(shown);
  });

  it('never adds, drops or moves a digit', () => {
    const number = fc.tuple(fc.boolean(), fc.stringMatching(/^[0-9]{1,20}$/));
    fc.assert(
      fc.property(number, ([hasPlus, digits]) => {
        const given = (hasPlus ? '+' : '') + digits;
        const shown = grouped(given);
        expect(shown.replaceAll(' ', '')).toBe(given);
        expect(shown).not.toMatch(/ {2}|^ | $/);
      }),
    );
  });
});

describe('masked', () => {
  it.each([
    ['13800138000', '138 **** 8000'],
    ['+8613800138000', '+86 138 **** 8000'],
    ['6001', '6001'],
    ['95588', '95588'],
    ['', ''],
  ])('%s -> %s', (number, shown) => {
    expect(masked(number)).toBe(shown);
  });

  it('hides four digits of every long number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{8,15}$/), (digits) => {
        expect(masked(digits).replace(/[^*]/g, '')).toBe('****');
      }),
    );
  });
});
