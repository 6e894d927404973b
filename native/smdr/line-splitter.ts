/**
 * Cuts the bytes of a call log into lines. A character of the text is one byte (latin1), so that columns are columns;
 * names are decoded later (value-form.ts). A line ends at CR, LF, NUL (padding after LF at Avaya, terminator at Samsung), FF
 * (new page), in any order and number; empty lines give nothing. None of these bytes occurs inside a character of
 * GB18030 or UTF-8.
 */

/** A record is at most 250 characters. 64 KB is room for any banner, and a stream without line ends stays this small. */
export const lineLengthMax = 65_536;

/** Longest record a length prefix may announce; a larger number is text, not a length. */
const prefixedLengthMax = 4_096;

/** How many bytes a length takes. */
const prefixLength = 4;

/** A line as it came. `isCut`: it was longer than `lineLengthMax`, this is a piece of it. */
export type SplitLine = { readonly number: number; readonly text: string; readonly isCut: boolean };

export type LineSplitterOptions = {
  /** Bytes besides CR, LF, NUL and FF at which a line ends (STX, ETX). */
  readonly alsoBreaksAt: readonly number[];
  /** Each line may be preceded by its length, four bytes, least first (Mitel 5000 over TCP). */
  readonly hasLengthPrefix: boolean;
  /** The port sends seven bits and parity: the eighth bit is cleared. */
  readonly isSevenBit: boolean;
};

/** Takes chunks of any size; one splitter a stream. */
export class LineSplitter {
  readonly #isBreak: Uint8Array;
  readonly #options: LineSplitterOptions;
  #held: Buffer = Buffer.alloc(0);
  /** The bytes held are the rest of a line of which a piece was given out. */
  #isContinued = false;
  #number = 0;

  constructor(options: LineSplitterOptions) {
    this.#options = options;
    this.#isBreak = new Uint8Array(256);
    for (const byte of [0, 10, 12, 13, ...options.alsoBreaksAt]) this.#isBreak[byte] = 1;
  }

  /** The lines that are whole with these bytes. */
  push(chunk: Uint8Array): readonly SplitLine[] {
    const lines: SplitLine[] = [];
    // Bounded steps, so that a chunk of any size adds no more than a line to what is held.
    for (let at = 0; at < chunk.length; at += lineLengthMax) {
      this.#take(Buffer.from(chunk.subarray(at, at + lineLengthMax)), lines);
    }
    return lines;
  }

  /** The line that had no end. */
  end(): readonly SplitLine[] {
    const lines: SplitLine[] = [];
    let from = 0;
    // Held back as the start of a length, a few bytes may hold a line end all the same.
    for (let at = 0; at < Math.min(this.#held.length, prefixLength); at += 1) {
      if (this.#isBreak[this.#held[at] ?? 0] !== 1) continue;
      this.#give(this.#held.subarray(from, at), lines, this.#isContinued);
      from = at + 1;
    }
    this.#give(this.#held.subarray(from), lines, this.#isContinued);
    this.#held = Buffer.alloc(0);
    this.#isContinued = false;
    return lines;
  }

  #take(added: Buffer, lines: SplitLine[]): void {
    if (this.#options.isSevenBit) for (let i = 0; i < added.length; i += 1) added[i] = (added[i] ?? 0) & 0x7f;
    const searchFrom = this.#held.length;
    const bytes = searchFrom === 0 ? added : Buffer.concat([this.#held, added]);
    let from = 0;
    let at = searchFrom;
    // What was held holds no break, unless it was too short to show whether it is a length.
    if (this.#options.hasLengthPrefix && !this.#isContinued) {
      const skipped = this.#afterPrefix(bytes, 0);
      if (skipped === null) {
        this.#held = bytes;
        return;
      }
      from = skipped;
      at = searchFrom < prefixLength ? from : Math.max(at, from);
    }
    while (at < bytes.length) {
      if (this.#isBreak[bytes[at] ?? 0] !== 1) {
        at += 1;
        continue;
      }
      this.#give(bytes.subarray(from, at), lines, this.#isContinued);
      this.#isContinued = false;
      at += 1;
      from = at;
      if (this.#options.hasLengthPrefix) {
        const skipped = this.#afterPrefix(bytes, from);
        if (skipped === null) break;
        from = skipped;
        at = from;
      }
    }
    for (; bytes.length - from > lineLengthMax; from += lineLengthMax) {
      this.#give(bytes.subarray(from, from + lineLengthMax), lines, true);
      this.#isContinued = true;
    }
    this.#held = Buffer.from(bytes.subarray(from));
  }

  /** Where the line starts: after its length when it has one; null when too few bytes are there to tell. */
  #afterPrefix(bytes: Buffer, from: number): number | null {
    const first = bytes[from];
    // A line end is no length: CR LF may follow each other before the next length. So may a single NUL.
    if (first === undefined || first === 10 || first === 13 || first === 0) return from;
    if (bytes.length - from < prefixLength) return couldBePrefix(bytes, from) ? null : from;
    const length = bytes.readUInt32LE(from);
    return length > 0 && length <= prefixedLengthMax ? from + prefixLength : from;
  }

  #give(bytes: Buffer, lines: SplitLine[], isCut: boolean): void {
    for (let from = 0; from < bytes.length; from += lineLengthMax) {
      const piece = bytes.subarray(from, from + lineLengthMax);
      this.#number += 1;
      lines.push({
        number: this.#number,
        text: piece.toString('latin1'),
        isCut: isCut || bytes.length > lineLengthMax,
      });
    }
  }
}

/** Whether two or three bytes can be the start of a length: its upper half is zero. */
function couldBePrefix(bytes: Buffer, from: number): boolean {
  const third = bytes[from + 2];
  return third === undefined || third === 0;
}
