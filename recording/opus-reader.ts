/**
 * Takes the Opus packets out of what MediaRecorder writes: WebM with a segment and clusters of unknown length, cut into
 * pieces anywhere (Chromium cuts after the first byte of a block), as the pieces come. The library we write WebM with reads
 * whole files; this reads what is left of one. Matroska's elements: https://www.rfc-editor.org/rfc/rfc9559.html
 */
export interface OpusPacket {
  /** Milliseconds in the stream's own time; null when the cluster that says it is lost. */
  readonly streamMs: number | null;
  /** Where in the stream's bytes it stood. */
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Where a reader stands: it goes on from there as if nothing had been. */
export interface OpusReaderState {
  /** Bytes that were given and are not read yet. */
  readonly rest: Uint8Array;
  /** Where they begin in the stream. */
  readonly offset: number;
  readonly clusterMs: number | null;
  readonly scaleNs: number;
  /** Whether an element begins there; else the reader looks for a place where one does. */
  readonly isPlaced: boolean;
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
/** No element that a recorder writes is longer; one that says so is not one, and nothing is waited for. */
const elementLengthMax = 512 * 1024;
/** An element's id and length, and the head of a block behind them, are no longer. */
const elementHeadLength = 4 + 8 + 4;

interface Element {
  readonly id: number;
  readonly start: number;
  /** Null: unknown, it ends where its parent does. */
  readonly length: number | null;
}

/** A reader at the first byte of a run of bytes that hang together. */
export function newOpusReaderState(isStreamStart: boolean): OpusReaderState {
  return { rest: new Uint8Array(), offset: 0, clusterMs: null, scaleNs: 1_000_000, isPlaced: isStreamStart };
}

/** Reads a run of bytes that hang together. Whatever is not readable is stepped over. */
export class OpusReader {
  /** The decoder's head (RFC 7845 OpusHead), once it was seen. */
  head: Uint8Array | null = null;
  channels: number | null = null;
  #bytes: Uint8Array;
  #offset: number;
  #at = 0;
  #clusterMs: number | null;
  #scaleNs: number;
  #isPlaced: boolean;

  constructor({ rest, offset, clusterMs, scaleNs, isPlaced }: OpusReaderState) {
    this.#bytes = rest;
    this.#offset = offset;
    this.#clusterMs = clusterMs;
    this.#scaleNs = scaleNs;
    this.#isPlaced = isPlaced;
  }

  state(): OpusReaderState {
    return {
      rest: this.#bytes,
      offset: this.#offset,
      clusterMs: this.#clusterMs,
      scaleNs: this.#scaleNs,
      isPlaced: this.#isPlaced,
    };
  }

  /** The packets that are whole with the next bytes of the run. */
  push(bytes: Uint8Array): readonly OpusPacket[] {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    return this.#read(false);
  }

  /** The run is over: the packets in what is left. */
  end(): readonly OpusPacket[] {
    return this.#read(true);
  }

  #read(isEnd: boolean): readonly OpusPacket[] {
    const packets: OpusPacket[] = [];
    while (this.#at < this.#bytes.length && (this.#isPlaced ? this.#step(isEnd, packets) : this.#place(isEnd)));
    this.#offset += this.#at;
    // A copy of its own: a view would keep all that came with it.
    this.#bytes = new Uint8Array(this.#bytes.subarray(this.#at));
    this.#at = 0;
    return packets;
  }

  /** Reads the element that begins here. False: it is not all there yet. */
  #step(isEnd: boolean, packets: OpusPacket[]): boolean {
    if (!isEnd && this.#bytes.length - this.#at < elementHeadLength) return false;
    const element = readElement(this.#bytes, this.#at);
    if (element === null) return this.#lost();
    const { length, start } = element;
    if (element.id === id.cluster) this.#clusterMs = null;
    if (holders.has(element.id)) {
      this.#at = start;
      return true;
    }
    if (length === null || length > elementLengthMax) return this.#lost();
    // Longer than what there is: the last one, cut off, or not an element at all because the place was lost.
    if (start + length > this.#bytes.length) return isEnd ? this.#lost() : false;
    const body = this.#bytes.subarray(start, start + length);
    if (element.id === id.simpleBlock || element.id === id.block) this.#block(body, start, packets);
    else if (element.id === id.timestamp) this.#clusterMs = (unsigned(body) * this.#scaleNs) / 1_000_000;
    else if (element.id === id.timestampScale) this.#scaleNs = unsigned(body);
    else if (element.id === id.codecPrivate) this.head = new Uint8Array(body);
    else if (element.id === id.channels) this.channels = unsigned(body);
    this.#at = start + length;
    return true;
  }

  #lost(): boolean {
    this.#at += 1;
    this.#isPlaced = false;
    return true;
  }

  /** Goes to the next byte at which a block or cluster begins that is followed by another. False: it wants more bytes. */
  #place(isEnd: boolean): boolean {
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte !== id.simpleBlock && byte !== 0x1f) continue;
      if (!isEnd && this.#bytes.length - this.#at < elementHeadLength) return false;
      const element = readElement(this.#bytes, this.#at);
      if (element?.id !== id.cluster && (element?.id !== id.simpleBlock || !this.#isBlock(element))) continue;
      const after = element.start + (element.length ?? 0);
      if (element.id !== id.cluster) {
        if (!isEnd && this.#bytes.length < after + elementHeadLength) return false;
        const next = readElement(this.#bytes, after);
        const isFollowed = next?.id === id.cluster || (next !== null && this.#isBlock(next));
        if (after !== this.#bytes.length && !isFollowed) continue;
      }
      this.#isPlaced = true;
      return true;
    }
    return false;
  }

  #isBlock({ id: which, start, length }: Element): boolean {
    if (which !== id.simpleBlock || length === null || length < 5 || length > packetLengthMax) return false;
    // One track of audio: track 1, no lacing, and nothing but the keyframe flag.
    return this.#bytes[start] === 0x81 && ((this.#bytes[start + 3] ?? 0xff) & 0x7f) === 0;
  }

  #block(body: Uint8Array, start: number, packets: OpusPacket[]): void {
    if (body.length < 5) return;
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const relative = (view.getInt16(1) * this.#scaleNs) / 1_000_000;
    const streamMs = this.#clusterMs === null ? null : this.#clusterMs + relative;
    packets.push({ streamMs, offset: this.#offset + start, data: body.subarray(4) });
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
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
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
