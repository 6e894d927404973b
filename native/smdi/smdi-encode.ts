import type { DeskMessage } from '../../core/equipment-event.ts';
import { type NumberWidth, numberLengthMax, reasonLetters, reasonOf } from './smdi-message.ts';

/** The bytes of a message, seven bits each; or why there is no such message, in words. */
export type Encoded =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * A call, as a switch tells it: `CR LF MD ggg mmmm T forwarded-from SP calling SP CR LF ^Y`. A number that is not told is
 * empty; the space behind it stays: without it Asterisk's res_smdi takes line ends and the next message into the number.
 */
export function encodeCall(message: DeskMessage, width: NumberWidth): Encoded {
  const { desk, terminal, reason, letter, forwardedFrom, calling } = message;
  const told = reason === 'extension' ? letter : reasonLetters[reason];
  if (!isDigits(desk, 3) || !isDigits(terminal, 4)) return refused('A desk has three digits, a terminal four.');
  if (!/^[A-Z]$/.test(told) || reasonOf(told) !== reason) return refused(`The letter ${told} does not say ${reason}.`);
  const numbers = [forwardedFrom, calling].map((number) => (number === '' ? '' : padded(number, width)));
  const [from, by] = numbers;
  if (from === undefined || by === undefined) return refused(tooWide(width));
  return ascii(`\r\nMD${desk.padStart(3, '0')}${terminal.padStart(4, '0')}${told}${from} ${by} \r\n\x19`);
}

/** A lamp, as a message desk asks for it: `OP:MWI SP number ! ^D` lights it, `RMV:MWI` darkens it. */
export function encodeLamp(number: string, isOn: boolean, width: NumberWidth): Encoded {
  const wide = padded(number, width);
  return wide === undefined ? refused(tooWide(width)) : ascii(`${isOn ? 'OP' : 'RMV'}:MWI ${wide}!\x04`);
}

/**
 * The refusal of a lamp: `CR LF MWI number SP cause CR LF ^Y`. No space before the number: Asterisk's res_smdi would take
 * the number for the cause. A number that does not fit the link goes back as it came.
 */
export function encodeLampFailure(number: string, cause: string, width: NumberWidth): Encoded {
  if (!isDigits(number, numberLengthMax)) return refused(`A number has 1 to ${numberLengthMax} digits.`);
  if (!/^[\x21-\x7e]{3}$/.test(cause)) return refused('A cause has three characters.');
  return ascii(`\r\nMWI${number.padStart(width, '0')} ${cause}\r\n\x19`);
}

/** Filled with zeros on the left; undefined: not a number, or too long for the link. */
function padded(number: string, width: NumberWidth): string | undefined {
  return isDigits(number, width) ? number.padStart(width, '0') : undefined;
}

function isDigits(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && /^\d+$/.test(text);
}

function tooWide(width: NumberWidth): string {
  return `A number on this link has 1 to ${width} digits.`;
}

function refused(why: string): Encoded {
  return { kind: 'refused', why };
}

function ascii(text: string): Encoded {
  return { kind: 'bytes', bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)) };
}
