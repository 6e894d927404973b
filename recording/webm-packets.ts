import type { Steps } from './in-turns.ts';

/**
 * Takes the Opus packets out of what MediaRecorder writes: WebM with a segment and clusters of unknown length, cut into
 * pieces anywhere (Chromium cuts after the first byte of a block). The library we write WebM with reads whole files;
 * this reads what is left of one. Matroska's elements: https://www.rfc-editor.org/rfc/rfc9559.html
 */
export interface OpusPacket {
  /** Milliseconds in the stream's own time; null when the cluster that says it is lost. */
  readonly streamMs: number | null;
  /** Where in the given bytes it stood. */
  readonly offset: number;
  readonly data: Uint8Array;
}

/** What was found in a run of bytes. */
export interface OpusRun {
  /** The decoder's head (RFC 7845 OpusHead), or null when the stream's beginning is not among the bytes. */
  readonly head: Uint8Array | null;
  readonly channels: number | null;
  readonly packets: readonly OpusPacket[];
}

const id = {
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  audio: 0xe1,
  channels: 0x9f,
  codecPrivate: 0x63a2,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

/** Elements that hold others, in which reading goes on. */
const holders: ReadonlySet<number> = new Set([
  id.segment,
  id.info,
  id.tracks,
  id.trackEntry,
  id.audio,
  id.cluster,
  id.blockGroup,
]);

/** No packet of Opus is longer (RFC 6716 section 3.2.1: 48 frames of 1275 bytes at most). */
const packetLengthMax = 61_440;

interface Element {
  readonly id: number;
  readonly start: number;
  /** Null: unknown, it ends where its parent does. */
  readonly length: number | null;
}

/**
 * Reads a run of bytes that hang together. `isFromStart`: they begin with the stream's header; otherwise the reader
 * first finds its place. Whatever is not readable is stepped over.
 */
export function* readOpusRun(bytes: Uint8Array, isFromStart: boolean): Steps<OpusRun> {
  const reader = new RunReader(bytes);
  yield* reader.read(isFromStart ? 0 : reader.placeAfter(0));
  return reader;
}

/** After how many packets other work gets its turn: a millisecond or two of reading. */
const packetsPerTurn = 1_000;

class RunReader implements OpusRun {
  head: Uint8Array | null = null;
  channels: number | null = null;
  readonly packets: OpusPacket[] = [];
  readonly #bytes: Uint8Array;
  #clusterMs: number | null = null;
  #scaleNs = 1_000_000;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  *read(from: number | null): Steps<void> {
    let offset = from;
    while (offset !== null && offset < this.#bytes.length) {
      const element = readElement(this.#bytes, offset);
      offset = element === null ? this.placeAfter(offset + 1) : this.#take(element, offset);
      if (this.packets.length % packetsPerTurn === packetsPerTurn - 1) yield;
    }
  }

  /** The first offset at or after one at which a block or cluster begins that is followed by another. */
  placeAfter(from: number): number | null {
    for (let offset = from; offset < this.#bytes.length; offset += 1) {
      const byte = this.#bytes[offset];
      if (byte !== id.simpleBlock && byte !== 0x1f) continue;
      const element = readElement(this.#bytes, offset);
      if (element?.id === id.cluster) return offset;
      if (element?.id !== id.simpleBlock || !this.#isBlock(element)) continue;
      const after = element.start + (element.length ?? 0);
      const next = readElement(this.#bytes, after);
      if (after === this.#bytes.length || next?.id === id.cluster || (next !== null && this.#isBlock(next))) {
        return offset;
      }
    }
    return null;
  }

  #take(element: Element, offset: number): number | null {
    const { length, start } = element;
    if (element.id === id.cluster) this.#clusterMs = null;
    if (holders.has(element.id)) return start;
    // Longer than what is left: the last one, cut off, or not an element at all because the place was lost.
    if (length === null || start + length > this.#bytes.length) return this.placeAfter(offset + 1);
    const body = this.#bytes.subarray(start, start + length);
    if (element.id === id.simpleBlock || element.id === id.block) this.#block(body, start);
    else if (element.id === id.timestamp) this.#clusterMs = (unsigned(body) * this.#scaleNs) / 1_000_000;
    else if (element.id === id.timestampScale) this.#scaleNs = unsigned(body);
    else if (element.id === id.codecPrivate) this.head = body.slice();
    else if (element.id === id.channels) this.channels = unsigned(body);
    return start + length;
  }

  #isBlock({ id: which, start, length }: Element): boolean {
    if (which !== id.simpleBlock || length === null || length < 5 || length > packetLengthMax) return false;
    // One track of audio: track 1, no lacing, and nothing but the keyframe flag.
    return this.#bytes[start] === 0x81 && ((this.#bytes[start + 3] ?? 0xff) & 0x7f) === 0;
  }

  #block(body: Uint8Array, offset: number): void {
    if (body.length < 5) return;
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const relative = (view.getInt16(1) * this.#scaleNs) / 1_000_000;
    const streamMs = this.#clusterMs === null ? null : this.#clusterMs + relative;
    this.packets.push({ streamMs, offset, data: body.slice(4) });
  }
}

function readElement(bytes: Uint8Array, offset: number): Element | null {
  const idLength = vintLength(bytes[offset]);
  if (idLength === null || idLength > 4 || offset + idLength >= bytes.length) return null;
  const which = unsigned(bytes.subarray(offset, offset + idLength));
  const sizeLength = vintLength(bytes[offset + idLength]);
  const start = offset + idLength + (sizeLength ?? 0);
  if (sizeLength === null || start > bytes.length) return null;
  const size = bytes.subarray(offset + idLength, start);
  const value = unsigned(size) - 2 ** (7 * sizeLength);
  const isUnknown = value === 2 ** (7 * sizeLength) - 1;
  return { id: which, start, length: isUnknown ? null : value };
}

/** How long a variable-length integer is, told by its first byte; null for 0, which begins none. */
function vintLength(first: number | undefined): number | null {
  return first === undefined || first === 0 ? null : Math.clz32(first) - 23;
}

function unsigned(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** How long a packet sounds, in milliseconds (RFC 6716 section 3.1: the table of contents byte). 0 for an empty one. */
export function opusPacketMs(packet: Uint8Array): number {
  const [toc, count] = packet;
  if (toc === undefined) return 0;
  const configuration = toc >> 3;
  const frameMs =
    configuration < 12
      ? ([10, 20, 40, 60][configuration & 3] ?? 0)
      : configuration < 16
        ? ([10, 20][configuration & 1] ?? 0)
        : ([2.5, 5, 10, 20][configuration & 3] ?? 0);
  const frames = [1, 2, 2, (count ?? 0) & 0x3f][toc & 3] ?? 0;
  return frameMs * frames;
}
