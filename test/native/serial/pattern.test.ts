import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern } from '../../../native/serial/pattern.ts';

function match(source: string, text: string): readonly (string | undefined)[] | string | undefined {
  const compiled = compilePattern(source);
  return compiled.kind === 'ok' ? compiled.pattern.match(text) : compiled.message;
}

/** Patterns of the understood kind, made from parts so that they are mostly valid. */
const piece = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\x62', '(a|b)', '(a*)', '(?:ab|c)', '(b?a)');
const repeated = fc
  .tuple(piece, fc.constantFrom('', '*', '+', '?', '{2}', '{0,2}', '{1,}'))
  .map((parts) => parts.join(''));
const pattern = fc
  .tuple(fc.constantFrom('', '^'), fc.array(repeated, { maxLength: 5 }), fc.constantFrom('', '$'))
  .map(([start, parts, end]) => `${start}${parts.join('')}${end}`);

test('it finds what RegExp finds', () => {
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '\n'), maxLength: 12 }),
      (source, text) => {
        // What a group caught in an earlier turn of a repeat is forgotten by RegExp and kept here: the whole match counts.
        const compiled = compilePattern(source);
        expect(compiled.kind).toBe('ok');
        if (compiled.kind === 'ok') expect(compiled.pattern.match(text)?.[0]).toBe(new RegExp(source).exec(text)?.[0]);
      },
    ),
    { numRuns: 2000 },
  );
});

test('groups', () => {
  expect(match('^\\$(\\d\\d)$', '$07')).toEqual(['$07', '07']);
  expect(match('(a)|(b)', 'b')).toEqual(['b', undefined, 'b']);
});

test('a pattern that makes backtracking hang is answered at once', () => {
  // One that tries over again takes longer than the universe is old, and the test with it.
  expect(match('^(a+)+$', `${'a'.repeat(1000)}!`)).toBeUndefined();
  expect(match('^(a|a)*(a|a)*$', `${'a'.repeat(1000)}!`)).toBeUndefined();
});

test('what is not understood is refused in words', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['(', /\( without \)/],
    [')', /\) without \(/],
    ['[a', /\[ without \]/],
    ['*', /nothing to repeat/],
    ['a**', /two repeats/],
    ['(?=a)', /look-around/],
    ['\\1', /not understood/],
    ['a{9,2}', /ends before/],
    ['((a{255}){255}){255}', /too large/],
    ['(((((((((((((((((((((((a)))))))))))))))))))))))', /nested/],
    ['啊', /no single byte/],
    ['a'.repeat(500), /at most/],
  ];
  for (const [source, words] of refusals) expect(match(source, 'a'), source).toMatch(words);
});

test('no text of a pattern makes it throw', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?^$\\.-,0129x'), maxLength: 30 }),
      fc.string(),
      (source, text) => {
        match(source, text);
      },
    ),
    { numRuns: 3000 },
  );
});
