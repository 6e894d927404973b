import { assertNever } from '../../core/assert-never.ts';
import { type ChecksumRule, isSealed } from './checksum.ts';
import { unpackSlip } from './escaping.ts';
import { type FramingRule, frameLengthMax } from './framing-rule.ts';

/** One frame. `text` is what patterns see: the line, or for startEnd what stands between start and end, else all of it. */
export type Frame = { readonly bytes: Uint8Array; readonly text: string };

/** What the framer saw so far. Nothing is dropped without being counted. */
export type FramingCounts = { frames: number; badChecksums: number; noiseBytes: number; tooLong: number };

/** Bytes in, frames out. Time comes as an argument; the framer keeps at most `max` bytes. */
export type Framer = {
  push(bytes: Uint8Array, nowMs: number): readonly Frame[];
  /** When to call `idle`; undefined: no need. */
  dueMs(): number | undefined;
  /** The line has been silent: closes a frame that ends so, throws half a frame away. */
  idle(nowMs: number): readonly Frame[];
  /** No more bytes will come (a recording ends). */
  end(): readonly Frame[];
  reset(): void;
  /** Nothing is held: the next byte begins a frame. */
  isEmpty(): boolean;
  readonly counts: Readonly<FramingCounts>;
};

/** Makes a framer. `onBad` is told of every frame whose check is wrong, for a nak. */
export function createFramer(rule: FramingRule, checksum: ChecksumRule, onBad: () => void = () => undefined): Framer {
  return new ByteFramer(rule, checksum, onBad);
}

class ByteFramer implements Framer {
  readonly counts: FramingCounts = { frames: 0, badChecksums: 0, noiseBytes: 0, tooLong: 0 };
  readonly #rule: FramingRule;
  readonly #checksum: ChecksumRule;
  readonly #onBad: () => void;
  readonly #lengthMax: number;
  readonly #silenceMs: number;
  readonly #endsBySilence: boolean;
  #held = new Uint8Array(0);
  #lastMs = 0;
  /** A line or a silent frame grew too long: everything up to its end belongs to it and goes the same way. */
  #isSkipping = false;

  constructor(rule: FramingRule, checksum: ChecksumRule, onBad: () => void) {
    this.#rule = rule;
    this.#checksum = checksum;
    this.#onBad = onBad;
    this.#lengthMax = rule.type === 'bytes' ? 1 : rule.type === 'fixed' ? rule.length : rule.max;
    this.#silenceMs = rule.type === 'bytes' ? 0 : rule.gapMs;
    this.#endsBySilence = rule.type === 'idleGap' || rule.type === 'modbusRtu';
  }

  push(bytes: Uint8Array, nowMs: number): readonly Frame[] {
    const frames: Frame[] = [...this.idle(nowMs)];
    this.#lastMs = nowMs;
    for (let at = 0; at < bytes.length; at += frameLengthMax) {
      this.#held = joined(this.#held, bytes.subarray(at, at + frameLengthMax));
      if (!this.#endsBySilence) this.#takeAll(frames);
      else if (this.#isSkipping) this.#drop(this.#held.length);
      else if (this.#held.length > this.#lengthMax) this.#overflow();
    }
    return frames;
  }

  dueMs(): number | undefined {
    const isWaiting = this.#silenceMs > 0 && !this.isEmpty();
    return isWaiting ? this.#lastMs + this.#silenceMs : undefined;
  }

  idle(nowMs: number): readonly Frame[] {
    return this.#silenceMs > 0 && nowMs - this.#lastMs >= this.#silenceMs ? this.#silent() : [];
  }

  end(): readonly Frame[] {
    return this.#endsBySilence ? this.#silent() : [];
  }

  reset(): void {
    this.#held = new Uint8Array(0);
    this.#isSkipping = false;
  }

  isEmpty(): boolean {
    return this.#held.length === 0 && !this.#isSkipping;
  }

  #takeAll(frames: Frame[]): void {
    while (this.#held.length > 0) {
      const taken = take(this.#rule, this.#held);
      if (taken.kind === 'more') {
        if (this.#held.length < this.#lengthMax + endRoom) return;
        this.#overflow();
      } else if (taken.kind === 'skip') this.#drop(taken.count);
      else this.#takeFrame(taken, frames);
    }
  }

  #takeFrame(taken: Extract<Taken, { readonly kind: 'frame' }>, frames: Frame[]): void {
    const bytes = taken.unpacked ?? this.#held.subarray(0, taken.length);
    const isOurs = !this.#isSkipping && bytes.length > 0;
    const isTooLong = bytes.length > this.#lengthMax;
    if (isOurs && isTooLong) this.counts.tooLong += 1;
    const found = isOurs && !isTooLong ? this.#closed(bytes, taken.text ?? bytes) : [];
    frames.push(...found);
    // A wrong check may mean that the start was a byte of another frame: look again one byte on, where starts are told.
    const isLost = isOurs && found.length === 0 && canSlide(this.#rule);
    this.#held = this.#held.subarray(isLost ? 1 : taken.next);
    if (isLost) this.counts.noiseBytes += 1;
    if (this.#isSkipping) this.counts.noiseBytes += taken.next;
    this.#isSkipping = false;
  }

  #closed(bytes: Uint8Array, text: Uint8Array): readonly Frame[] {
    if (!isSealed(this.#checksum, bytes)) {
      this.counts.badChecksums += 1;
      this.#onBad();
      return [];
    }
    this.counts.frames += 1;
    return [{ bytes: bytes.slice(), text: latin1(text) }];
  }

  #silent(): readonly Frame[] {
    const bytes = this.#held;
    const wasSkipping = this.#isSkipping;
    this.reset();
    if (bytes.length === 0 || wasSkipping) return [];
    if (this.#endsBySilence) return this.#closed(bytes, bytes);
    this.counts.noiseBytes += bytes.length;
    return [];
  }

  #overflow(): void {
    this.counts.tooLong += 1;
    this.#isSkipping = this.#rule.type === 'line' || this.#endsBySilence;
    this.#drop(this.#isSkipping ? this.#held.length : 1);
  }

  #drop(count: number): void {
    this.counts.noiseBytes += count;
    this.#held = this.#held.subarray(count);
  }
}

/** The end mark of a line of exactly `max` bytes still has to fit in, and so has what doubling adds. */
const endRoom = 8;

type Taken =
  | {
      readonly kind: 'frame';
      readonly length: number;
      readonly next: number;
      readonly text?: Uint8Array;
      readonly unpacked?: Uint8Array;
    }
  | { readonly kind: 'skip'; readonly count: number }
  | { readonly kind: 'more' };

const more: Taken = { kind: 'more' };

function take(rule: FramingRule, held: Uint8Array): Taken {
  switch (rule.type) {
    case 'bytes':
      return { kind: 'frame', length: 1, next: 1 };
    case 'line': {
      const skip = rule.start === undefined ? 0 : toStart(rule.start, held);
      if (skip > 0) return { kind: 'skip', count: skip };
      const end = rule.end === undefined ? held.findIndex((b) => b === 0x0d || b === 0x0a) : find(rule.end, held, 0);
      return end < 0 ? more : { kind: 'frame', length: end, next: end + (rule.end?.length ?? 1) };
    }
    case 'startEnd': {
      const skip = toStart(rule.start, held);
      if (skip > 0) return { kind: 'skip', count: skip };
      const end = find(rule.end, held, rule.start.length);
      const next = end + rule.end.length + rule.after;
      if (end < 0 || held.length < next) return more;
      return { kind: 'frame', length: next, next, text: held.subarray(rule.start.length, end) };
    }
    case 'fixed': {
      const skip = rule.start === undefined ? 0 : toStart(rule.start, held);
      if (skip > 0) return { kind: 'skip', count: skip };
      return held.length < rule.length ? more : { kind: 'frame', length: rule.length, next: rule.length };
    }
    case 'lengthPrefixed':
      return takeCounted(rule, held);
    case 'slip':
      return takeEscaped(held, { start: [], end: [0xc0], unpack: unpackSlip });
    case 'dle':
      return takeDle(held);
    case 'idleGap':
    case 'modbusRtu':
      return more;
    default:
      return assertNever(rule);
  }
}

/** Where a frame starts that is told by a mark or by its check, the true start may lie inside a false one. */
function canSlide(rule: FramingRule): boolean {
  return rule.type === 'startEnd' || rule.type === 'fixed' || rule.type === 'lengthPrefixed';
}

function takeCounted(rule: Extract<FramingRule, { type: 'lengthPrefixed' }>, held: Uint8Array): Taken {
  const skip = rule.start === undefined ? 0 : toStart(rule.start, held);
  if (skip > 0) return { kind: 'skip', count: skip };
  const { at, bytes, adds, endian } = rule.lenField;
  if (held.length < at + bytes) return more;
  const field = [...held.subarray(at, at + bytes)];
  if (endian === 'le') field.reverse();
  const length = field.reduce((total, byte) => total * 256 + byte, 0) + adds;
  // No frame is shorter than its own length field, nor longer than it may be: this was no start.
  if (length < at + bytes || length > rule.max) return { kind: 'skip', count: 1 };
  return held.length < length ? more : { kind: 'frame', length, next: length };
}

type Escaped = {
  readonly start: readonly number[];
  readonly end: readonly number[];
  unpack(bytes: Uint8Array): Uint8Array | undefined;
};

function takeEscaped(held: Uint8Array, { end, unpack }: Escaped): Taken {
  const at = find(Uint8Array.from(end), held, 0);
  if (at < 0) return more;
  const unpacked = unpack(held.subarray(0, at));
  return unpacked === undefined
    ? { kind: 'skip', count: at + end.length }
    : { kind: 'frame', length: at, next: at + end.length, unpacked };
}

function takeDle(held: Uint8Array): Taken {
  const skip = toStart(Uint8Array.of(0x10, 0x02), held);
  if (skip > 0) return { kind: 'skip', count: skip };
  const plain: number[] = [];
  for (let at = 2; at < held.length; at += 1) {
    const byte = held[at] ?? 0;
    if (byte !== 0x10) {
      plain.push(byte);
      continue;
    }
    at += 1;
    const second = held[at];
    if (second === undefined) return more;
    if (second === 0x03) return { kind: 'frame', length: at + 1, next: at + 1, unpacked: Uint8Array.from(plain) };
    // A new DLE STX: the frame before it was cut off.
    if (second !== 0x10) return { kind: 'skip', count: second === 0x02 ? at - 1 : at + 1 };
    plain.push(0x10);
  }
  return more;
}

/** How many bytes stand before the next start; a start that may just be coming is kept. */
function toStart(start: Uint8Array, held: Uint8Array): number {
  const [first = 0] = start;
  for (let at = held.indexOf(first); at >= 0; at = held.indexOf(first, at + 1)) {
    if (fitsAt(start, held, at)) return at;
  }
  return held.length;
}

function find(mark: Uint8Array, held: Uint8Array, from: number): number {
  const [first = 0] = mark;
  for (let at = held.indexOf(first, from); at >= 0; at = held.indexOf(first, at + 1)) {
    if (at + mark.length <= held.length && fitsAt(mark, held, at)) return at;
  }
  return -1;
}

/** Whether a mark stands there, as far as bytes have come. */
function fitsAt(mark: Uint8Array, held: Uint8Array, at: number): boolean {
  const length = Math.min(mark.length, held.length - at);
  for (let index = 1; index < length; index += 1) if (held[at + index] !== mark[index]) return false;
  return true;
}

function joined(held: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(held.length + bytes.length);
  both.set(held);
  both.set(bytes, held.length);
  return both;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
