/** Who calls, as the exchange told an analog modem. Untrusted text. */
export type CallerId = {
  readonly number: string;
  readonly name: string;
  /** `private`: the caller withheld it (P); `out-of-area`: the network does not know it (O). */
  readonly withheld: 'no' | 'private' | 'out-of-area';
};

export const unknownCaller: CallerId = { number: '', name: '', withheld: 'no' };

/** The longest number and name MDMF carries are 23 and 21 characters; modems of other makers may send more. */
const textLengthMax = 64;

/**
 * Puts one item of a formatted block (`NMBR = 5551234`, IS-101) to what is known. DATE and TIME say nothing the seat's own
 * clock does not know better. NMBR and NAME may be P or O. Undefined: nothing new.
 */
export function withItem(known: CallerId, tag: string, value: string): CallerId | undefined {
  const text = value.slice(0, textLengthMax);
  switch (tag) {
    case 'NMBR':
    case 'NUMBER':
    case 'DDN_NMBR':
      return withNumber(known, text);
    case 'NAME':
      return withName(known, text);
    case 'MESG':
      return withMessage(known, value);
    default:
      return undefined;
  }
}

function withNumber(known: CallerId, text: string): CallerId {
  if (text === 'P') return { ...known, number: '', withheld: 'private' };
  if (text === 'O' || text === '') return { ...known, number: '', withheld: 'out-of-area' };
  return { ...known, number: text, withheld: 'no' };
}

function withName(known: CallerId, text: string): CallerId {
  return text === 'P' || text === 'O' ? known : { ...known, name: text };
}

/**
 * Reads `MESG = …`: hex of parameters the modem has no word for, or of the whole packet (`80 length parameters…`, SDMF
 * `04 length date number`), with or without checksum. Parameters (themuffin.net/j/cidinfo, ME Labs): 02 number, 03
 * dialable number, 04 why there is none (P, O), 07 name, 08 why there is none. Undefined: nothing of it is understood.
 */
function withMessage(known: CallerId, value: string): CallerId | undefined {
  const digits = value.replaceAll(' ', '');
  if (!/^(?:[0-9a-f]{2}){2,512}/i.test(digits)) return undefined;
  const bytes = Buffer.from(digits.slice(0, 1024), 'hex');
  if (bytes[0] === 0x80) return withParameters(known, bytes.subarray(2, 2 + (bytes[1] ?? 0)));
  const length = bytes[1] ?? 0;
  // As a single message the date has eight digits before the number; as a parameter 04 is one letter.
  if (bytes[0] === 0x04 && length > 8) {
    return withNumber(
      known,
      bytes
        .subarray(10, 2 + length)
        .toString('latin1')
        .slice(0, textLengthMax),
    );
  }
  return withParameters(known, bytes);
}

function withParameters(known: CallerId, bytes: Buffer): CallerId | undefined {
  let found: CallerId | undefined;
  for (let at = 0; at + 2 < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
    const data = bytes.subarray(at + 2, at + 2 + (bytes[at + 1] ?? 0));
    const text = data.toString('latin1').trim().slice(0, textLengthMax);
    switch (bytes[at]) {
      case 0x02:
      case 0x03:
      case 0x04:
        found = withNumber(found ?? known, text);
        break;
      case 0x07:
        found = withName(found ?? known, text);
        break;
      default:
    }
  }
  return found;
}
