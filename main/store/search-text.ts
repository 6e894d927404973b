/** How the lists of a store are searched: one case, one form of each character; a number with or without its dashes. */

/** What people write between the digits of a number. */
const separators = /[\s().+-]/g;

/** One case, one form of each character (full-width digits too), one space between words. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/** A number as a search finds it that was typed without spaces and dashes. */
export function bare(number: string): string {
  return number.replaceAll(separators, '');
}

/** What a search looks in: each part on its own line, so that no search matches across two of them. */
export function searchLines(parts: readonly string[]): string {
  return parts.map(folded).join('\n');
}

/** What is looked for. It is compared as it stands (`instr`), so % and _ are letters like any other. */
export function searchTerms(search: string): { readonly needle: string; readonly digits: string } {
  const needle = folded(search);
  const digits = bare(needle);
  return { needle, digits: /^[0-9*#]+$/.test(digits) ? digits : '' };
}

/** The condition on a column `search` for the terms `:needle` and `:digits`. */
export const searchCondition = `(:needle = '' or instr(search, :needle) > 0
  or (:digits <> '' and instr(search, :digits) > 0))`;
