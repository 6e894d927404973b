/** A pattern as a tree. `set` has 256 places: 1 where the character (Latin-1, that is: the byte) fits. */
export type Node =
  | { readonly kind: 'set'; readonly set: Uint8Array }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'either'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'group'; readonly index: number; readonly inner: Node }
  | { readonly kind: 'repeat'; readonly inner: Node; readonly min: number; readonly max: number | undefined };

export type ParsedPattern =
  | { readonly kind: 'ok'; readonly node: Node; readonly groups: number }
  | { readonly kind: 'error'; readonly message: string };

/** Longest pattern text, deepest nesting and highest repeat: a line of a panel needs none of the three. */
export const patternNodesMax = 400;
const depthMax = 20;
const repeatMax = 255;

class PatternRefused extends Error {}

type Reading = { readonly source: string; at: number; groups: number };

/** Reads pattern text (without its slashes) into a tree; `compilePattern` says what is understood. */
export function parsePattern(source: string): ParsedPattern {
  if (source.length > patternNodesMax) {
    return { kind: 'error', message: `a pattern has at most ${patternNodesMax} characters` };
  }
  const reading: Reading = { source, at: 0, groups: 0 };
  try {
    const node = readEither(reading, 0);
    if (reading.at < source.length) throw new PatternRefused(') without (');
    return { kind: 'ok', node, groups: reading.groups };
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    return { kind: 'error', message: `${error.message}, at character ${reading.at + 1} of the pattern` };
  }
}

function readEither(reading: Reading, depth: number): Node {
  if (depth > depthMax) throw new PatternRefused(`groups are nested deeper than ${depthMax}`);
  let node = readSequence(reading, depth);
  while (reading.source[reading.at] === '|') {
    reading.at += 1;
    node = { kind: 'either', left: node, right: readSequence(reading, depth) };
  }
  return node;
}

function readSequence(reading: Reading, depth: number): Node {
  const parts: Node[] = [];
  for (;;) {
    const char = reading.source[reading.at];
    if (char === undefined || char === '|' || char === ')') return { kind: 'sequence', parts };
    parts.push(readRepeat(reading, readAtom(reading, depth)));
  }
}

function readRepeat(reading: Reading, inner: Node): Node {
  const rest = reading.source.slice(reading.at);
  const counted = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(rest);
  const sign = counted?.[0] ?? rest[0];
  if (sign === undefined || (counted === null && !'*+?'.includes(sign))) return inner;
  if (inner.kind === 'start' || inner.kind === 'end') throw new PatternRefused(`${sign} has nothing to repeat`);
  reading.at += sign.length;
  if ('*+?{'.includes(reading.source[reading.at] ?? ' ')) throw new PatternRefused('two repeats in a row');
  if (counted === null) {
    return { kind: 'repeat', inner, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : undefined };
  }
  const min = Number(counted[1]);
  const upper = counted[2] === undefined ? min : counted[3] === '' ? undefined : Number(counted[3]);
  if (min > repeatMax || (upper ?? 0) > repeatMax) throw new PatternRefused(`repeats go up to ${repeatMax}`);
  if (upper !== undefined && upper < min) throw new PatternRefused(`{${min},${upper}} ends before it begins`);
  return { kind: 'repeat', inner, min, max: upper };
}

function readAtom(reading: Reading, depth: number): Node {
  const char = reading.source[reading.at] ?? '';
  reading.at += 1;
  if (char === '^') return { kind: 'start' };
  if (char === '$') return { kind: 'end' };
  if (char === '.') return { kind: 'set', set: setOf((code) => code !== 0x0a && code !== 0x0d) };
  if (char === '[') return { kind: 'set', set: readClass(reading) };
  if (char === '\\') return { kind: 'set', set: readEscape(reading) };
  if ('*+?'.includes(char)) throw new PatternRefused(`${char} has nothing to repeat`);
  if (char === '(') return readGroup(reading, depth);
  return { kind: 'set', set: setOf((code) => code === codeOf(char)) };
}

function readGroup(reading: Reading, depth: number): Node {
  const isNamed = reading.source[reading.at] === '?';
  if (isNamed && reading.source[reading.at + 1] !== ':') {
    throw new PatternRefused('look-around and named groups are not understood');
  }
  if (isNamed) reading.at += 2;
  else reading.groups += 1;
  const index = reading.groups;
  const inner = readEither(reading, depth + 1);
  if (reading.source[reading.at] !== ')') throw new PatternRefused('( without )');
  reading.at += 1;
  return isNamed ? inner : { kind: 'group', index, inner };
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isWord = (code: number): boolean =>
  isDigit(code) || code === 0x5f || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
const classLetters: Readonly<Record<string, (code: number) => boolean>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
};
const controlLetters: Readonly<Record<string, number>> = { r: 0x0d, n: 0x0a, t: 0x09, f: 0x0c, v: 0x0b, 0: 0x00 };

function readEscape(reading: Reading): Uint8Array {
  const letter = reading.source[reading.at];
  if (letter === undefined) throw new PatternRefused('a \\ at the end');
  reading.at += 1;
  const inClass = Object.hasOwn(classLetters, letter) ? classLetters[letter] : undefined;
  if (inClass !== undefined) return setOf(inClass);
  if (letter === 'x') {
    const hex = /^[0-9a-fA-F]{2}/.exec(reading.source.slice(reading.at))?.[0];
    if (hex === undefined) throw new PatternRefused('\\x wants two hex digits');
    reading.at += 2;
    return setOf((code) => code === Number.parseInt(hex, 16));
  }
  const control = Object.hasOwn(controlLetters, letter) ? controlLetters[letter] : undefined;
  if (control === undefined && /[A-Za-z0-9]/.test(letter)) throw new PatternRefused(`\\${letter} is not understood`);
  return setOf((code) => code === (control ?? codeOf(letter)));
}

function readClass(reading: Reading): Uint8Array {
  const isNot = reading.source[reading.at] === '^';
  if (isNot) reading.at += 1;
  const fits = new Uint8Array(256);
  for (let isFirst = true; ; isFirst = false) {
    const char = reading.source[reading.at];
    if (char === undefined) throw new PatternRefused('[ without ]');
    if (char === ']' && !isFirst) break;
    const from = readClassItem(reading);
    const single = onlyCode(from);
    if (reading.source[reading.at] === '-' && single !== undefined && reading.source[reading.at + 1] !== ']') {
      reading.at += 1;
      const last = onlyCode(readClassItem(reading));
      if (last === undefined || last < single) throw new PatternRefused('a range that ends before it begins');
      fits.fill(1, single, last + 1);
    } else for (const [code, isIn] of from.entries()) if (isIn === 1) fits[code] = 1;
  }
  reading.at += 1;
  return isNot ? fits.map((isIn) => 1 - isIn) : fits;
}

function readClassItem(reading: Reading): Uint8Array {
  const char = reading.source[reading.at];
  if (char === undefined) throw new PatternRefused('[ without ]');
  reading.at += 1;
  return char === '\\' ? readEscape(reading) : setOf((code) => code === codeOf(char));
}

function onlyCode(set: Uint8Array): number | undefined {
  const first = set.indexOf(1);
  return first >= 0 && first === set.lastIndexOf(1) ? first : undefined;
}

function codeOf(char: string): number {
  const code = char.charCodeAt(0);
  if (code > 0xff) throw new PatternRefused(`${char} is no single byte; a port speaks in bytes`);
  return code;
}

function setOf(fits: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (fits(code) ? 1 : 0));
}
