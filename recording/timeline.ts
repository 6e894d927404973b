import { atOnce, type Steps } from './in-turns.ts';
import type { Chunk } from './read-container.ts';
import { SoundLayout, type TimedPacket, timelineMaxMs } from './sound-layout.ts';

/** A recording laid out on its clock, from 0 to its end, without a hole: where there is no sound there is silence. */
export interface Timeline {
  readonly packets: readonly TimedPacket[];
  readonly seconds: number;
  readonly channels: number;
  /** The decoder's head (RFC 7845), from the first stream that still has it, or a plain one. */
  readonly head: Uint8Array;
  readonly gaps: readonly { readonly atSeconds: number; readonly seconds: number; readonly reason: string }[];
}

/** After how many packets other work gets its turn: a millisecond or two. */
const packetsPerTurn = 2_000;

/**
 * Lays the chunks of a recording out on its clock. Segments (one MediaRecorder stream each) come one after the other;
 * a pause, a lost chunk and a damaged one leave silence of their own length, so every later second stays in its place.
 */
export function layOut(chunks: readonly Chunk[]): Timeline {
  return atOnce(layOutSteps(chunks));
}

/** The same in steps, for a seat that has calls to answer meanwhile. */
export function* layOutSteps(chunks: readonly Chunk[]): Steps<Timeline> {
  const bases = new Map<number, number>();
  const layout = new SoundLayout(bases);
  let packets = yield* laidOut(layout, chunks);
  const head = layout.head ?? plainHead(2);
  const channels = layout.channels ?? head[9] ?? 2;
  if (layout.guessedChannels !== null && layout.guessedChannels !== channels) {
    const again = new SoundLayout(bases);
    again.channels = channels;
    packets = yield* laidOut(again, chunks);
  }
  const last = packets.at(-1);
  return {
    packets,
    seconds: last === undefined ? 0 : (last.atMs + last.durationMs) / 1000,
    channels,
    head,
    gaps: gapsOf(chunks),
  };
}

function* laidOut(layout: SoundLayout, chunks: readonly Chunk[]): Steps<readonly TimedPacket[]> {
  const packets: TimedPacket[] = [];
  let turn = packetsPerTurn;
  for (const { number, content } of chunks) {
    if (content.type !== 'sound') continue;
    const { segment, atMs, sound } = content;
    for (const packet of layout.take({ number, segment, atMs, sound })) packets.push(packet);
    if (packets.length < turn) continue;
    turn = packets.length + packetsPerTurn;
    yield;
  }
  for (const packet of layout.end(gapsEndMs(chunks))) packets.push(packet);
  return packets;
}

/** The pauses on purpose, as they are told. */
export function gapsOf(chunks: readonly Chunk[]): Timeline['gaps'] {
  return chunks.flatMap(({ content }) => {
    if (content.type !== 'gap') return [];
    return [{ atSeconds: content.atMs / 1000, seconds: content.durationMs / 1000, reason: content.reason }];
  });
}

/** Where the last pause on purpose ends, in milliseconds: a recording is no shorter. */
export function gapsEndMs(chunks: readonly Chunk[]): number {
  const ends = chunks.map(({ content }) => (content.type === 'gap' ? content.atMs + content.durationMs : 0));
  return Math.min(
    ends.reduce((latest, end) => Math.max(latest, end), 0),
    timelineMaxMs,
  );
}

/** How long a recording is by what its chunks say, in seconds: told without decoding. */
export function saidSeconds(chunks: readonly Chunk[]): number {
  const ends = chunks.map(({ content }) => ('atMs' in content ? content.atMs + content.durationMs : 0));
  return ends.reduce((longest, end) => Math.max(longest, end), 0) / 1000;
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
