import { createHash, type Hash } from 'node:crypto';
import type { UploadSource } from './upload-source.ts';

/** Bytes of a recording on their way, with the SHA-256 they go with. */
export interface ReadChunk {
  readonly bytes: Buffer;
  /** Base64. */
  readonly sha256: string;
}

/**
 * Reads a recording chunk by chunk, the next one while the one before is on its way, so two are in memory at most. Each is
 * hashed once for itself and once for the whole.
 */
export class ChunkReader {
  readonly #source: UploadSource;
  readonly #recordingId: string;
  /** Over everything from byte 0 that was handed out in order; null once that is not so. */
  #whole: Hash | null = createHash('sha256');
  #wholeBytes = 0;
  #ahead: { readonly offset: number; readonly length: number; readonly chunk: Promise<ReadChunk> } | null = null;

  constructor(source: UploadSource, recordingId: string) {
    this.#source = source;
    this.#recordingId = recordingId;
  }

  /** So many bytes from an offset. */
  async read(offset: number, length: number): Promise<ReadChunk> {
    const ahead = this.#ahead;
    this.#ahead = null;
    const isAhead = ahead?.offset === offset && ahead.length === length;
    const chunk = await (isAhead ? ahead.chunk : this.#load(offset, length));
    this.#follow(offset, chunk.bytes);
    return chunk;
  }

  /** Begins to read what is likely wanted next. */
  readAhead(offset: number, length: number): void {
    const chunk = this.#load(offset, length);
    // Whoever wants it is told its fault; nobody may.
    chunk.catch(() => undefined);
    this.#ahead = { offset, length, chunk };
  }

  /** SHA-256 of the whole, hex, if all of it was handed out in order; else null. */
  wholeSha256(bytes: number): string | null {
    return bytes > 0 && this.#wholeBytes === bytes ? (this.#whole?.copy().digest('hex') ?? null) : null;
  }

  async #load(offset: number, length: number): Promise<ReadChunk> {
    const bytes = await this.#source.read(this.#recordingId, offset, length);
    return { bytes, sha256: createHash('sha256').update(bytes).digest('base64') };
  }

  /** The same chunk may be asked for again after a fault: only what is new counts. */
  #follow(offset: number, bytes: Buffer): void {
    if (offset > this.#wholeBytes) this.#whole = null;
    if (this.#whole === null) return;
    const fresh = bytes.subarray(this.#wholeBytes - offset);
    this.#whole.update(fresh);
    this.#wholeBytes += fresh.length;
  }
}
