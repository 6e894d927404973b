import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callRecord } from '../../../core/call-record.ts';
import { lineLengthMax } from '../../../native/smdr/line-splitter.ts';
import { type DecodedRecord, RecordDecoder, type UnreadLine } from '../../../native/smdr/record-decoder.ts';
import { layoutOf, layouts, recordedLines } from './recorded-lines.ts';

const ids = [...layouts.keys()];

/** What a switch says, damaged: a byte changed, taken out, put in, doubled; lines cut and joined. */
const mutated = fc
  .tuple(
    fc.constantFrom(...recordedLines),
    fc.array(
      fc.record({
        at: fc.nat(),
        byte: fc.integer({ min: 0, max: 255 }),
        how: fc.constantFrom('change', 'take', 'put', 'double', 'spaces'),
      }),
      { maxLength: 8 },
    ),
  )
  .map(([{ layout, lines, hex }, changes]) => {
    const bytes = [...(hex === undefined ? Buffer.from(lines.join('\r\n'), 'utf8') : Buffer.from(hex, 'hex'))];
    for (const { at, byte, how } of changes) {
      const place = at % (bytes.length + 1);
      if (how === 'change') bytes[Math.min(place, bytes.length - 1)] = byte;
      else if (how === 'take') bytes.splice(place, 1 + (byte % 8));
      else if (how === 'put') bytes.splice(place, 0, byte);
      else if (how === 'spaces') bytes.splice(place, 0, ...Array.from({ length: byte }, () => 0x20));
      else bytes.splice(place, 0, ...bytes.slice(place, place + byte));
    }
    return { layout, bytes: Uint8Array.from(bytes) };
  });

/** Decodes in pieces; every byte that is not a line end must come back in some text. */
function decode(id: string, bytes: Uint8Array, pieces: readonly number[]): readonly (DecodedRecord | UnreadLine)[] {
  const decoder = new RecordDecoder(layoutOf(id), { today: { year: 2026, month: 11, day: 21 }, encoding: 'latin1' });
  const all: (DecodedRecord | UnreadLine)[] = [];
  let from = 0;
  for (const piece of pieces) {
    all.push(...decoder.push(bytes.subarray(from, from + piece)));
    from += piece;
  }
  all.push(...decoder.push(bytes.subarray(from)), ...decoder.end());
  const { lines, fitted, unread, headings, dates, records } = decoder.counts;
  expect(lines).toBe(fitted + unread + headings + dates);
  expect(records).toBe(all.filter((one) => one.kind === 'record').length);
  const told = all.reduce((sum, one) => sum + (one.kind === 'record' ? Math.max(1, one.record.legs.length) : 0), 0);
  expect(told).toBe(fitted);
  for (const one of all) {
    if (one.kind === 'record') expect(callRecord.safeParse(one.record).success).toBe(true);
    else expect(one.text.length).toBeLessThanOrEqual(lineLengthMax);
  }
  return all;
}

describe('no bytes make a decoder throw, hang or grow', { timeout: 60_000 }, () => {
  it('any bytes, any layout, in any pieces', () => {
    const alphabet = fc.constantFrom(
      ...Buffer.from('\0\r\n\f\x02\x03 \t"\',./:-<>*#0123456789AINSTEO\x80\xa0\xff', 'latin1'),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.array(alphabet, { maxLength: 600 }).map((all) => Uint8Array.from(all)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        bytes,
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }),
        (id, input, pieces) => {
          const inPieces = decode(id, input, pieces);
          expect(inPieces).toEqual(decode(id, input, []));
        },
      ),
      { numRuns: 600 },
    );
  });

  it('real lines, damaged, by their own layout and by every other', () => {
    fc.assert(
      fc.property(mutated, fc.constantFrom(...ids), ({ layout, bytes }, other) => {
        decode(layout, bytes, []);
        decode(other, bytes, []);
      }),
      { numRuns: 600 },
    );
  });

  it('lines made to be looked at for long are not', () => {
    const patterns = [
      'a ',
      ' ',
      '1 ',
      "0'05 ",
      '00:00 ',
      '00:00:00 ',
      '"',
      ',',
      '"",',
      '01/02 ',
      '-',
      '- ',
      'x-',
      'T010 016 ',
      '<I>',
    ];
    const starts = [
      '',
      '01/02/02 01:07PM  1234 01 ',
      '112 01 ',
      'N 001 00 T010 016 ',
      '03-13 11:25 00:00:03 1411 DATA DTRX ',
      '*030193 154615 0019 7343 6137635122 ',
    ];
    // Each layout: 180 lines, 3.6 MB, some 30 ms. A pattern that tries over again takes minutes, and the test its limit.
    for (const id of ids) {
      for (const pattern of patterns) {
        for (const start of starts) {
          for (const length of [500, 40_000])
            decode(id, Buffer.from((start + pattern.repeat(length)).slice(0, length)), []);
        }
      }
    }
  });
});
