import { trimAscii } from './ascii-trim.ts';
import type { LayoutShape } from './layout.ts';
import { sectionsReader } from './sections-reader.ts';
import { type DateOrder, type FormValue, isFormName, type ValueForm, valueForm } from './value-form.ts';

/** No record of any layout is longer; a longer line fits none. It also bounds the work a line can cause. */
export const recordLengthMax = 1_024;
/** Wider gaps than the widest blank column of any layout are not looked through. */
const gapMax = 80;

/** The values of a line: `texts` as printed (latin1, trimmed), `values` as read. Names that were blank are in neither. */
export type LineValues = { readonly texts: Map<string, string>; readonly values: Map<string, FormValue> };

/** Reads a line by one shape; null when it does not fit. */
export type ShapeReader = (line: string) => LineValues | null;

/** Makes the reader of a shape. Throws on a part that names no form, which the layout schema has refused before. */
export function shapeReader({ form }: LayoutShape, order: DateOrder): ShapeReader {
  switch (form.kind) {
    case 'columns':
      return columnsReader(form.columns, form.hasRest, order);
    case 'words':
      return wordsReader(form.parts, order);
    case 'csv':
      return csvReader(form.values, form.valuesMin, order);
    case 'sections':
      return sectionsReader(form, (columns) => columnsReader(columns, true, order));
  }
}

type Value = {
  readonly name: string;
  readonly isOptional: boolean;
  readonly looks: string;
  readonly isLazy: boolean;
  /** False: the text cannot be this value. */
  readonly take: (text: string, into: LineValues) => boolean;
};

function parseValue(declared: string, order: DateOrder): Value {
  const colon = declared.indexOf(':');
  const name = declared.slice(0, colon);
  const formName = declared.slice(colon + 1).replace(/\?$/, '');
  const { looks, isLazy, read } = formNamed(formName);
  return {
    name,
    isOptional: declared.endsWith('?'),
    looks,
    isLazy: isLazy === true,
    take: (text, { texts, values }) => {
      const value = read(text, order);
      if (value === null) return false;
      texts.set(name, text);
      values.set(name, value);
      return true;
    },
  };
}

function formNamed(name: string): ValueForm {
  if (name.startsWith('{')) {
    // The longest first, so that IT is not read as I.
    const choices = name
      .slice(1, -1)
      .split(',')
      .toSorted((a, b) => b.length - a.length);
    return { looks: `(?:${choices.map(literal).join('|')})`, read: (text) => ({ kind: 'text', text }) };
  }
  if (!isFormName(name)) throw new Error(`The layout names the form ${name}, which is none.`);
  return valueForm(name);
}

/** Characters as themselves in a regular expression. */
function literal(text: string): string {
  return text.replace(/[^A-Za-z0-9 ]/g, '\\$&');
}

function columnsReader(declared: readonly string[], hasRest: boolean, order: DateOrder): ShapeReader {
  const columns = declared.map((text) => {
    const gap = text.indexOf(' ');
    const [from = 1, to = 1] = text.slice(0, gap).split('-').map(Number);
    const value = parseValue(text.slice(gap + 1), order);
    return { value, from: from - 1, to, whole: new RegExp(`^(?:${value.looks})$`) };
  });
  const end = Math.max(...columns.map(({ to }) => to));
  const gaps: { from: number; to: number }[] = [];
  let covered = 0;
  for (const { from, to } of columns.toSorted((a, b) => a.from - b.from)) {
    if (from > covered) gaps.push({ from: covered, to: from });
    covered = Math.max(covered, to);
  }
  return (line) => {
    const found: LineValues = { texts: new Map(), values: new Map() };
    const rest = trimAscii(line.slice(end));
    if (rest !== '' && !hasRest) return null;
    for (const { from, to } of gaps) if (trimAscii(line.slice(from, to)) !== '') return null;
    for (const { value, from, to, whole } of columns) {
      const text = trimAscii(line.slice(from, to));
      if (text === '') {
        if (!value.isOptional) return null;
      } else if (!whole.test(text) || !value.take(text, found)) return null;
    }
    if (rest !== '') found.texts.set('rest', rest);
    return found;
  };
}

/** All the spaces that are there: nothing to try again with fewer of them. */
const gap = ` {1,${gapMax}}(?! )`;
const maybeGap = ` {0,${gapMax}}(?! )`;

function wordsReader(parts: readonly string[], order: DateOrder): ShapeReader {
  const values: Value[] = [];
  let source = `^ {0,${gapMax}}`;
  parts.forEach((part, index) => {
    const isGlued = part.startsWith('+');
    const declared = isGlued ? part.slice(1) : part;
    const before = index === 0 ? '' : isGlued ? maybeGap : gap;
    const isOptional = declared.endsWith('?');
    if (declared.startsWith('=')) {
      const word = literal(declared.slice(1, isOptional ? -1 : undefined));
      source += isOptional ? `(?:${before}${word})?` : `${before}${word}`;
      return;
    }
    const value = parseValue(declared, order);
    values.push(value);
    const group = `${before}(${value.looks})`;
    source += isOptional ? `(?:${group})?${value.isLazy ? '?' : ''}` : group;
  });
  const pattern = new RegExp(`${source} *$`);
  return (line) => {
    const match = pattern.exec(line);
    if (match === null) return null;
    const found: LineValues = { texts: new Map(), values: new Map() };
    for (const [index, value] of values.entries()) {
      const text = match[index + 1];
      if (text !== undefined && !value.take(text, found)) return null;
    }
    return found;
  };
}

function csvReader(declared: readonly string[], valuesMin: number, order: DateOrder): ShapeReader {
  const values = declared.map((text) => {
    const value = parseValue(text, order);
    return { value, whole: new RegExp(`^(?:${value.looks})$`) };
  });
  return (line) => {
    const cells = csvCells(line);
    if (cells === null || cells.length < valuesMin) return null;
    const found: LineValues = { texts: new Map(), values: new Map() };
    for (const [index, { value, whole }] of values.entries()) {
      const text = trimAscii(cells[index] ?? '');
      if (text === '') {
        if (!value.isOptional) return null;
      } else if (!whole.test(text) || !value.take(text, found)) return null;
    }
    return found;
  };
}

/** The cells of a line of CSV (RFC 4180); null when a quote is not closed or something follows one. */
function csvCells(line: string): readonly string[] | null {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at);
      cells.push(line.slice(at, comma === -1 ? undefined : comma));
      if (comma === -1) return cells;
      at = comma + 1;
      continue;
    }
    let cell = '';
    for (at += 1; ; ) {
      const quote = line.indexOf('"', at);
      if (quote === -1) return null;
      cell += line.slice(at, quote);
      at = quote + 1;
      if (line[at] !== '"') break;
      cell += '"';
      at += 1;
    }
    cells.push(cell);
    if (at >= line.length) return cells;
    if (line[at] !== ',') return null;
    at += 1;
  }
}
