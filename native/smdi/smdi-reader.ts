import { type NumberWidth, numberLengthMax, reasonOf, type SmdiMessage, withoutPadding } from './smdi-message.ts';

/** A message, or bytes that began like one and are none: kept as they came, `?` for what cannot be shown. */
export type SmdiRead = SmdiMessage | { readonly kind: 'unreadable'; readonly text: string };

export type SmdiCounts = {
  readonly messages: number;
  readonly unreadable: number;
  /** Bytes outside of messages that are no line ends and no padding. */
  readonly noiseBytes: number;
};

/** Reads a link, byte by byte. */
export type SmdiReader = {
  /** Everything that was finished by these bytes, in order. */
  push(bytes: Uint8Array): readonly SmdiRead[];
  /** The input is at its end: what was begun is unreadable. */
  end(): readonly SmdiRead[];
  /** The link was away: what was begun is forgotten. */
  reset(): void;
  readonly counts: SmdiCounts;
};

/** The longest message of the standard has 38 bytes with its frame; spaces may be many, but not without end. */
const messageBytesMax = 80;

/** No header is longer: RMV:MWI. */
const headerMax = 7;

/** A message that has begun, and how far it is. Nothing in it grows with the input but by a message's own limits. */
type Open =
  | {
      readonly kind: 'call';
      digits: string;
      letter: string;
      readonly numbers: string[];
      isGap: boolean;
      isApart: boolean;
    }
  | { readonly kind: 'lamp-failed'; number: string; cause: string; isGap: boolean }
  | { readonly kind: 'lamp-asked'; readonly isOn: boolean; number: string; isGap: boolean };

/** What a byte does to the message that has begun. `again`: it is none, and the byte may begin another. */
type Step = 'goes-on' | 'again' | SmdiMessage;

/**
 * Reads both directions, so that a line which echoes is not taken for the other side. Liberal in what it takes: a message
 * begins at MD, MWI, OP:MWI or RMV:MWI wherever that stands and ends at ^Y, CR or LF (a lamp command at its `!` or ^D);
 * spaces may be many, both numbers of a call may be missing, the letter may be any. The eighth bit is dropped: it is the
 * parity where a port does not take seven bits, as a pty does not. Bytes that fit nowhere end a message, never the reader.
 */
export function createSmdiReader(width: NumberWidth): SmdiReader {
  return new Reader(width);
}

class Reader implements SmdiReader {
  readonly #width: NumberWidth;
  /** The last characters outside of a message: a header may end in them. */
  #tail = '';
  #open: Open | undefined;
  /** What has come of the open message. */
  #taken = '';
  readonly #counts = { messages: 0, unreadable: 0, noiseBytes: 0 };

  constructor(width: NumberWidth) {
    this.#width = width;
  }

  get counts(): SmdiCounts {
    return { ...this.#counts };
  }

  push(bytes: Uint8Array): readonly SmdiRead[] {
    const reads: SmdiRead[] = [];
    for (const byte of bytes) {
      const code = byte & 0x7f;
      if (!isIgnored(code)) this.#take(String.fromCharCode(code), reads);
    }
    return reads;
  }

  end(): readonly SmdiRead[] {
    const reads: SmdiRead[] = [];
    // As a line end would: a message whose last byte was lost is still one.
    if (this.#open !== undefined) this.#take('\n', reads);
    this.#tail = '';
    return reads;
  }

  reset(): void {
    this.#open = undefined;
    this.#tail = '';
  }

  #take(character: string, to: SmdiRead[]): void {
    const open = this.#open;
    if (open === undefined) {
      this.#search(character);
      return;
    }
    const did = this.#taken.length >= messageBytesMax ? 'again' : step(open, character, this.#width);
    if (did === 'goes-on') this.#taken += character;
    else if (did === 'again') this.#takeAgain(open, character, to);
    else this.#give(did, to);
  }

  /** The open message is none; what came last may begin another. */
  #takeAgain(open: Open, character: string, to: SmdiRead[]): void {
    // A refusal that was cut off: what was taken for its cause may begin the next message.
    const again = open.kind === 'lamp-failed' ? `${open.cause}${character}` : character;
    this.#give({ kind: 'unreadable', text: this.#taken.replaceAll(/[^\x20-\x7e]/g, '?') }, to);
    for (const one of again) this.#take(one, to);
  }

  /** Looks for the beginning of a message. */
  #search(character: string): void {
    if (character === ' ') return;
    this.#tail = (this.#tail + character).slice(-headerMax);
    const found = headers.find(([text]) => this.#tail.endsWith(text));
    if (found === undefined) {
      if (character > ' ') this.#counts.noiseBytes += 1;
      return;
    }
    const [header, begin] = found;
    this.#open = begin();
    this.#taken = header;
    // All of it but the last was taken for noise.
    this.#counts.noiseBytes -= header.length - 1;
  }

  #give(read: SmdiRead, to: SmdiRead[]): void {
    this.reset();
    this.#counts[read.kind === 'unreadable' ? 'unreadable' : 'messages'] += 1;
    to.push(read);
  }
}

/** The longer first: the one ends in the other. */
const headers: readonly (readonly [string, () => Open])[] = [
  ['RMV:MWI', () => ({ kind: 'lamp-asked', isOn: false, number: '', isGap: false })],
  ['OP:MWI', () => ({ kind: 'lamp-asked', isOn: true, number: '', isGap: false })],
  ['MWI', () => ({ kind: 'lamp-failed', number: '', cause: '', isGap: false })],
  ['MD', () => ({ kind: 'call', digits: '', letter: '', numbers: [], isGap: true, isApart: false })],
];

/** NUL and DEL fill time, XON and XOFF hold up the flow. */
function isIgnored(code: number): boolean {
  return code === 0 || code === 0x7f || code === 0x11 || code === 0x13;
}

function step(open: Open, character: string, width: NumberWidth): Step {
  switch (open.kind) {
    case 'call':
      return stepCall(open, character, width);
    case 'lamp-failed':
      return stepFailure(open, character, width);
    case 'lamp-asked':
      return stepLamp(open, character, width);
  }
}

function stepCall(open: Extract<Open, { kind: 'call' }>, character: string, width: NumberWidth): Step {
  if (open.letter === '') {
    if (character === ' ') return 'goes-on';
    if (open.digits.length < deskDigits + terminalDigits) {
      if (!isDigit(character)) return 'again';
      open.digits += character;
      return 'goes-on';
    }
    if (!/[A-Z]/.test(character)) return 'again';
    open.letter = character;
    return 'goes-on';
  }
  if (isEnd(character)) return callOf(open, width);
  if (character === ' ') {
    open.isApart ||= open.numbers.length === 0;
    open.isGap = true;
    return 'goes-on';
  }
  if (!isDigit(character)) return 'again';
  if (open.isGap) open.numbers.push('');
  open.isGap = false;
  const last = open.numbers.length - 1;
  const number = (open.numbers[last] ?? '') + character;
  if (open.numbers.length > 2 || number.length > numberLengthMax) return 'again';
  open.numbers[last] = number;
  return 'goes-on';
}

const deskDigits = 3;
const terminalDigits = 4;

/**
 * One number alone is the caller's when a space stands before it or the call is direct; else it is the station that was
 * called (the iPECS tells calls with both numbers, with the first alone and with the second alone).
 */
function callOf(
  { digits, letter, numbers, isApart }: Extract<Open, { kind: 'call' }>,
  width: NumberWidth,
): SmdiMessage {
  const reason = reasonOf(letter);
  const [first = '', second] = numbers.map((number) => withoutPadding(number, width));
  const isCalling = second === undefined && (isApart || reason === 'direct');
  return {
    kind: 'call',
    message: {
      desk: digits.slice(0, deskDigits),
      terminal: digits.slice(deskDigits),
      reason,
      letter,
      forwardedFrom: isCalling ? '' : first,
      calling: isCalling ? first : (second ?? ''),
    },
  };
}

function stepFailure(open: Extract<Open, { kind: 'lamp-failed' }>, character: string, width: NumberWidth): Step {
  const { number, cause } = open;
  if (isEnd(character)) {
    if (number === '' || cause.length !== causeLength) return 'again';
    return { kind: 'lamp-failed', number: withoutPadding(number, width), cause };
  }
  if (character === ' ') {
    open.isGap ||= number !== '';
    // A space inside the cause is none of it, after it all are padding.
    return cause === '' || cause.length === causeLength ? 'goes-on' : 'again';
  }
  if (character < ' ') return 'again';
  if (cause === '' && !open.isGap && isDigit(character)) {
    open.number += character;
    return open.number.length > numberLengthMax ? 'again' : 'goes-on';
  }
  if (number === '' || cause.length === causeLength) return 'again';
  open.cause += character;
  return 'goes-on';
}

const causeLength = 3;

function stepLamp(open: Extract<Open, { kind: 'lamp-asked' }>, character: string, width: NumberWidth): Step {
  const { number, isOn } = open;
  if (character === ' ') {
    open.isGap ||= number !== '';
    return 'goes-on';
  }
  // Either says that the number is whole; a line end does not.
  if (character === '!' || character === '\x04') {
    return number === '' ? 'again' : { kind: 'lamp-asked', number: withoutPadding(number, width), isOn };
  }
  if (!isDigit(character) || open.isGap) return 'again';
  open.number += character;
  return open.number.length > numberLengthMax ? 'again' : 'goes-on';
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

/** CR, LF, ^Y. */
function isEnd(character: string): boolean {
  return character === '\r' || character === '\n' || character === '\x19';
}
