import type { TimedPacket } from './sound-layout.ts';

/**
 * WebM with one track of Opus whose every length is known before it is written: what stands where follows from the sizes
 * and times of the packets alone, so any stretch of the file can be made by itself. Matroska's elements:
 * https://www.rfc-editor.org/rfc/rfc9559.html, Opus in them: https://www.matroska.org/technical/codec_specs.html
 */
export interface WebmHead {
  readonly durationMs: number;
  readonly channels: number;
  /** The decoder's head (RFC 7845). */
  readonly opusHead: Uint8Array;
  /** Each cluster's time and its place after the first, in bytes. */
  readonly clusters: readonly { readonly timeMs: number; readonly offset: number }[];
  /** Bytes of all clusters. */
  readonly clusterBytes: number;
}

/** A cluster is closed when it would be longer, in milliseconds: a player jumps to the beginning of one. */
const clusterMsMax = 5_000;
/** And when it would have more bytes: a cluster is in memory as a whole. */
const clusterBytesMax = 128 * 1024;
/** What a player decodes before the place it jumped to, in nanoseconds: 80 ms, as RFC 7845 section 4.6 wants for Opus. */
const seekPreRollNs = 80_000_000;

/** Id, size (four bytes) and time (id, size, four bytes). */
const clusterHeadLength = 4 + 4 + 6;

/** The cluster that is being filled: its packets, or only their sizes. */
export class Cluster {
  readonly timeMs: number;
  #packets: TimedPacket[] = [];
  #bytes = clusterHeadLength;
  #count = 0;

  constructor(firstAtMs: number) {
    this.timeMs = Math.round(firstAtMs);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the packet belongs into the next one. */
  isFullFor({ atMs, data }: TimedPacket): boolean {
    if (this.#count === 0) return false;
    return Math.round(atMs) - this.timeMs >= clusterMsMax || this.#bytes + blockLength(data) > clusterBytesMax;
  }

  /** Counts a packet and does not keep it. */
  count({ data }: TimedPacket): void {
    this.#count += 1;
    this.#bytes += blockLength(data);
  }

  add(packet: TimedPacket): void {
    this.count(packet);
    this.#packets.push(packet);
  }

  /** The bytes of the packets that were added. */
  encode(): Buffer {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(0x10000000 + this.#bytes - 8);
    const blocks = this.#packets.flatMap(({ atMs, data }) => {
      const head = Buffer.from([0x81, 0, 0, 0x80]);
      head.writeInt16BE(Math.round(atMs) - this.timeMs, 1);
      return [Buffer.from([0xa3]), vint(head.length + data.length), head, data];
    });
    return Buffer.concat([hex('1f43b675'), size, whole('e7', this.timeMs, 4), ...blocks]);
  }
}

/** Everything before the first cluster. */
export function encodeWebmHead({ durationMs, channels, opusHead, clusters, clusterBytes }: WebmHead): Buffer {
  const info = element('1549a966', [
    whole('2ad7b1', 1_000_000, 4),
    float('4489', durationMs),
    element('4d80', [Buffer.from('hookline')]),
    element('5741', [Buffer.from('hookline')]),
  ]);
  const tracks = element('1654ae6b', [
    element('ae', [
      whole('d7', 1, 1),
      whole('73c5', 1, 1),
      whole('83', 2, 1),
      whole('9c', 0, 1),
      element('86', [Buffer.from('A_OPUS')]),
      element('63a2', [opusHead]),
      whole('56bb', seekPreRollNs, 4),
      element('e1', [float('b5', 48_000), whole('9f', channels, 1)]),
    ]),
  ]);
  const cues = (from: number): Buffer =>
    element(
      '1c53bb6b',
      clusters.map(({ timeMs, offset }) =>
        element('bb', [whole('b3', timeMs, 4), element('b7', [whole('f7', 1, 1), whole('f1', from + offset, 6)])]),
      ),
    );
  const seekTo = (name: string, at: number): Buffer =>
    element('4dbb', [element('53ab', [hex(name)]), whole('53ac', at, 6)]);
  const seekHead = (infoAt: number): Buffer =>
    element('114d9b74', [
      seekTo('1549a966', infoAt),
      seekTo('1654ae6b', infoAt + info.length),
      seekTo('1c53bb6b', infoAt + info.length + tracks.length),
    ]);
  // All numbers have fixed lengths, so what is measured here is what is written below.
  const infoAt = seekHead(0).length;
  const clustersAt = infoAt + info.length + tracks.length + cues(0).length;
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) + BigInt(clustersAt + clusterBytes));
  const ebml = element('1a45dfa3', [
    whole('4286', 1, 1),
    whole('42f7', 1, 1),
    whole('42f2', 4, 1),
    whole('42f3', 8, 1),
    element('4282', [Buffer.from('webm')]),
    whole('4287', 4, 1),
    whole('4285', 2, 1),
  ]);
  return Buffer.concat([ebml, hex('18538067'), size, seekHead(infoAt), info, tracks, cues(clustersAt)]);
}

function blockLength(data: Uint8Array): number {
  const length = 4 + data.length;
  return 1 + vint(length).length + length;
}

function element(name: string, contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([hex(name), vint(body.length), body]);
}

function whole(name: string, value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return element(name, [bytes]);
}

function float(name: string, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(name, [bytes]);
}

/** A length as EBML has it (RFC 8794 section 4), as short as can be; all ones would mean "unknown". */
function vint(value: number): Buffer {
  let length = 1;
  while (value >= 2 ** (7 * length) - 1) length += 1;
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  bytes.writeUInt8(bytes.readUInt8(0) | (0x80 >> (length - 1)), 0);
  return bytes;
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
