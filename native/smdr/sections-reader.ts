import type { LayoutShape } from './layout.ts';
import type { LineValues, ShapeReader } from './shape-reader.ts';

type SectionsForm = Extract<LayoutShape['form'], { readonly kind: 'sections' }>;

/** Reads a line of numbered sections; `columnsReader` reads the columns of its head and of each section. */
export function sectionsReader(
  { head, sections }: SectionsForm,
  columnsReader: (columns: readonly string[]) => ShapeReader,
): ShapeReader {
  const headLength = Math.max(...head.map((column) => Number(/-(\d+) /.exec(column)?.[1] ?? 0)));
  const readHead = columnsReader(head);
  const known = new Map(
    sections.map(({ code, lengthAdds, columns }) => [code, { lengthAdds, read: readerOf(columns, columnsReader) }]),
  );
  return (line) => {
    const found = readHead(line.slice(0, headLength));
    if (found === null) return null;
    let rest = line.slice(headLength);
    let before = '';
    while (/[^ ]/.test(rest)) {
      const [, code = '', length = ''] = /^([0-9]{2})([0-9]{2})/.exec(rest) ?? [];
      // Codes that do not rise say that a length was wrong.
      if (code <= before) return null;
      const section = known.get(code);
      const size = Math.max(0, Number(length) + (section?.lengthAdds ?? 0));
      // The blanks at the end of a line are not printed by everybody.
      const text = rest.slice(4, 4 + size).padEnd(size);
      rest = rest.slice(4 + size);
      before = code;
      const values = section?.read(text) ?? null;
      if (values !== null) merge(values, found);
      else if (text.trim() !== '') found.texts.set(`section${code}`, text);
    }
    return found;
  };
}

function readerOf(columns: readonly string[], columnsReader: (columns: readonly string[]) => ShapeReader): ShapeReader {
  return columns.length === 0 ? () => null : columnsReader(columns);
}

function merge(from: LineValues, into: LineValues): void {
  for (const [name, text] of from.texts) into.texts.set(name, text);
  for (const [name, value] of from.values) into.values.set(name, value);
}
