import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter, type LineSplitterOptions, type SplitLine } from '../../../native/smdr/line-splitter.ts';

const bytes = fc.array(fc.constantFrom(0, 3, 8, 10, 12, 13, 0x38, 0x53, 200), { maxLength: 14 });

/** The lines of a stream that came in pieces. */
function split(options: LineSplitterOptions, stream: readonly number[], cuts: readonly number[]): SplitLine[] {
  const splitter = new LineSplitter(options);
  const ends = [...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length];
  const lines = ends.flatMap((end, n) => splitter.push(Uint8Array.from(stream.slice(ends[n - 1] ?? 0, end))));
  return [...lines, ...splitter.end()];
}

test('the same bytes give the same lines, wherever the network cuts them', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(14), { maxLength: 6 }), fc.boolean(), (stream, cuts, hasLengthPrefix) => {
      const options = { alsoBreaksAt: [3], hasLengthPrefix, isSevenBit: false };
      expect(split(options, stream, cuts)).toEqual(split(options, stream, []));
    }),
    { numRuns: 20_000 },
  );
});

test('two bytes that could begin a length and do not are text and a line end', () => {
  const options = { alsoBreaksAt: [], hasLengthPrefix: true, isSevenBit: false };
  expect(split(options, [0x38, 0, 0x53], [2]).map(({ text }) => text)).toEqual(['8', 'S']);
  expect(split(options, [0x38, 0], []).map(({ text }) => text)).toEqual(['8']);
});
