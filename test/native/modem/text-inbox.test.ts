import { utils } from 'node-pdu';
import { expect, it } from 'vitest';
import type { ModemEvent } from '../../../native/modem/modem-event.ts';
import { createTextInbox, partsWaitMs, type TextPlace } from '../../../native/modem/text-inbox.ts';
import { handClock } from '../hand-clock.ts';

const { Header, Helper } = utils;

/** A part of a long text; without a total, a short text. */
function message(text: string, index = 1, total = 1, reference = 7): string {
  const { length, result } = Helper.encode16Bit(text);
  const isLong = total > 1;
  const header = isLong ? new Header({ POINTER: reference, SEGMENTS: total, CURRENT: index }).toString() : '';
  const size = Helper.toStringHex(length + (isLong ? 7 : 0));
  return `00${isLong ? '44' : '04'}0B813108108300F0000862112200000023${size}${header}${result}`;
}

function bench() {
  const clock = handClock();
  const told: { ref: string; text: string }[] = [];
  const discarded: TextPlace[] = [];
  const inbox = createTextInbox({
    clock,
    tell: (event: ModemEvent) => void (event.kind === 'text-received' && told.push(event)),
    discard: (place) => discarded.push(place),
  });
  const at = (index: number): TextPlace => ({ memory: 'SM', index });
  return { clock, told, discarded, inbox, at, texts: () => told.map(({ text }) => text) };
}

it('parts that never come: told in the end with what is missing marked, and kept until then', async () => {
  const { clock, inbox, at, texts, told } = bench();
  inbox.take(message('甲', 1, 4), at(1));
  inbox.take(message('丁', 4, 4), at(2));
  // The same part twice, in two places.
  inbox.take(message('丁', 4, 4), at(3));
  await clock.pass(partsWaitMs - 1);
  expect(texts()).toEqual([]);
  await clock.pass(2);
  expect(texts()).toEqual(['甲[…]丁']);
  expect(inbox.keep(told[0]?.ref ?? '')).toEqual([at(1), at(2), at(3)]);
});

it('two long texts of one sender at a time are not mixed; the reference of one may come again', () => {
  const { inbox, at, texts } = bench();
  inbox.take(message('a', 1, 2, 1), at(1));
  inbox.take(message('x', 1, 2, 2), at(2));
  inbox.take(message('y', 2, 2, 2), at(3));
  inbox.take(message('b', 2, 2, 1), at(4));
  inbox.take(message('c', 1, 2, 1), at(5));
  inbox.take(message('d', 2, 2, 1), at(6));
  expect(texts()).toEqual(['xy', 'ab', 'cd']);
});

it('too many that wait for parts: the oldest is told as it is', () => {
  const { inbox, at, texts } = bench();
  for (let reference = 0; reference < 40; reference += 1)
    inbox.take(message(`${reference}`, 2, 2, reference), at(reference));
  expect(texts()).toEqual(['[…]0', '[…]1', '[…]2', '[…]3', '[…]4', '[…]5', '[…]6', '[…]7']);
});

it('a text longer than an event carries is told in several, and deleted with the last', () => {
  const { inbox, at, told } = bench();
  const part = '😀'.repeat(33);
  for (let index = 1; index <= 40; index += 1) inbox.take(message(part, index, 40), at(index));
  expect(told.map(({ text }) => text).join('')).toBe(part.repeat(40));
  expect(told.map(({ text }) => text.length <= 2000)).toEqual([true, true]);
  expect(inbox.keep(told[0]?.ref ?? '')).toEqual([]);
  expect(inbox.keep(told[1]?.ref ?? '')).toHaveLength(40);
});

it('read again after a restart: one text, its new places; what was only handed over is told again', () => {
  const { inbox, at, told, texts } = bench();
  inbox.take(message('kept'), at(1));
  inbox.take(message('handed over'), undefined);
  inbox.take(message('甲', 1, 2), at(2));
  inbox.forgetPlaces();
  inbox.take(message('kept'), at(5));
  inbox.take(message('甲', 1, 2), at(6));
  inbox.tellAgain();
  expect(texts()).toEqual(['kept', 'handed over', 'kept', 'handed over']);
  expect(told[0]?.ref).toBe(told[2]?.ref);
  inbox.take(message('乙', 2, 2), at(7));
  expect([inbox.keep(told[0]?.ref ?? ''), inbox.keep(told[4]?.ref ?? '')]).toEqual([[at(5)], [at(6), at(7)]]);
});

it('a text that is written down already is discarded when it comes again', () => {
  const { inbox, at, told, discarded } = bench();
  inbox.take(message('once'), at(1));
  inbox.keep(told[0]?.ref ?? '');
  inbox.take(message('once'), at(2));
  expect([told.length, discarded]).toEqual([1, [at(2)]]);
});

it('a part that comes again when the text is whole is no text of its own', async () => {
  const { clock, inbox, at, told, discarded, texts } = bench();
  inbox.take(message('乙', 2, 2), at(1));
  inbox.take(message('甲', 1, 2), at(2));
  inbox.take(message('乙', 2, 2), at(3));
  expect(inbox.keep(told[0]?.ref ?? '')).toEqual([at(1), at(2), at(3)]);
  inbox.take(message('甲', 1, 2), at(4));
  await clock.pass(partsWaitMs + 1);
  expect([texts(), discarded]).toEqual([['甲乙'], [at(4)]]);
});
