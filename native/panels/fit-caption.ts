/** A caption broken into lines at a size that fits. */
export type FittedCaption = { readonly sizePx: number; readonly lines: readonly string[] };

/** Where a caption must fit, in pixels. `measure` gives the width of a text at a size. */
export type CaptionBox = {
  readonly width: number;
  readonly height: number;
  readonly sizeMaxPx: number;
  readonly sizeMinPx: number;
  readonly linesMax: number;
  measure(text: string, sizePx: number): number;
};

/** Lines of a key stand close: there are two or three, and no descender of one reaches the next. */
export const lineHeight = 1.15;

/** Han and kana may be broken anywhere, Latin only between words. */
const unit =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|\s+/gu;

/**
 * The largest size at which the caption fits whole, words unbroken if any size allows it. Where even the smallest size is
 * too big, as much as fits, with an ellipsis. Never throws; the work is bounded by the 60 characters of a caption.
 */
export function fitCaption(caption: string, box: CaptionBox): FittedCaption {
  const text = caption.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (text === '') return { sizePx: box.sizeMaxPx, lines: [] };
  for (const mayBreakWords of [false, true]) {
    for (let sizePx = box.sizeMaxPx; sizePx >= box.sizeMinPx; sizePx -= 1) {
      const lines = linesOf(text, box, sizePx, mayBreakWords);
      if (lines !== null && lines.length <= roomFor(box, sizePx))
        return { sizePx, lines: balanced(lines, box, sizePx) };
    }
  }
  const sizePx = box.sizeMinPx;
  const lines = (linesOf(text, box, sizePx, true) ?? []).slice(0, Math.max(1, roomFor(box, sizePx)));
  return { sizePx, lines: lines.map((line, at) => (at === lines.length - 1 ? shortened(line, box, sizePx) : line)) };
}

function roomFor(box: CaptionBox, sizePx: number): number {
  return Math.min(box.linesMax, Math.floor(box.height / (sizePx * lineHeight)));
}

/** Null: a word is wider than the box and may not be broken, or need not be at a smaller size. */
function linesOf(text: string, box: CaptionBox, sizePx: number, mayBreakWords: boolean): readonly string[] | null {
  const lines: string[] = [];
  let line = '';
  for (const part of partsOf(text, box, mayBreakWords)) {
    if (box.measure((line + part).trimEnd(), sizePx) <= box.width) {
      line += part;
      continue;
    }
    if (line.trim() !== '') lines.push(line.trim());
    line = part.trimStart();
    if (box.measure(line.trimEnd(), sizePx) > box.width) return null;
  }
  if (line.trim() !== '') lines.push(line.trim());
  return lines;
}

function partsOf(text: string, box: CaptionBox, mayBreakWords: boolean): readonly string[] {
  const words = text.match(unit) ?? [];
  if (!mayBreakWords) return words;
  // A word that fits at some size is not broken at a greater one for the sake of another that fits at none.
  return words.flatMap((word) => (box.measure(word, box.sizeMinPx) > box.width ? [...word] : [word]));
}

/** Two lines of Han of unlike length look torn: the first gives what it can spare. */
function balanced(lines: readonly string[], box: CaptionBox, sizePx: number): readonly string[] {
  const [first, second] = lines;
  if (lines.length !== 2 || first === undefined || second === undefined) return lines;
  const all = [...first, ...second];
  if (!all.every((letter) => /\p{Script=Han}/u.test(letter))) return lines;
  const half = Math.ceil(all.length / 2);
  const even = [all.slice(0, half).join(''), all.slice(half).join('')];
  return even.every((line) => box.measure(line, sizePx) <= box.width) ? even : lines;
}

function shortened(line: string, box: CaptionBox, sizePx: number): string {
  const letters = [...line];
  while (letters.length > 1 && box.measure(`${letters.join('')}…`, sizePx) > box.width) letters.pop();
  return `${letters.join('')}…`;
}
