/** How a text goes over the air: seven bits a character where the GSM alphabet has them all, else two octets each. */
export type TextAlphabet = 'gsm-7' | 'ucs-2';

/** A text cut into what fits one message each, in order. One piece has no header. */
export type CutText = { readonly alphabet: TextAlphabet; readonly pieces: readonly string[] };

/** 3GPP TS 23.038 section 6.2.1: the default alphabet without its escape. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
  'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Section 6.2.1.1: these take two septets. */
const extended = '^{}\\[~]|€';
const septetsOf = new Map<string, number>([
  // node-pdu 2.1.1 has a backtick where the alphabet has §.
  ...Array.from(basic.replace('§', ''), (char): [string, number] => [char, 1]),
  ...Array.from(extended, (char): [string, number] => [char, 2]),
]);

/** Septets and UCS-2 units of a message alone, and beside a header of seven octets (16-bit reference). */
const room = { 'gsm-7': { alone: 160, joined: 152 }, 'ucs-2': { alone: 70, joined: 66 } } as const;

/** A concatenated text has at most so many parts (its counter is one octet). */
export const piecesMax = 255;

/** Cuts a text; neither an escaped character nor a surrogate pair is torn. */
export function cutText(text: string): CutText {
  const chars = [...text];
  const alphabet = chars.every((char) => septetsOf.has(char)) ? 'gsm-7' : 'ucs-2';
  const widthOf = (char: string): number => (alphabet === 'gsm-7' ? (septetsOf.get(char) ?? 1) : char.length);
  const total = chars.reduce((sum, char) => sum + widthOf(char), 0);
  const { alone, joined } = room[alphabet];
  if (total <= alone) return { alphabet, pieces: [text] };
  const pieces: string[] = [];
  let piece = '';
  let width = 0;
  for (const char of chars) {
    if (width + widthOf(char) > joined) {
      pieces.push(piece);
      piece = '';
      width = 0;
    }
    piece += char;
    width += widthOf(char);
  }
  return { alphabet, pieces: [...pieces, piece] };
}
