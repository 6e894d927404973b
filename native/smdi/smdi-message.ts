import type { DeskMessage } from '../../core/equipment-event.ts';

/**
 * What goes over a message desk link (SMDI: Bellcore TR-NWT-000283, Telcordia GR-283-CORE; facts/serial.md section 1).
 * `call` and `lamp-failed` come from the switch, `lamp-asked` from the message desk. Numbers are digits only, without
 * the link's padding, 10 at most.
 */
export type SmdiMessage =
  | { readonly kind: 'call'; readonly message: DeskMessage }
  /** `cause` is three characters: INV, an invalid number; BLK, blocked; or a vendor's own. */
  | { readonly kind: 'lamp-failed'; readonly number: string; readonly cause: string }
  | { readonly kind: 'lamp-asked'; readonly number: string; readonly isOn: boolean };

/** How many digits every number on a link has; it is agreed between both sides and never told on the link. */
export type NumberWidth = 5 | 7 | 10;

/** The widest number of any link. */
export const numberLengthMax = 10;

/** The letters of the standard. Any other letter is a vendor's `extension`, as those of the iPECS: C E H I R. */
export const reasonLetters = {
  direct: 'D',
  'forwarded-all': 'A',
  'forwarded-busy': 'B',
  'forwarded-no-answer': 'N',
  forwarded: 'U',
} satisfies Partial<Record<DeskMessage['reason'], string>>;

/** What a letter says. */
export function reasonOf(letter: string): DeskMessage['reason'] {
  switch (letter) {
    case 'D':
      return 'direct';
    case 'A':
      return 'forwarded-all';
    case 'B':
      return 'forwarded-busy';
    case 'N':
      return 'forwarded-no-answer';
    case 'U':
      return 'forwarded';
    default:
      return 'extension';
  }
}

/**
 * A number as a person dials it. A link fills shorter numbers with zeros on the left up to its width, so a number of
 * exactly that width loses the zeros it begins with (`0003500` is 3500, all zeros are 0); a number of any other length
 * was not padded by this link and stays as it came. What a link cannot tell: a number of the full width that really
 * begins with a zero.
 */
export function withoutPadding(number: string, width: NumberWidth): string {
  if (number.length !== width) return number;
  let from = 0;
  while (from < width - 1 && number[from] === '0') from += 1;
  return number.slice(from);
}
