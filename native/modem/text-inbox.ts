import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ModemEvent } from './modem-event.ts';
import { type PduRead, readPdu, type TextPart } from './sms-pdu.ts';

/** Where a modem keeps a message; undefined: it was handed over and is kept nowhere else. */
export type TextPlace = { readonly memory: string; readonly index: number };

/** Texts that came, until somebody has written them down. */
export type TextInbox = {
  /** A message, from the memory or handed over. The same one again (a restart, a network that repeats) is the same text. */
  take(pdu: string, place: TextPlace | undefined): void;
  /** Everything that waits is told again, as after a restart. */
  tellAgain(): void;
  /** The text is written down. Answers which messages may be deleted. */
  keep(ref: string): readonly TextPlace[];
  /** Read again from the start: what is known of places in the memory is void. */
  forgetPlaces(): void;
  close(): void;
};

export type TextInboxParts = {
  readonly clock: Clock;
  readonly tell: (event: ModemEvent) => void;
  /** Messages nobody has to be told of: deleted at once. */
  readonly discard: (place: TextPlace) => void;
};

/** A part that comes later than this is not waited for: networks try for days, people do not. */
export const partsWaitMs = 10 * 60_000;
/** Long texts that wait for parts; the oldest is told as it is. A SIM holds 20 to 50 messages. */
const incompleteMax = 32;
/** Texts nobody has written down; a seat process that is away for longer reads them from the memory. */
const untoldMax = 500;
/** Texts already written down that a network may bring once more. */
const keptMax = 500;
/** Parts of long texts that are whole, which a network may bring once more; the longest text has 255. */
const wholePartsMax = 2_000;
/** One event carries so much text; a longer one is told in several. */
const textLengthMax = 2_000;

type Received = Pick<Extract<PduRead, { kind: 'text' }>, 'from' | 'text' | 'sentAt'>;
type Told = { readonly event: ModemEvent & { kind: 'text-received' }; places: readonly TextPlace[] };
type Piece = { readonly text: string; readonly sentAt: number; readonly places: readonly TextPlace[] };
type Incomplete = {
  readonly from: string;
  readonly total: number;
  readonly pieces: Map<number, Piece>;
  cancel(): void;
};

/** Makes the inbox of a modem; it lives as long as the piece of equipment, not as long as the port. */
export function createTextInbox(parts: TextInboxParts): TextInbox {
  return new Inbox(parts);
}

class Inbox implements TextInbox {
  readonly #clock: Clock;
  readonly #tell: TextInboxParts['tell'];
  readonly #discard: TextInboxParts['discard'];
  /** By reference: what nobody has written down yet. */
  readonly #told = new Map<string, Told>();
  /** By reference: what is written down, lately. */
  readonly #kept = new Map<string, true>();
  /** By sender, reference of the sender and number of parts. */
  readonly #incomplete = new Map<string, Incomplete>();
  /** Parts of texts that are whole, each with the reference of its text. */
  readonly #whole = new Map<string, string>();

  constructor({ clock, tell, discard }: TextInboxParts) {
    this.#clock = clock;
    this.#tell = tell;
    this.#discard = discard;
  }

  take(pdu: string, place: TextPlace | undefined): void {
    const read = readPdu(pdu);
    const places = place === undefined ? [] : [place];
    if (read.kind === 'report') return;
    // Somebody may make sense of it; deleting it unread would lose it.
    if (read.kind === 'unreadable') this.#addText({ from: '', text: pdu.slice(0, textLengthMax), sentAt: 0 }, places);
    else if (read.part !== undefined) this.#addPart(read, read.part, places);
    else this.#addText(read, places);
  }

  tellAgain(): void {
    for (const { event } of this.#told.values()) this.#tell(event);
  }

  keep(ref: string): readonly TextPlace[] {
    const places = this.#told.get(ref)?.places ?? [];
    this.#told.delete(ref);
    this.#kept.set(ref, true);
    bound(this.#kept, keptMax);
    return places;
  }

  forgetPlaces(): void {
    for (const text of this.#told.values()) text.places = [];
    for (const long of this.#incomplete.values()) {
      for (const [n, piece] of long.pieces) long.pieces.set(n, { ...piece, places: [] });
    }
  }

  close(): void {
    for (const long of this.#incomplete.values()) long.cancel();
  }

  /** The reference under which its end is told. */
  #addText({ from, text, sentAt }: Received, places: readonly TextPlace[]): string {
    const hash = createHash('sha256')
      .update(JSON.stringify([from, sentAt, text]))
      .digest('hex')
      .slice(0, 24);
    const cuts = cutAt(text, textLengthMax);
    let ref = hash;
    for (const [index, cut] of cuts.entries()) {
      if (index > 0) ref = `${hash}-${index + 1}`;
      // The messages are deleted with the last of the pieces they are told in.
      this.#addTold(ref, { from, text: cut, sentAt }, index === cuts.length - 1 ? places : []);
    }
    return ref;
  }

  #addTold(ref: string, received: Received, places: readonly TextPlace[]): void {
    if (this.#isKnown(ref, places)) return;
    const event = { kind: 'text-received', ref, ...received } as const;
    this.#told.set(ref, { event, places });
    bound(this.#told, untoldMax);
    this.#tell(event);
  }

  /** Whether a text was told or written down before; where it lies now is noted, or given free. */
  #isKnown(ref: string, places: readonly TextPlace[]): boolean {
    if (this.#kept.has(ref)) {
      for (const place of places) this.#discard(place);
      return true;
    }
    const known = this.#told.get(ref);
    if (known !== undefined) known.places = [...known.places, ...without(places, known.places)];
    return known !== undefined;
  }

  #addPart({ from, text, sentAt }: Received, part: TextPart, places: readonly TextPlace[]): void {
    const key = JSON.stringify([from, part.reference, part.total]);
    // Once more a part of a text that is whole: alone it would be told as a text with all others missing.
    const whole = this.#whole.get(partKey(key, part.index, { text, sentAt }));
    if (whole !== undefined && this.#isKnown(whole, places)) return;
    const long = this.#incomplete.get(key) ?? {
      from,
      total: part.total,
      pieces: new Map<number, Piece>(),
      cancel: this.#clock.after(partsWaitMs, () => this.#finish(key)),
    };
    this.#incomplete.set(key, long);
    const others = without(long.pieces.get(part.index)?.places ?? [], places);
    long.pieces.set(part.index, { text, sentAt, places: [...others, ...places] });
    const [oldest] = this.#incomplete.keys();
    if (long.pieces.size === long.total) this.#finish(key);
    else if (this.#incomplete.size > incompleteMax && oldest !== undefined) this.#finish(oldest);
  }

  /** A long text is whole, or is not waited for any longer. */
  #finish(key: string): void {
    const long = this.#incomplete.get(key);
    if (long === undefined) return;
    long.cancel();
    this.#incomplete.delete(key);
    const places = [...long.pieces.values()].flatMap((piece) => piece.places);
    const [, first] = [...long.pieces].sort(([a], [b]) => a - b)[0] ?? [];
    const numbers = Array.from({ length: long.total }, (_, index) => index + 1);
    const text = joined(numbers.map((n) => long.pieces.get(n)?.text));
    const ref = this.#addText({ from: long.from, text, sentAt: first?.sentAt ?? 0 }, places);
    if (long.pieces.size < long.total) return;
    for (const [n, piece] of long.pieces) {
      this.#whole.set(partKey(key, n, piece), ref);
      bound(this.#whole, wholePartsMax);
    }
  }
}

/** Names one part: the same reference comes again for other texts, the same words at the same second do not. */
function partKey(key: string, index: number, { text, sentAt }: Pick<Piece, 'text' | 'sentAt'>): string {
  return JSON.stringify([key, index, sentAt, text]);
}

/** The parts one after another; `[…]` for each run that never came. */
function joined(pieces: readonly (string | undefined)[]): string {
  return pieces.map((text, index) => text ?? (index > 0 && pieces[index - 1] === undefined ? '' : '[…]')).join('');
}

function cutAt(text: string, lengthMax: number): readonly string[] {
  const cuts: string[] = [];
  let rest = text;
  while (rest.length > lengthMax) {
    const isTorn = /[\ud800-\udbff]/.test(rest.charAt(lengthMax - 1));
    cuts.push(rest.slice(0, isTorn ? lengthMax - 1 : lengthMax));
    rest = rest.slice(isTorn ? lengthMax - 1 : lengthMax);
  }
  return [...cuts, rest];
}

/** The places that are not among the others. */
function without(places: readonly TextPlace[], others: readonly TextPlace[]): readonly TextPlace[] {
  return places.filter(({ memory, index }) => !others.some((one) => one.memory === memory && one.index === index));
}

function bound(map: Map<string, unknown>, sizeMax: number): void {
  const [oldest] = map.keys();
  if (map.size > sizeMax && oldest !== undefined) map.delete(oldest);
}
