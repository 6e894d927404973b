import { atOnce, type Steps } from './in-turns.ts';
import { opusPacketMs } from './opus-reader.ts';
import type { Chunk } from './read-container.ts';
import { type OpusRun, readOpusRun } from './webm-packets.ts';

/** One packet on the recording's own clock. */
export interface TimedPacket {
  readonly atMs: number;
  readonly durationMs: number;
  readonly data: Uint8Array;
}

/** A recording laid out on its clock, from 0 to its end, without a hole: where there is no sound there is silence. */
export interface Timeline {
  readonly packets: readonly TimedPacket[];
  readonly seconds: number;
  readonly channels: number;
  /** The decoder's head (RFC 7845), from the first stream that still has it, or a plain one. */
  readonly head: Uint8Array;
  readonly gaps: readonly { readonly atSeconds: number; readonly seconds: number; readonly reason: string }[];
}

/** A block that hangs together: chunks of one segment whose numbers follow each other. */
interface Run {
  readonly segment: number;
  readonly bytes: Uint8Array;
  /** Where each chunk begins, and its time. */
  readonly marks: readonly { readonly offset: number; readonly atMs: number }[];
}

/** The length of a packet of silence. */
export const silenceMs = 20;

/** Packets that would begin this long before the one before them ends are left out: the same sound twice. */
export const overlapMaxMs = 120;

/** After how many packets other work gets its turn: a millisecond or two. */
const packetsPerTurn = 2_000;

/** The longest recording laid out: a day. A time beyond it is not a time. */
export const timelineMaxMs = 24 * 3_600_000;

/**
 * Lays the chunks of a recording out on its clock. Segments (one MediaRecorder stream each) come one after the other;
 * a pause, a lost chunk and a damaged one leave silence of their own length, so every later second stays in its place.
 */
export function layOut(chunks: readonly Chunk[]): Timeline {
  return atOnce(layOutSteps(chunks));
}

/** The same in steps, for a seat that has calls to answer meanwhile. */
export function* layOutSteps(chunks: readonly Chunk[]): Steps<Timeline> {
  const runs: { readonly run: Run; readonly opus: OpusRun }[] = [];
  for (const run of runsOf(chunks)) {
    runs.push({ run, opus: yield* readOpusRun(run.bytes, isStreamStart(run.bytes)) });
    yield;
  }
  const head = runs.find(({ opus }) => opus.head !== null)?.opus.head ?? plainHead(2);
  const channels = runs.find(({ opus }) => opus.channels !== null)?.opus.channels ?? head[9] ?? 2;
  const sound = (yield* timed(runs)).toSorted((a, b) => a.atMs - b.atMs);
  yield;
  const gaps = chunks.flatMap(({ content }) => (content.type === 'gap' ? [content] : []));
  const endMs = gaps.reduce((end, { atMs, durationMs }) => Math.max(end, atMs + durationMs), 0);
  const packets = yield* withoutHoles(sound, Math.min(endMs, timelineMaxMs), channels);
  const last = packets.at(-1);
  return {
    packets,
    seconds: last === undefined ? 0 : (last.atMs + last.durationMs) / 1000,
    channels,
    head,
    gaps: gaps.map(({ atMs, durationMs, reason }) => ({ atSeconds: atMs / 1000, seconds: durationMs / 1000, reason })),
  };
}

/** How long a recording is by what its chunks say, in seconds: told without decoding. */
export function saidSeconds(chunks: readonly Chunk[]): number {
  const ends = chunks.map(({ content }) => ('atMs' in content ? content.atMs + content.durationMs : 0));
  return ends.reduce((longest, end) => Math.max(longest, end), 0) / 1000;
}

function runsOf(chunks: readonly Chunk[]): readonly Run[] {
  const runs: { segment: number; parts: Uint8Array[]; length: number; marks: { offset: number; atMs: number }[] }[] =
    [];
  let previous = -1;
  for (const { number, content } of chunks) {
    if (content.type !== 'sound') continue;
    const last = runs.at(-1);
    const isFollowing = last?.segment === content.segment && number === previous + 1 && !isStreamStart(content.sound);
    const run = isFollowing && last ? last : { segment: content.segment, parts: [], length: 0, marks: [] };
    if (run !== last) runs.push(run);
    run.marks.push({ offset: run.length, atMs: content.atMs });
    run.parts.push(content.sound);
    run.length += content.sound.length;
    previous = number;
  }
  return runs.map(({ segment, parts, marks }) => ({ segment, marks, bytes: Buffer.concat(parts) }));
}

/** Every WebM stream begins with the EBML header. */
export function isStreamStart(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3;
}

/** Each packet's time on the recording's clock. */
function* timed(runs: readonly { readonly run: Run; readonly opus: OpusRun }[]): Steps<TimedPacket[]> {
  const bases = new Map<number, number>();
  const packets: TimedPacket[] = [];
  for (const { run, opus } of runs) {
    // A stream's own clock begins somewhere; where, on the recording's clock, is told by its first readable chunk.
    const base = bases.get(run.segment) ?? baseOf(run, opus);
    if (base !== null) bases.set(run.segment, base);
    let cursorMs = run.marks[0]?.atMs ?? 0;
    for (const { streamMs, data } of opus.packets) {
      // Before the first cluster of a run whose beginning is lost, packets simply follow each other.
      const atMs = streamMs === null || base === null ? cursorMs : base + streamMs;
      const durationMs = opusPacketMs(data);
      cursorMs = atMs + durationMs;
      if (durationMs > 0 && atMs >= -overlapMaxMs && cursorMs <= timelineMaxMs)
        packets.push({ atMs, durationMs, data });
      if (packets.length % packetsPerTurn === packetsPerTurn - 1) yield;
    }
  }
  return packets;
}

function baseOf(run: Run, opus: OpusRun): number | null {
  const first = opus.packets.findIndex(({ streamMs }) => streamMs !== null);
  const packet = opus.packets[first];
  if (packet?.streamMs === undefined || packet.streamMs === null) return null;
  const mark = run.marks.findLast(({ offset }) => offset <= packet.offset);
  // Packets between the chunk's beginning and the first one with a time of its own.
  const between = opus.packets.slice(0, first).filter(({ offset }) => offset >= (mark?.offset ?? 0));
  const leadMs = between.reduce((sum, { data }) => sum + opusPacketMs(data), 0);
  return (mark?.atMs ?? 0) + leadMs - packet.streamMs;
}

/** The same packets one after the other from 0, with silence in the holes and up to `endMs`. */
function* withoutHoles(sound: readonly TimedPacket[], endMs: number, channels: number): Steps<readonly TimedPacket[]> {
  const packets: TimedPacket[] = [];
  const silence = silentPacket(channels);
  let cursorMs = 0;
  const fillUpTo = (untilMs: number): void => {
    for (; untilMs - cursorMs >= silenceMs; cursorMs += silenceMs) {
      packets.push({ atMs: cursorMs, durationMs: silenceMs, data: silence });
    }
  };
  for (const packet of sound) {
    if (cursorMs - packet.atMs > overlapMaxMs) continue;
    fillUpTo(packet.atMs);
    packets.push({ ...packet, atMs: cursorMs });
    cursorMs += packet.durationMs;
    if (packets.length % packetsPerTurn === packetsPerTurn - 1) yield;
  }
  fillUpTo(endMs);
  return packets;
}

/** 20 ms of silence: full-band CELT (configuration 31), one frame, whose range coder says "silence" at once. */
export function silentPacket(channels: number): Uint8Array {
  return Uint8Array.of(channels === 1 ? 0xf8 : 0xfc, 0xff, 0xfe);
}

/** The head of a plain stream (RFC 7845 section 5.1): 48 kHz, no gain, channel mapping family 0. */
export function plainHead(channels: number): Uint8Array {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt32LE(48_000, 12);
  return head;
}
