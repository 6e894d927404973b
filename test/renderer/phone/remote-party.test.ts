import fc from 'fast-check';
import { expect, test } from 'vitest';
import { remoteParty, shownText } from '../../../renderer/phone/remote-party.ts';

test.each([
  ['plain', '13800138000', '王芳', { number: '13800138000', displayName: '王芳' }],
  ['quoted and escaped', '100', '"A \\"B\\" C"', { number: '100', displayName: 'A "B" C' }],
  ['the number as its own name', '100', '100', { number: '100', displayName: '' }],
  ['an escaped user part', '%2B4420', '', { number: '+4420', displayName: '' }],
  ['a broken escape', '%ZZ', '', { number: '%ZZ', displayName: '' }],
  ['bidi override', '1', '\u202Egnp.exe', { number: '1', displayName: 'gnp.exe' }],
  ['controls, NUL, ANSI', '1', 'a\u0000b\u001b[31mc\r\nd', { number: '1', displayName: 'a b [31mc d' }],
  ['lone surrogate', '1', 'x\ud800y', { number: '1', displayName: 'x y' }],
  ['markup stays text', '1', '<img src=x>', { number: '1', displayName: '<img src=x>' }],
])('%s', (_, number, name, expected) => {
  expect(remoteParty(number, name)).toEqual(expected);
});

test('whatever comes in: at most 128 characters, well formed, nothing invisible', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (raw) => {
      const text = shownText(raw);
      expect(text.length).toBeLessThanOrEqual(128);
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('a megabyte of name is read to its end', () => {
  expect(shownText('\u202E'.repeat(1_000_000))).toBe('');
});
