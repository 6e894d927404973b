import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BufferSource, EncodedPacketSink, Input, WEBM } from 'mediabunny';
import { beforeAll, describe, expect, test } from 'vitest';
import { createContainer } from '../../main/recordings/container-writer.ts';
import { type ByteSource, windowBytes } from '../../recording/byte-window.ts';
import { encodeContent } from '../../recording/content.ts';
import { bodyLengthMax, encodeFrame, frameKeys, frameLength, headLength } from '../../recording/frame.ts';
import { framesOffset, newHeader, readHeader, unwrapKey } from '../../recording/header.ts';
import { atOnce } from '../../recording/in-turns.ts';
import { playableOf } from '../../recording/playable.ts';
import { type KnownRecording, readKnownContainerSteps } from '../../recording/read-container.ts';
import { openStreamed, type StreamedPlayable } from '../../recording/streamed-playable.ts';
import { profileKey, recordedChunks } from '../main/recordings/recorded.ts';

/** The short set. The long one: HOOKLINE_DAMAGES=1000, with HOOKLINE_SEED to see one again. */
const damages = Number(process.env.HOOKLINE_DAMAGES ?? 40);
const seed = Number(process.env.HOOKLINE_SEED ?? 7);

/** What Chromium wrote, with a pause on purpose between its two segments. */
async function recorded(): Promise<{ readonly bytes: Buffer; readonly known: KnownRecording }> {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  const path = join(directory, 'r1.hkrec');
  const made = await createContainer({ path, recordingId: 'r1', callId: 'call-1', createdAt: 1_000, profileKey });
  if (made.kind !== 'kept') throw new Error(made.kind);
  for (const { segment, atMs, durationMs, sound } of recordedChunks()) {
    if (atMs === 6_000)
      await made.writer.append({ type: 'gap', atMs: 4_300, durationMs: 1_700, reason: 'card number' });
    await made.writer.append({ type: 'sound', segment, atMs, durationMs, sound });
  }
  await made.writer.close();
  const bytes = readFileSync(path);
  rmSync(directory, { recursive: true });
  return { bytes, known: knownOf(bytes) };
}

function knownOf(bytes: Buffer): KnownRecording {
  const head = readHeader(bytes);
  if (head.kind !== 'read') throw new Error(head.kind);
  const recordingKey = unwrapKey(profileKey, head.header);
  if (recordingKey === null) throw new Error('not our key');
  return { recordingId: head.header.recordingId, createdAt: head.header.createdAt, recordingKey };
}

function sourceOf(bytes: Buffer): ByteSource {
  return { length: bytes.length, read: async (start, end) => Buffer.from(bytes.subarray(start, end)) };
}

async function readAll({ length, read }: StreamedPlayable, start = 0, end = length): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of read(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const silent = { codec: null, packets: [] };

/** Every packet of a WebM with its time, as a reader finds them that knows nothing of us. */
async function packetsOf(webm: Uint8Array) {
  const input = new Input({ source: new BufferSource(webm), formats: [WEBM] });
  const track = await input.getPrimaryAudioTrack();
  if (track === null) return silent;
  const packets: string[] = [];
  for await (const { timestamp, data } of new EncodedPacketSink(track).packets())
    packets.push(`${Math.round(timestamp * 1000)} ${Buffer.from(data).toString('hex')}`);
  // A file without one packet may name its track or not.
  if (packets.length === 0) return silent;
  const { numberOfChannels, sampleRate } = track;
  return { codec: track.codec, numberOfChannels, sampleRate, packets };
}

/** The whole outcome, the way that reads everything at once. */
async function atOnceOutcome(bytes: Buffer, known: KnownRecording) {
  const contents = atOnce(readKnownContainerSteps(bytes, known));
  if (contents.kind === 'unreadable') return contents;
  const { info, webm } = await playableOf(contents);
  return { info: { ...info, bytes: 0 }, ...(await packetsOf(webm)) };
}

async function streamedOutcome(bytes: Buffer, known: KnownRecording) {
  const opened = await openStreamed(sourceOf(bytes), known);
  if (opened.kind !== 'playable') return opened;
  const webm = await readAll(opened);
  expect(webm.length).toBe(opened.length);
  return { info: { ...opened.info, bytes: 0 }, ...(await packetsOf(webm)) };
}

function frameOffsets(bytes: Buffer): readonly number[] {
  const offsets: number[] = [];
  for (let offset = framesOffset; offset < bytes.length; offset += headLength + bytes.readUInt32LE(offset + 9) + 16)
    offsets.push(offset);
  return [...offsets, bytes.length];
}

describe('a recording that is laid out piece by piece', () => {
  let bytes: Buffer;
  let known: KnownRecording;
  beforeAll(async () => {
    ({ bytes, known } = await recorded());
  });

  test('is what the whole of it at once is: packets, times, length, pauses', async () => {
    const outcome = await streamedOutcome(bytes, known);
    expect(outcome).toEqual(await atOnceOutcome(bytes, known));
    expect(outcome).toMatchObject({ codec: 'opus', info: { isComplete: true, damagedChunks: [] } });
  });

  test('and so it is however it was damaged, frame by frame', async () => {
    const offsets = frameOffsets(bytes);
    const frames = offsets.slice(0, -1).map((offset, index) => bytes.subarray(offset, offsets[index + 1]));
    const head = bytes.subarray(0, framesOffset);
    const flipped = (frame: Buffer, at: number) => {
      const other = Buffer.from(frame);
      other.writeUInt8(other.readUInt8(at) ^ 1, at);
      return other;
    };
    const index = fc.nat({ max: frames.length - 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ kind: fc.constant('drop' as const), index }),
            fc.record({ kind: fc.constant('twice' as const), index }),
            fc.record({ kind: fc.constant('flip' as const), index, at: fc.nat() }),
            fc.record({ kind: fc.constant('foreign' as const), index, at: fc.nat({ max: 90 }) }),
            fc.record({ kind: fc.constant('cut' as const), index, at: fc.nat() }),
          ),
          { minLength: 1, maxLength: 3 },
        ),
        async (damages) => {
          let parts: Buffer[] = [...frames];
          for (const damage of damages) {
            const found = parts[damage.index % Math.max(1, parts.length)];
            if (found === undefined || found.length === 0) continue;
            const place = parts.indexOf(found);
            if (damage.kind === 'drop') parts.splice(place, 1);
            else if (damage.kind === 'twice') parts.splice(place, 0, found);
            else if (damage.kind === 'flip') parts[place] = flipped(found, damage.at % found.length);
            else if (damage.kind === 'foreign') parts.splice(place, 0, Buffer.alloc(damage.at, 'HKf1'));
            else parts = [...parts.slice(0, place), found.subarray(0, damage.at % found.length)];
          }
          const damaged = Buffer.concat([head, ...parts]);
          expect(await streamedOutcome(damaged, known)).toEqual(await atOnceOutcome(damaged, known));
        },
      ),
      { numRuns: damages, seed },
    );
  }, 120_000);

  test('a head that is lost, another key, another recording, nothing: the same word for each', async () => {
    const headless = Buffer.concat([Buffer.alloc(framesOffset, 1), bytes.subarray(framesOffset)]);
    const otherKey = { ...known, recordingKey: new Uint8Array(32) };
    for (const [given, by] of [
      [headless, known],
      [bytes, otherKey],
      [headless, otherKey],
      [bytes, { ...known, recordingId: 'r2' }],
      [Buffer.alloc(0), known],
      [bytes.subarray(0, 700), known],
      [bytes.subarray(0, framesOffset + 5), known],
    ] as const)
      expect(await streamedOutcome(given, by)).toEqual(await atOnceOutcome(given, by));
  });

  test('any stretch of it is the same bytes as of the whole', async () => {
    const opened = await openStreamed(sourceOf(bytes), known);
    if (opened.kind !== 'playable') throw new Error(opened.kind);
    const whole = await readAll(opened);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length }), fc.nat({ max: 30_000 }), async (start, length) => {
        const end = Math.min(whole.length, start + length);
        expect((await readAll(opened, start, end)).equals(whole.subarray(start, end))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('bytes that are others by now are not played', async () => {
    const now = Buffer.from(bytes);
    const opened = await openStreamed(sourceOf(now), known);
    if (opened.kind !== 'playable') throw new Error(opened.kind);
    now.fill(0, framesOffset + 400);
    await expect(readAll(opened)).rejects.toThrow('not those that were read before');
  });
});

/** Sound of so many hours, made where it is asked for: frames of one second, each a cluster of 50 packets. */
function longSource(hours: number): {
  readonly source: ByteSource;
  readonly known: KnownRecording;
  readonly bytesPerRead: number[];
} {
  const { copy, recordingKey } = newHeader(profileKey, 'r1', 1_000);
  const keys = frameKeys('r1', recordingKey);
  const chunks = recordedChunks();
  const first = chunks[0];
  if (first === undefined) throw new Error('no fixture');
  const blocks = Array.from({ length: 50 }, (_, at) => {
    const block = Buffer.alloc(86, at);
    block.set([0xa3, 0x80 | 84, 0x81, 0, 0, 0x80, 0xfc]);
    block.writeInt16BE(at * 20, 3);
    return block;
  });
  const cluster = Buffer.concat([Buffer.from('1f43b67501ffffffffffffffe78400000000', 'hex'), ...blocks]);
  const second = (index: number): Buffer => {
    cluster.writeUInt32BE(index * 1000, 14);
    return cluster;
  };
  const seconds = hours * 3_600;
  const head = Buffer.concat([copy, copy]);
  const begin = encodeFrame(keys, 'begin', 0, encodeContent({ type: 'begin', callId: 'call-1' }));
  const start = first.sound.subarray(0, Buffer.from(first.sound).indexOf(Buffer.from('1f43b675', 'hex')));
  const frameAt = (index: number): Buffer => {
    const sound = index === 0 ? Buffer.concat([start, second(0)]) : second(index);
    return encodeFrame(
      keys,
      'sound',
      index + 1,
      encodeContent({ type: 'sound', segment: 0, atMs: index * 1000, durationMs: 1000, sound }),
    );
  };
  const before = Buffer.concat([head, begin, frameAt(0)]);
  const each = frameAt(1).length;
  const length = before.length + (seconds - 1) * each;
  const bytesPerRead: number[] = [];
  const read = async (from: number, to: number): Promise<Buffer> => {
    bytesPerRead.push(to - from);
    const pieces: Buffer[] = [before.subarray(from, Math.min(to, before.length))];
    const firstFrame = Math.max(0, Math.floor((from - before.length) / each));
    for (let at = before.length + firstFrame * each, index = firstFrame + 1; at < to; at += each, index += 1) {
      const frame = frameAt(index);
      pieces.push(frame.subarray(Math.max(0, from - at), Math.min(each, to - at)));
    }
    return Buffer.concat(pieces);
  };
  return { source: { length, read }, known: { recordingId: 'r1', createdAt: 1_000, recordingKey }, bytesPerRead };
}

test('four hours cost what their index takes, and a window: counted in bytes', async () => {
  const { source, known, bytesPerRead } = longSource(4);
  const opened = await openStreamed(source, known);
  if (opened.kind !== 'playable') throw new Error(opened.kind);
  expect(opened.info).toMatchObject({ seconds: 4 * 3_600, damagedChunks: [], channels: 2 });
  expect(opened.length).toBeGreaterThan(60_000_000);
  // Less than 200 bytes for each second, whatever the sound is.
  expect(opened.heldBytes).toBeLessThan(4 * 3_600 * 200);
  // From the middle: a player that jumps reads one window, and gets pieces no larger than a cluster.
  bytesPerRead.length = 0;
  const middle = Math.floor(opened.length / 2);
  const pieces: number[] = [];
  for await (const piece of opened.read(middle, middle + 100_000)) pieces.push(piece.length);
  expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(100_000);
  expect(Math.max(...pieces)).toBeLessThanOrEqual(128 * 1024);
  expect(bytesPerRead.length).toBeLessThanOrEqual(2);
  expect(Math.max(...bytesPerRead)).toBeLessThanOrEqual(
    Math.max(windowBytes, frameLength({ number: 0, type: 'sound', length: bodyLengthMax })),
  );
}, 120_000);
