/**
 * Trimming for text whose characters are bytes: only space and tab are blank. `String.trim` would also take 0xA0, which
 * is half of a Chinese character in GB18030. Linear, which ` +$` as a regular expression is not.
 */
export function trimAscii(text: string): string {
  let from = 0;
  while (isBlank(text.charCodeAt(from))) from += 1;
  return trimAsciiEnd(text.slice(from));
}

/** The same at the end only: at the start of a line spaces are columns. */
export function trimAsciiEnd(text: string): string {
  let to = text.length;
  while (to > 0 && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(0, to);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
