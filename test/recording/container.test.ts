import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createContainer } from '../../main/recordings/container-writer.ts';
import { headLength } from '../../recording/frame.ts';
import { framesOffset, readHeader, unwrapKey } from '../../recording/header.ts';
import { atOnce } from '../../recording/in-turns.ts';
import {
  type ContainerContents,
  type Problem,
  readContainer,
  readKnownContainerSteps,
} from '../../recording/read-container.ts';
import { profileKey } from '../main/recordings/recorded.ts';

/** How many sound chunks the recordings of these tests have; the closing one has the number after the last. */
const soundChunks = 6;
const closing = soundChunks + 1;

/** The bytes of a closed recording. Each chunk says its own number, so that a mix-up would show. */
async function recording(recordingId: string): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  const path = join(directory, `${recordingId}.hkrec`);
  const made = await createContainer({ path, recordingId, callId: 'call-1', createdAt: 1_000, profileKey });
  if (made.kind !== 'kept') throw new Error(made.kind);
  for (let number = 1; number <= soundChunks; number += 1) {
    const sound = Buffer.alloc(200 + number * 10, number);
    await made.writer.append({ type: 'sound', segment: 0, atMs: (number - 1) * 1000, durationMs: 1000, sound });
  }
  await made.writer.close();
  const bytes = readFileSync(path);
  rmSync(directory, { recursive: true });
  return bytes;
}

/** Where each frame begins; the last element is the end of the file. */
function frameOffsets(bytes: Buffer): readonly number[] {
  const offsets: number[] = [];
  let offset = framesOffset;
  while (offset < bytes.length) {
    offsets.push(offset);
    offset += headLength + bytes.readUInt32LE(offset + 9) + 16;
  }
  return [...offsets, bytes.length];
}

function read(bytes: Buffer, key = profileKey): ContainerContents {
  const contents = readContainer(bytes, key);
  if (contents.kind === 'unreadable') throw new Error(contents.code);
  return contents;
}

/** The numbers of the sound chunks that were given back, each of them checked to be the very sound that was written. */
function soundNumbers({ chunks }: ContainerContents): readonly number[] {
  return chunks.flatMap(({ number, content }) => {
    if (content.type !== 'sound') return [];
    expect(Buffer.from(content.sound)).toEqual(Buffer.alloc(200 + number * 10, number));
    return [number];
  });
}

const all = [1, 2, 3, 4, 5, 6];
let whole: Buffer;
let other: Buffer;
let at: readonly number[];
const frame = (number: number, of = whole): Buffer => {
  const offsets = of === whole ? at : frameOffsets(of);
  return of.subarray(offsets[number], offsets[number + 1]);
};
const build = (...frames: readonly Buffer[]): Buffer => Buffer.concat([whole.subarray(0, framesOffset), ...frames]);
const range = (from: number, to: number): readonly Buffer[] =>
  Array.from({ length: to - from + 1 }, (_, index) => frame(from + index));

beforeAll(async () => {
  whole = await recording('r1');
  other = await recording('r2');
  at = frameOffsets(whole);
});

test('what was written is read back, closed, with its chain hash', () => {
  const contents = read(whole);
  expect(soundNumbers(contents)).toEqual(all);
  expect(contents).toMatchObject({ recordingId: 'r1', createdAt: 1_000, end: 'complete', problems: [], torn: null });
  expect(contents.chunks[0]).toMatchObject({ number: 0, content: { type: 'begin', callId: 'call-1' } });
});

test('two recordings of one profile have nothing in common, and nothing lies in clear', () => {
  expect(whole.includes('call-1')).toBe(false);
  expect(whole.includes(Buffer.alloc(16, 3))).toBe(false);
  expect(frame(1).equals(frame(1, other))).toBe(false);
});

describe('damage is named by its chunk, and the rest is given', () => {
  const cases: readonly [string, () => Buffer, readonly Problem[], readonly number[]][] = [
    [
      'a chunk left out',
      () => build(...range(0, 2), ...range(4, closing)),
      [{ chunk: 3, problem: 'missing' }],
      [1, 2, 4, 5, 6],
    ],
    [
      'three chunks left out',
      () => build(...range(0, 1), ...range(5, closing)),
      [2, 3, 4].map((chunk) => ({ chunk, problem: 'missing' })),
      [1, 5, 6],
    ],
    [
      'neighbours swapped',
      () => build(...range(0, 2), frame(4), frame(3), ...range(5, closing)),
      [3, 4].map((chunk) => ({ chunk, problem: 'out-of-order' })),
      all,
    ],
    [
      'chunks far apart swapped',
      () => build(frame(0), frame(5), ...range(2, 4), frame(1), ...range(6, closing)),
      [1, 5].map((chunk) => ({ chunk, problem: 'out-of-order' })),
      all,
    ],
    [
      'a chunk twice',
      () => build(...range(0, 3), frame(3), ...range(4, closing)),
      [{ chunk: 3, problem: 'duplicated' }],
      all,
    ],
    [
      'a chunk of another recording instead',
      () => build(...range(0, 2), frame(3, other), ...range(4, closing)),
      [{ chunk: 3, problem: 'damaged' }],
      [1, 2, 4, 5, 6],
    ],
    [
      'a chunk of another recording put in',
      () => build(...range(0, 2), frame(3, other), ...range(3, closing)),
      [{ chunk: 3, problem: 'foreign-before' }],
      all,
    ],
    [
      'a chunk cut short in the middle',
      () => build(...range(0, 2), frame(3).subarray(0, 60), ...range(4, closing)),
      [{ chunk: 3, problem: 'damaged' }],
      [1, 2, 4, 5, 6],
    ],
    [
      'a hole across two chunks',
      () => build(...range(0, 2), frame(3).subarray(0, 60), frame(4).subarray(60), ...range(5, closing)),
      [3, 4].map((chunk) => ({ chunk, problem: 'damaged' })),
      [1, 2, 5, 6],
    ],
    ['the first chunk gone', () => build(...range(1, closing)), [{ chunk: 0, problem: 'missing' }], all],
    [
      'bytes after the end',
      () => Buffer.concat([whole, Buffer.alloc(50, 1)]),
      [{ chunk: closing + 1, problem: 'foreign-before' }],
      all,
    ],
  ];
  test.each(cases)('%s', (_name, damaged, problems, numbers) => {
    const contents = read(damaged());
    expect(contents.problems).toEqual(problems);
    expect(soundNumbers(contents)).toEqual(numbers);
  });

  test('any bit of any chunk', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: framesOffset, max: whole.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        (offset, bit) => {
          const damaged = Buffer.from(whole);
          damaged.writeUInt8(damaged.readUInt8(offset) ^ (1 << bit), offset);
          const chunk = at.findLastIndex((begin) => begin <= offset);
          const contents = read(damaged);
          expect(soundNumbers(contents)).toEqual(all.filter((number) => number !== chunk));
          if (chunk === closing) {
            // A closing chunk that is not true may as well be a last one that was torn: either way it is no end.
            expect(contents.end).toBe('open');
            expect(contents.problems[0]?.chunk ?? contents.torn?.chunk).toBe(closing);
          } else {
            expect(contents.problems).toEqual([{ chunk, problem: 'damaged' }]);
          }
        },
      ),
      {
        numRuns: 500,
        examples: [
          [framesOffset, 0],
          [whole.length - 1, 7],
        ],
      },
    );
  });

  test('any bit of the head: the other copy serves, and the damage is told', () => {
    for (let offset = 0; offset < framesOffset; offset += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(offset) ^ 4, offset);
      expect(read(damaged)).toMatchObject({ isHeaderDamaged: true, problems: [], end: 'complete' });
    }
  });
});

describe('a recording that was cut', () => {
  test('at every byte: all whole chunks are given, and a torn one is no damage', () => {
    for (let length = framesOffset; length < whole.length; length += 1) {
      const contents = read(whole.subarray(0, length));
      const complete = at.filter((begin, index) => index > 0 && begin <= length).length;
      expect(contents.chunks.map(({ number }) => number)).toEqual(
        Array.from({ length: complete }, (_, index) => index),
      );
      expect(contents.problems).toEqual([]);
      expect(contents.end).toBe('open');
      const begin = at[complete] ?? 0;
      expect(contents.torn).toEqual(
        length === begin ? null : { chunk: complete, offset: begin, bytes: length - begin },
      );
    }
  });

  test('within its head, is refused by name or empty', () => {
    const codes = [0, 7, 8, 100, 511].map((length) => readContainer(whole.subarray(0, length), profileKey));
    expect(codes).toEqual([
      { kind: 'unreadable', code: 'not-a-recording' },
      { kind: 'unreadable', code: 'not-a-recording' },
      { kind: 'unreadable', code: 'header-damaged' },
      { kind: 'unreadable', code: 'header-damaged' },
      { kind: 'unreadable', code: 'header-damaged' },
    ]);
    expect(read(whole.subarray(0, 512))).toMatchObject({ chunks: [], end: 'open', isHeaderDamaged: false });
  });
});

describe('refusals', () => {
  test('another key', () => {
    expect(readContainer(whole, new Uint8Array(32))).toEqual({ kind: 'unreadable', code: 'wrong-key' });
  });

  test('both copies of the head damaged', () => {
    const damaged = Buffer.from(whole);
    damaged[60] = 0;
    damaged[560] = 0;
    expect(readContainer(damaged, profileKey)).toEqual({ kind: 'unreadable', code: 'header-damaged' });
  });

  test('the head of one recording before the chunks of another', () => {
    const mixed = Buffer.concat([other.subarray(0, framesOffset), whole.subarray(framesOffset)]);
    expect(soundNumbers(read(mixed))).toEqual([]);
  });

  test('any bytes at all never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (noise) => {
        readContainer(Buffer.from(noise), profileKey);
        readContainer(Buffer.concat([whole.subarray(0, framesOffset), noise]), profileKey);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a recording read by its own key, as the hub has it', () => {
  /** The recording's own key, as the profile has it. */
  const ownKey = (bytes: Buffer): Uint8Array => {
    const head = readHeader(bytes);
    const key = head.kind === 'read' ? unwrapKey(profileKey, head.header) : null;
    if (key === null) throw new Error('no key');
    return key;
  };
  const known = (bytes: Buffer, recordingKey: Uint8Array, recordingId = 'rec-1') =>
    atOnce(readKnownContainerSteps(bytes, { recordingId, createdAt: 5, recordingKey }));

  test('says the same as by the profile, whatever bit of it is flipped behind its head', async () => {
    const bytes = await recording('rec-1');
    const key = ownKey(bytes);
    fc.assert(
      fc.property(
        fc.integer({ min: framesOffset, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        (at, bit) => {
          const altered = Buffer.from(bytes);
          altered.writeUInt8(altered.readUInt8(at) ^ (1 << bit), at);
          expect(known(altered, key)).toEqual(readContainer(altered, profileKey));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('gives every chunk without its head, and says that the head is damaged', async () => {
    const bytes = await recording('rec-1');
    const key = ownKey(bytes);
    const whole = known(bytes, key);
    const headless = known(Buffer.from(bytes).fill(0, 0, framesOffset), key);
    if (whole.kind !== 'read' || headless.kind !== 'read') throw new Error('not read');
    expect(headless.chunks).toEqual(whole.chunks);
    expect([headless.isHeaderDamaged, headless.end, headless.problems, headless.createdAt]).toEqual([
      true,
      'complete',
      [],
      5,
    ]);
  });

  test('opens nothing with another key, under another name, and of no recording', async () => {
    const bytes = await recording('rec-1');
    const key = ownKey(bytes);
    expect(known(bytes, new Uint8Array(32))).toEqual({ kind: 'unreadable', code: 'wrong-key' });
    expect(known(bytes, key, 'rec-2')).toEqual({ kind: 'unreadable', code: 'wrong-key' });
    expect(known(Buffer.alloc(10), key)).toEqual({ kind: 'unreadable', code: 'not-a-recording' });
    expect(known(Buffer.alloc(5_000), key)).toEqual({ kind: 'unreadable', code: 'header-damaged' });
  });

  test('cut anywhere, as it lies at a hub that is still being sent it: no cut is a wrong key', async () => {
    const bytes = await recording('rec-1');
    const key = ownKey(bytes);
    for (let length = framesOffset; length < bytes.length; length += 7) {
      const found = known(bytes.subarray(0, length), key);
      expect([length, found.kind]).toEqual([length, 'read']);
    }
  });
});
