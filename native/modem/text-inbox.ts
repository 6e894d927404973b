import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ModemEvent } from './modem-event.ts';
import { type PduRead, readPdu } from './sms-pdu.ts';

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
/** One event carries so much text; a longer one is told in several. */
const textLengthMax = 2_000;

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
  const { clock, tell } = parts;
  const told = new Map<string, Told>();
  const kept = new Map<string, true>();
  const incomplete = new Map<string, Incomplete>();

  const addText = (from: string, text: string, sentAt: number, places: readonly TextPlace[]): void => {
    const hash = createHash('sha256')
      .update(JSON.stringify([from, sentAt, text]))
      .digest('hex')
      .slice(0, 24);
    const cuts = cutAt(text, textLengthMax);
    for (const [index, cut] of cuts.entries()) {
      const ref = index === 0 ? hash : `${hash}-${index + 1}`;
      // The messages are deleted with the last of the pieces they are told in.
      addTold(ref, { from, text: cut, sentAt }, index === cuts.length - 1 ? places : []);
    }
  };
  const addTold = (
    ref: string,
    { from, text, sentAt }: { readonly from: string; readonly text: string; readonly sentAt: number },
    places: readonly TextPlace[],
  ): void => {
    if (kept.has(ref)) {
      for (const place of places) parts.discard(place);
      return;
    }
    const known = told.get(ref);
    if (known !== undefined) {
      known.places = [...known.places, ...places.filter((place) => !known.places.some((one) => isSame(one, place)))];
      return;
    }
    const event = { kind: 'text-received', ref, from, text, sentAt } as const;
    told.set(ref, { event, places });
    bound(told, untoldMax);
    tell(event);
  };
  const finish = (key: string): void => {
    const long = incomplete.get(key);
    if (long === undefined) return;
    long.cancel();
    incomplete.delete(key);
    const places = [...long.pieces.values()].flatMap((piece) => piece.places);
    const [, first] = [...long.pieces].sort(([a], [b]) => a - b)[0] ?? [];
    const numbers = Array.from({ length: long.total }, (_, index) => index + 1);
    addText(long.from, joined(numbers.map((n) => long.pieces.get(n)?.text)), first?.sentAt ?? 0, places);
  };
  const addPart = (read: PduRead & { kind: 'text' }, places: readonly TextPlace[]): void => {
    const { from, part, text, sentAt } = read;
    if (part === undefined) return;
    const key = JSON.stringify([from, part.reference, part.total]);
    const long = incomplete.get(key) ?? {
      from,
      total: part.total,
      pieces: new Map<number, Piece>(),
      cancel: clock.after(partsWaitMs, () => finish(key)),
    };
    incomplete.set(key, long);
    const before = long.pieces.get(part.index);
    const others = before?.places.filter((one) => !places.some((place) => isSame(one, place))) ?? [];
    long.pieces.set(part.index, { text, sentAt, places: [...others, ...places] });
    const [oldest] = incomplete.keys();
    if (long.pieces.size === long.total) finish(key);
    else if (incomplete.size > incompleteMax && oldest !== undefined) finish(oldest);
  };
  return {
    take: (pdu, place) => {
      const read = readPdu(pdu);
      const places = place === undefined ? [] : [place];
      if (read.kind === 'report') return;
      // Somebody may make sense of it; deleting it unread would lose it.
      if (read.kind === 'unreadable') return addText('', pdu.slice(0, textLengthMax), 0, places);
      if (read.part !== undefined) addPart(read, places);
      else addText(read.from, read.text, read.sentAt, places);
    },
    tellAgain: () => {
      for (const { event } of told.values()) tell(event);
    },
    keep: (ref) => {
      const places = told.get(ref)?.places ?? [];
      told.delete(ref);
      kept.set(ref, true);
      bound(kept, keptMax);
      return places;
    },
    forgetPlaces: () => {
      for (const text of told.values()) text.places = [];
      for (const long of incomplete.values()) {
        for (const [n, piece] of long.pieces) long.pieces.set(n, { ...piece, places: [] });
      }
    },
    close: () => {
      for (const long of incomplete.values()) long.cancel();
    },
  };
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

function isSame(one: TextPlace, other: TextPlace): boolean {
  return one.memory === other.memory && one.index === other.index;
}

function bound(map: Map<string, unknown>, sizeMax: number): void {
  const [oldest] = map.keys();
  if (map.size > sizeMax && oldest !== undefined) map.delete(oldest);
}
