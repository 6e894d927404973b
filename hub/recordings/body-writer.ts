import type { FileHandle } from 'node:fs/promises';
import { writeAll } from './durable-files.ts';

/** So much is written at a time, in bytes: a piece of the network has 64 KB, and each write has its price. */
const batchBytes = 512 * 1024;
/** The disk is asked to begin with so much, in bytes, while more comes: the sync before the answer is short then. */
const flushBytes = 4 * 1024 * 1024;

/** Writes a body to a file while it comes: one write and one flush under way at a time, so memory is bounded. */
export class BodyWriter {
  readonly #file: FileHandle;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #position: number;
  #unflushed = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #flushing: Promise<void> | null = null;
  /** A sync that failed: the system may have thrown the bytes away, so no later one is believed. */
  #fault: { readonly cause: unknown } | null = null;

  constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** Bytes up to which it was given, written or not. */
  get end(): number {
    return this.#position + this.#batchBytes;
  }

  /** Takes a piece. Rejects with the fault of an earlier write. */
  async push(piece: Buffer): Promise<void> {
    this.#batch.push(piece);
    this.#batchBytes += piece.length;
    if (this.#batchBytes >= batchBytes) await this.#write();
  }

  /** All that was given is durable when it resolves. */
  async sync(): Promise<void> {
    await this.written();
    await this.#file.datasync();
  }

  /** All that was given is written, and nothing is under way any more. */
  async written(): Promise<void> {
    await this.#write();
    await this.#writing;
    await this.#flushing;
    if (this.#fault !== null) throw this.#fault.cause;
  }

  async #write(): Promise<void> {
    await this.#writing;
    if (this.#batchBytes === 0) return;
    const [batch, position] = [this.#batch, this.#position];
    this.#position += this.#batchBytes;
    this.#unflushed += this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#writing = writeAll(this.#file, batch, position).then(() => this.#flush());
    // Its fault is told by the next that waits for it.
    this.#writing.catch(() => undefined);
  }

  #flush(): void {
    if (this.#unflushed < flushBytes || this.#flushing !== null) return;
    this.#unflushed = 0;
    this.#flushing = this.#file.datasync().then(
      () => {
        this.#flushing = null;
      },
      (cause: unknown) => {
        this.#flushing = null;
        this.#fault = { cause };
      },
    );
  }
}
