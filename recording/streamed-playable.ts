import { setImmediate } from 'node:timers/promises';
import type { RecordingInfo } from '../core/recording-info.ts';
import { type ByteSource, ByteWindow } from './byte-window.ts';
import { type Content, decodeContent } from './content.ts';
import { type FrameKeys, frameKeys, headLength, readBody, readHead, tagLength } from './frame.ts';
import { framesOffset, readHeader } from './header.ts';
import { infoOf } from './playable.ts';
import { concludeWalk, type KnownRecording, type Unreadable, uniqueFrames } from './read-container.ts';
import { firstLayoutState, type LayoutState, SoundLayout, type TimedPacket } from './sound-layout.ts';
import { gapsEndMs, gapsOf, plainHead } from './timeline.ts';
import { type Frame, type Walk, walkFrames } from './walk-frames.ts';
import { Cluster, encodeWebmHead } from './webm-layout.ts';

/**
 * A recording as one WebM that seeks, of which any stretch is made when it is asked for: in memory are where its frames
 * stand and where its clusters begin, never its sound.
 */
export interface StreamedPlayable {
  readonly kind: 'playable';
  readonly info: RecordingInfo;
  /** Bytes of the WebM. */
  readonly length: number;
  /** Bytes that are held for it, about. */
  readonly heldBytes: number;
  /** Bytes from `start` up to and without `end`, piece by piece. Throws as its source does, or when it has changed. */
  readonly read: (start: number, end: number) => AsyncGenerator<Buffer>;
}

/** What a recording's index may take, in bytes; a day of sound takes a third of it. */
const indexBytesMax = 32 * 1024 * 1024;
/** About what a frame and a cluster take in an index, in bytes, beside what is counted. */
const frameBytes = 16;
const clusterBytes = 500;
/** After how many packets other work gets its turn: a millisecond or two. */
const packetsPerTurn = 2_000;

/** Where a cluster begins: before which frame, how the layout stands there, and how many of its packets come before. */
interface ClusterPlace {
  readonly offset: number;
  readonly timeMs: number;
  readonly frame: number;
  readonly skip: number;
  readonly state: LayoutState;
}

/** What is known of the frames of sound, without their sound. */
interface SoundFrames {
  readonly keys: FrameKeys;
  readonly numbers: Uint32Array;
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  /** Where the last pause on purpose ends. */
  readonly untilMs: number;
}

/**
 * Opens a recording by its own key, with the same outcome as `readKnownContainerSteps` and `playableOf`. Reads it twice
 * from one end to the other, through a window. `too-long`: its index would be too large. Rejects as the source does.
 */
export async function openStreamed(
  source: ByteSource,
  known: KnownRecording,
): Promise<StreamedPlayable | Unreadable | { readonly kind: 'too-long' }> {
  const window = new ByteWindow(source);
  const opened = await openContents(window, known);
  if (opened.kind === 'unreadable') return opened;
  const { contents, frames } = opened;
  const bases = new Map<number, number>();
  const layout = new SoundLayout(bases);
  const places: ClusterPlace[] = [];
  let cluster: Cluster | null = null;
  let heldBytes = frames.numbers.length * frameBytes;
  let bytes = 0;
  let endMs = 0;
  let turn = 0;
  for await (const { packet, frame, skip, state } of packetsFrom(window, frames, layout, null)) {
    if (cluster === null || cluster.isFullFor(packet)) {
      bytes += cluster?.bytes ?? 0;
      cluster = new Cluster(packet.atMs);
      places.push({ offset: bytes, timeMs: cluster.timeMs, frame, skip, state });
      heldBytes += clusterBytes + (state.run?.reader.rest.length ?? 0);
      if (heldBytes > indexBytesMax) return { kind: 'too-long' };
    }
    cluster.count(packet);
    endMs = packet.atMs + packet.durationMs;
    turn += 1;
    if (turn % packetsPerTurn === 0) await setImmediate();
  }
  bytes += cluster?.bytes ?? 0;
  const opusHead = layout.head ?? plainHead(2);
  const channels = layout.channels ?? opusHead[9] ?? 2;
  const head = encodeWebmHead({ durationMs: endMs, channels, opusHead, clusters: places, clusterBytes: bytes });
  const length = head.length + bytes;
  const read = (start: number, end: number): AsyncGenerator<Buffer> =>
    stretch({ source, frames, bases, channels, places, head, length }, start, end);
  const info = infoOf(contents, { seconds: endMs / 1000, channels, gaps: [...gapsOf(contents.chunks)] }, length);
  return { kind: 'playable', info, length, heldBytes: heldBytes + head.length, read };
}

interface Opened {
  readonly source: ByteSource;
  readonly frames: SoundFrames;
  readonly bases: Map<number, number>;
  readonly channels: number;
  readonly places: readonly ClusterPlace[];
  readonly head: Buffer;
  readonly length: number;
}

async function* stretch(opened: Opened, start: number, end: number): AsyncGenerator<Buffer> {
  const { head, places, length } = opened;
  if (start < head.length) yield head.subarray(start, Math.min(end, head.length));
  if (end <= head.length || start >= length) return;
  const first = places.findLastIndex(({ offset }) => head.length + offset <= Math.max(start, head.length));
  for await (const { at, bytes } of clustersFrom(opened, first)) {
    if (at < end && at + bytes.length > start)
      yield bytes.subarray(Math.max(0, start - at), Math.min(bytes.length, end - at));
    if (at + bytes.length >= end) return;
  }
}

/** Clusters with their places in the WebM, from one on. */
async function* clustersFrom(
  { source, frames, bases, channels, places, head, length }: Opened,
  first: number,
): AsyncGenerator<{ readonly at: number; readonly bytes: Buffer }> {
  const layout = new SoundLayout(bases);
  layout.channels = channels;
  let index = first;
  let cluster: Cluster | null = null;
  const encoded = (): { readonly at: number; readonly bytes: Buffer } => {
    const bytes = cluster?.encode() ?? Buffer.alloc(0);
    const at = head.length + (places[index]?.offset ?? 0);
    const next = head.length + (places[index + 1]?.offset ?? length - head.length);
    if (at + bytes.length !== next) throw new Error('the stored bytes are not those that were laid out');
    return { at, bytes };
  };
  for await (const { packet } of packetsFrom(new ByteWindow(source), frames, layout, places[first] ?? null)) {
    if (cluster?.isFullFor(packet) === true) {
      yield encoded();
      index += 1;
      cluster = null;
    }
    cluster ??= new Cluster(packet.atMs);
    cluster.add(packet);
  }
  if (cluster !== null) yield encoded();
}

/** The packets of a recording from a place on, each with the place it can be had from again. */
async function* packetsFrom(window: ByteWindow, frames: SoundFrames, layout: SoundLayout, from: ClusterPlace | null) {
  layout.goTo(from?.state ?? firstLayoutState);
  for (let frame = from?.frame ?? 0; frame <= frames.numbers.length; frame += 1) {
    const state = layout.state();
    const packets: Generator<TimedPacket> =
      frame === frames.numbers.length ? layout.end(frames.untilMs) : layout.take(await soundOf(window, frames, frame));
    let skip = 0;
    for (const packet of packets) {
      if (frame !== from?.frame || skip >= from.skip) yield { packet, frame, skip, state };
      skip += 1;
    }
  }
}

async function soundOf(window: ByteWindow, { keys, numbers, offsets, lengths }: SoundFrames, index: number) {
  const number = numbers[index] ?? 0;
  const length = lengths[index] ?? 0;
  const bytes = await window.at(offsets[index] ?? 0, length);
  const head = { number, type: 'sound', length: length - headLength - tagLength } as const;
  const body = readBody(keys, head, bytes, 0);
  const content = body === null ? null : decodeContent('sound', body);
  if (content?.type !== 'sound') throw new Error('the stored bytes are not those that were read before');
  return { number, segment: content.segment, atMs: content.atMs, sound: content.sound };
}

/** The file without its sound, judged as `readKnownContainerSteps` does. */
async function openContents(window: ByteWindow, known: KnownRecording) {
  const start = Buffer.from(await window.at(0, framesOffset));
  const head = readHeader(start);
  if (head.kind === 'not-a-recording' && window.length < framesOffset) return unreadable(head.kind);
  const { recordingId, createdAt } = head.kind === 'read' ? head.header : known;
  if (recordingId !== known.recordingId) return unreadable('wrong-key');
  const keys = frameKeys(recordingId, known.recordingKey);
  const copy = head.kind === 'read' ? head.copy : null;
  const isDamaged = head.kind !== 'read' || head.isDamaged;
  const walk = await walkWindow(keys, window, copy ?? Buffer.alloc(0));
  const { length } = window;
  const contents = concludeWalk(walk, { keys, recordingId, createdAt, length, head: { copy, isDamaged } });
  const isEmpty = contents.chunks.length === 0;
  if (copy === null && isEmpty) return unreadable('header-damaged');
  // A key that opens nothing, not even a first frame that is still coming, is not the key of this file.
  const isCut =
    length < framesOffset + headLength || readHead(keys, await window.at(framesOffset, headLength), 0) !== null;
  if (isEmpty && contents.end === 'open' && !isCut) return unreadable('wrong-key');
  return { kind: 'opened' as const, contents, frames: soundFrames(keys, uniqueFrames(walk)) };
}

const noSound = new Uint8Array();

/** Walks through a file by its window: of each frame of sound there is what it says and where it stands, not its bytes. */
async function walkWindow(keys: FrameKeys, window: ByteWindow, firstLink: Buffer): Promise<Walk> {
  const kept = (content: Content): Content => (content.type === 'sound' ? { ...content, sound: noSound } : content);
  const walking = walkFrames({ keys, firstLink, fileLength: window.length, kept });
  for (let step = walking.next(); ; ) {
    if (step.done === true) return step.value;
    const { offset, length } = step.value;
    const bytes = await window.at(offset, length);
    step = walking.next({ bytes, fileLength: window.length });
  }
}

function soundFrames(keys: FrameKeys, frames: readonly Frame[]): SoundFrames {
  const sound = frames.filter(({ content }) => content.type === 'sound');
  return {
    keys,
    numbers: Uint32Array.from(sound, ({ number }) => number),
    offsets: Float64Array.from(sound, ({ offset }) => offset),
    lengths: Uint32Array.from(sound, ({ length }) => length),
    untilMs: gapsEndMs(frames),
  };
}

function unreadable(code: Unreadable['code']): Unreadable {
  return { kind: 'unreadable', code };
}
