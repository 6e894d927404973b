/** Bytes that lie somewhere, in order, and are asked for piece by piece. */
export interface ByteSource {
  readonly length: number;
  /** Bytes from `start` up to and without `end`; fewer when there are no more. */
  readonly read: (start: number, end: number) => Promise<Buffer>;
}

/** So much is read at a time, in bytes: some minutes of sound. It is what a recording costs while it is read. */
export const windowBytes = 1024 * 1024;

/** Looks into a source through a window that moves: one piece of it is in memory at a time. */
export class ByteWindow {
  readonly #source: ByteSource;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #length: number;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#length = source.length;
  }

  /** Bytes in all; fewer than the source said when it gave no more. */
  get length(): number {
    return this.#length;
  }

  /** So many bytes from an offset; fewer at the end. Rejects as the source does. */
  async at(offset: number, length: number): Promise<Buffer> {
    const isInside = offset >= this.#start && offset + length <= this.#start + this.#bytes.length;
    if (!isInside) {
      const end = Math.min(this.#length, offset + Math.max(length, windowBytes));
      // What was there goes first: two windows are never held.
      this.#bytes = Buffer.alloc(0);
      this.#bytes = offset < end ? await this.#source.read(offset, end) : Buffer.alloc(0);
      this.#start = offset;
      if (offset + this.#bytes.length < end) this.#length = offset + this.#bytes.length;
    }
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + length);
  }
}
