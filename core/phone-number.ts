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

/**
 * Phone numbers for reading: grouped as people say them. Input is whatever the switch sent; anything that is not a
 * telephone number (an extension with letters, an address) comes back as it is. Grouping never adds or drops a digit.
 * Sources: ITU-T E.164 for country codes, the Chinese numbering plan for 1xx mobiles, 0xx areas and 400/800 services.
 */
export function grouped(number: string): string {
  const plain = number.replace(/[\s().-]/g, '');
  if (!/^\+?[0-9]{3,15}$/.test(plain)) return number;
  if (plain.startsWith('+86')) return `+86 ${groupChinese(plain.slice(3))}`.trimEnd();
  if (plain.startsWith('+')) return groupInternational(plain.slice(1));
  if (/^0086[0-9]{5,}$/.test(plain)) return `0086 ${groupChinese(plain.slice(4))}`;
  return groupChinese(plain);
}

/** The same number with its middle hidden, for places others may see: `138 **** 8000`. Short numbers stay whole. */
export function masked(number: string): string {
  const shown = grouped(number);
  const digits = shown.replace(/\D/g, '').length;
  if (digits < 7) return shown;
  const hiddenFrom = digits - keptAtEnd - hiddenDigits;
  let seen = 0;
  return shown.replace(/\d/g, (digit) => {
    const at = seen++;
    return at >= hiddenFrom && at < digits - keptAtEnd ? '*' : digit;
  });
}

/** How many digits a mask hides before the last four: one whole group of a mobile number. */
const hiddenDigits = 4;
const keptAtEnd = 4;

function groupChinese(digits: string): string {
  if (/^1[3-9]\d{9}$/.test(digits)) return split(digits, [3, 4, 4]);
  if (/^0(10|2\d)\d{8}$/.test(digits)) return split(digits, [3, 4, 4]);
  if (/^0[3-9]\d{2}\d{8}$/.test(digits)) return split(digits, [4, 4, 4]);
  if (/^0[3-9]\d{2}\d{7}$/.test(digits)) return split(digits, [4, 3, 4]);
  if (/^[48]00\d{7}$/.test(digits)) return split(digits, [3, 3, 4]);
  if (digits.length <= 6) return digits;
  return groupRest(digits);
}

function groupInternational(digits: string): string {
  const code = countryCodeLength(digits);
  return `+${digits.slice(0, code)} ${groupRest(digits.slice(code))}`.trimEnd();
}

/** E.164: 1 and 7 stand alone, these begin two-digit codes, everything else has three. */
const twoDigitCodes = new Set(
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);

function countryCodeLength(digits: string): number {
  if (digits.startsWith('1') || digits.startsWith('7')) return 1;
  return twoDigitCodes.has(digits.slice(0, 2)) ? 2 : 3;
}

/** Threes from the left, with one or two fours at the end, as most countries print their numbers. */
function groupRest(digits: string): string {
  const fours = digits.length % 3;
  const sizes: number[] = [];
  let left = digits.length;
  if (left <= 4) return digits;
  while (left > fours * 4) {
    sizes.push(3);
    left -= 3;
  }
  while (left > 0) {
    sizes.push(4);
    left -= 4;
  }
  return split(digits, sizes);
}

function split(digits: string, sizes: readonly number[]): string {
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    groups.push(digits.slice(at, at + size));
    at += size;
  }
  if (at < digits.length) groups.push(digits.slice(at));
  return groups.filter((group) => group !== '').join(' ');
}
