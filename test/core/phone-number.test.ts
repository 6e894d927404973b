import { expect, test } from 'vitest';
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

test.each([
  ['13800138000', '138 0013 8000'],
  ['+8613800138000', '+86 138 0013 8000'],
  ['6001', '6001'],
  ['02165529988', '0216 552 9988'],
  ['anonymous', 'anonymous'],
])('%s is read as %s', (number, shown) => {
  expect(grouped(number)).toBe(shown);
});

test('a long number is masked in its middle, an extension is not', () => {
  expect([masked('13800138000'), masked('6001')]).toEqual(['138 **** 8000', '6001']);
});
