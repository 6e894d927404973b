import type { Steps } from './in-turns.ts';
import { newOpusReaderState, type OpusPacket, OpusReader } from './opus-reader.ts';

/** What was found in a run of bytes. */
export interface OpusRun {
  /** The decoder's head (RFC 7845 OpusHead), or null when the stream's beginning is not among the bytes. */
  readonly head: Uint8Array | null;
  readonly channels: number | null;
  readonly packets: readonly OpusPacket[];
}

/** After how many bytes other work gets its turn: a millisecond or two of reading. */
const bytesPerTurn = 64 * 1024;

/**
 * Reads a run of bytes that hang together, all of them at hand. `isFromStart`: they begin with the stream's header;
 * otherwise the reader first finds its place. Whatever is not readable is stepped over.
 */
export function* readOpusRun(bytes: Uint8Array, isFromStart: boolean): Steps<OpusRun> {
  const reader = new OpusReader(newOpusReaderState(isFromStart));
  const packets: OpusPacket[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerTurn) {
    packets.push(...reader.push(bytes.subarray(at, at + bytesPerTurn)));
    yield;
  }
  packets.push(...reader.end());
  return { head: reader.head, channels: reader.channels, packets };
}
