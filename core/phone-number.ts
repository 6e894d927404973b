/** The longest number or address user part that is dialled; E.164 has 15 digits, extensions and codes come on top. */
const dialableLengthMax = 64;

/**
 * What to send to the switch for what somebody typed: without the spaces, dashes, dots and brackets people write numbers
 * with. Digits, `+` in front, `*`, `#`; or a plain SIP user (letters, digits, `._-`). Null if nothing dialable is left.
 */
export function dialable(typed: string): string | null {
  const bare = typed.normalize('NFKC').replace(/[\s()[\].\-‐‑–—/]/g, '');
  if (/^\+?[0-9*#]+$/.test(bare) && bare.length <= dialableLengthMax) return bare;
  const user = typed.trim();
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(user) && user.length <= dialableLengthMax ? user : null;
}

/** A number grouped for reading: 138 0013 8000 for Chinese mobiles, else groups of three and four from the right. */
export function grouped(number: string): string {
  const plus = number.startsWith('+') ? '+' : '';
  const digits = number.slice(plus.length);
  if (!/^[0-9]+$/.test(digits) || digits.length < 7) return number;
  const chinese = /^(86)?(1[3-9][0-9])([0-9]{4})([0-9]{4})$/.exec(digits);
  if (chinese) return [plus + (chinese[1] ?? ''), chinese[2], chinese[3], chinese[4]].filter((s) => s !== '').join(' ');
  const groups: string[] = [];
  let rest = digits;
  while (rest.length > 4) {
    const size = groups.length === 0 ? 4 : 3;
    groups.unshift(rest.slice(-size));
    rest = rest.slice(0, -size);
  }
  return `${plus}${[rest, ...groups].join(' ')}`.trim();
}

/** The same number with its middle hidden: 138 **** 8000. Short numbers (extensions) are shown whole. */
export function masked(number: string): string {
  if (number.length < 7) return number;
  return `${number.slice(0, 3)} **** ${number.slice(-4)}`;
}
