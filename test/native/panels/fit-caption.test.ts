import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitCaption, lineHeight } from '../../../native/panels/fit-caption.ts';

/** Han as wide as they are high, Latin half of it: what fonts come near to. */
const measure = (text: string, sizePx: number): number =>
  [...text].reduce((width, letter) => width + (/\p{Script=Han}/u.test(letter) ? 1 : 0.55), 0) * sizePx;
const box = { width: 64, height: 32, sizeMaxPx: 14, sizeMinPx: 10, linesMax: 5, measure };

it.each([
  ['接听', 14, ['接听']],
  ['Hang up', 14, ['Hang up']],
  ['Front desk', 13, ['Front', 'desk']],
  ['小休午餐时间', 13, ['小休午', '餐时间']],
  ['', 14, []],
])('%s', (caption, sizePx, lines) => {
  expect(fitCaption(caption, box)).toEqual({ sizePx, lines });
});

it('a word too long for any size is broken, and the word beside it that fits is not', () => {
  const tall = { ...box, height: 56 };
  expect(fitCaption('Internationalization department', tall)).toEqual({
    sizePx: 11,
    lines: ['Internatio', 'nalization', 'department'],
  });
});

it('whatever the caption, lines fit the box, and only an ellipsis stands for what was left out', () => {
  const captions = fc.string({ unit: fc.constantFrom(...'接听挂断保持 ab1-:😀é', 'word ', 'ﷺ'), maxLength: 60 });
  fc.assert(
    fc.property(captions, (caption) => {
      const { sizePx, lines } = fitCaption(caption, box);
      expect(lines.length * sizePx * lineHeight).toBeLessThanOrEqual(box.height);
      for (const line of lines) expect(measure(line, sizePx)).toBeLessThanOrEqual(box.width);
      const bare = (text: string): string => text.normalize('NFC').replace(/\s/gu, '');
      const said = bare(lines.join(''));
      if (said.endsWith('…')) expect(bare(caption).startsWith(said.slice(0, -1))).toBe(true);
      else expect(said).toBe(bare(caption));
    }),
  );
});
