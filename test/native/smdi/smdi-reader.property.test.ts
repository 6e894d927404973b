import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeskMessage } from '../../../core/equipment-event.ts';
import { type Encoded, encodeCall, encodeLamp, encodeLampFailure } from '../../../native/smdi/smdi-encode.ts';
import type { SmdiMessage } from '../../../native/smdi/smdi-message.ts';
import { createSmdiReader, type SmdiRead } from '../../../native/smdi/smdi-reader.ts';

const width = fc.constantFrom(5, 7, 10);

function digits(minLength: number, maxLength: number) {
  return fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
}

/** A number as a person dials it: without padding. */
function number(lengthMax: number) {
  return digits(1, lengthMax).map((text) => text.replace(/^0+(?=.)/, ''));
}

const reason = fc.constantFrom(
  ...([
    ['direct', 'D'],
    ['forwarded-all', 'A'],
    ['forwarded-busy', 'B'],
    ['forwarded-no-answer', 'N'],
    ['forwarded', 'U'],
    ['extension', 'H'],
    ['extension', 'Z'],
  ] as const),
);

function message(lengthMax: number): fc.Arbitrary<DeskMessage> {
  const some = fc.oneof(fc.constant(''), number(lengthMax));
  return fc
    .record({ desk: digits(3, 3), terminal: digits(4, 4), reason, forwardedFrom: some, calling: some })
    .map(({ reason: [word, letter], forwardedFrom, ...rest }) => {
      // A direct call came from nowhere else: the one number it has is the caller's.
      return { ...rest, reason: word, letter, forwardedFrom: word === 'direct' ? '' : forwardedFrom };
    });
}

function said(lengthMax: number): fc.Arbitrary<SmdiMessage> {
  return fc.oneof(
    message(lengthMax).map((one) => ({ kind: 'call' as const, message: one })),
    fc.record({ kind: fc.constant('lamp-asked' as const), number: number(lengthMax), isOn: fc.boolean() }),
    fc.record({
      kind: fc.constant('lamp-failed' as const),
      number: number(lengthMax),
      cause: fc.constantFrom('INV', 'BLK', '042', 'M!D'),
    }),
  );
}

function bytesOf(one: SmdiMessage, wide: 5 | 7 | 10): Uint8Array {
  const encoded: Encoded =
    one.kind === 'call'
      ? encodeCall(one.message, wide)
      : one.kind === 'lamp-asked'
        ? encodeLamp(one.number, one.isOn, wide)
        : encodeLampFailure(one.number, one.cause, wide);
  if (encoded.kind === 'refused') throw new Error(encoded.why);
  return encoded.bytes;
}

/** What a torn or babbling line may bring: bytes, and pieces of real messages. */
const anything = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc
      .constantFrom(
        'MD',
        'MWI',
        'OP:MWI',
        'RMV:MWI ',
        '0010007',
        'D',
        'B',
        ' ',
        '3500',
        '!',
        '\r\n',
        '\x19',
        '\x04',
        'INV',
      )
      .map((text) => Uint8Array.from(Buffer.from(text))),
  ),
  { maxLength: 60 },
);

describe('a message desk link', () => {
  it('tells what was written, however the bytes are cut', () => {
    const conversation = width.chain((wide) => fc.tuple(fc.constant(wide), fc.array(said(wide), { maxLength: 8 })));
    fc.assert(
      fc.property(conversation, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), ([wide, all], cuts) => {
        const bytes = Buffer.concat(all.map((one) => bytesOf(one, wide)));
        const reader = createSmdiReader(wide);
        const reads: SmdiRead[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const length = cuts[turn % cuts.length] ?? 1;
          reads.push(...reader.push(bytes.subarray(at, at + length)));
          at += length;
        }
        expect(reads).toEqual(all);
        expect(reader.counts).toEqual({ messages: all.length, unreadable: 0, noiseBytes: 0 });
      }),
    );
  });

  it('is found again after any bytes that end in a line end', () => {
    fc.assert(
      fc.property(anything, said(7), (noise, one) => {
        const reader = createSmdiReader(7);
        for (const piece of noise) reader.push(piece);
        expect(reader.push(Buffer.concat([Buffer.from('\r\n'), bytesOf(one, 7)]))).toContainEqual(one);
      }),
    );
  });

  it('never throws, gives no more than its bytes can hold, and keeps within every limit', () => {
    fc.assert(
      fc.property(anything, width, (pieces, wide) => {
        const reader = createSmdiReader(wide);
        const reads = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
        const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
        const { messages, unreadable, noiseBytes } = reader.counts;
        expect(messages + unreadable).toBe(reads.length);
        expect(2 * reads.length + noiseBytes).toBeLessThanOrEqual(bytes);
        expect(noiseBytes).toBeGreaterThanOrEqual(0);
        for (const one of reads) {
          if (one.kind === 'unreadable') expect(one.text).toMatch(/^[\x20-\x7e]{2,80}$/);
          else if (one.kind === 'call')
            expect(`${one.message.forwardedFrom} ${one.message.calling}`).toMatch(/^\d{0,10} \d{0,10}$/);
          else expect(one.number).toMatch(/^\d{1,10}$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
