import { newOpusReaderState, type OpusPacket, OpusReader, type OpusReaderState, opusPacketMs } from './opus-reader.ts';

/** One packet on the recording's own clock. */
export interface TimedPacket {
  readonly atMs: number;
  readonly durationMs: number;
  readonly data: Uint8Array;
}

/** The length of a packet of silence. */
export const silenceMs = 20;

/** Packets that would begin this long before the one before them ends are left out: the same sound twice. */
export const overlapMaxMs = 120;

/** The longest recording laid out: a day. A time beyond it is not a time. */
export const timelineMaxMs = 24 * 3_600_000;

/** A frame of sound, decrypted. */
export interface SoundFrame {
  readonly number: number;
  readonly segment: number;
  readonly atMs: number;
  readonly sound: Uint8Array;
}

/** Where a layout stands before a frame: it goes on from there as if nothing had been. */
export interface LayoutState {
  readonly run: RunState | null;
  /** Where the last packet ends. */
  readonly cursorMs: number;
}

/** A block that hangs together: frames of one segment whose numbers follow each other. */
interface RunState {
  readonly reader: OpusReaderState;
  readonly segment: number;
  /** The number of its last frame. */
  readonly previous: number;
  readonly bytes: number;
  readonly cursorMs: number;
  /** Where the last frames begin, and their times. */
  readonly marks: readonly { readonly offset: number; readonly atMs: number }[];
  /** Packets that were read before the first one with a time of its own. */
  readonly leads: readonly { readonly offset: number; readonly ms: number }[];
}

/** How many of the last are remembered: a packet lies across two frames at most. */
const marksMax = 4;
const leadsMax = 400;

/** The layout at the beginning of a recording. */
export const firstLayoutState: LayoutState = { run: null, cursorMs: 0 };

/**
 * Lays a recording out on its clock, frame by frame, and can be taken up again before any frame. Segments (one
 * MediaRecorder stream each) come one after the other; a pause, a lost frame and a damaged one leave silence of their own
 * length, so every later second stays in its place. Frames come in the order of their numbers, which is that of their times:
 * a packet that would begin before the one before it ends is left out.
 */
export class SoundLayout {
  /** The decoder's head, from the first stream that has one. */
  head: Uint8Array | null = null;
  channels: number | null = null;
  /** For how many channels silence was given before anything said how many there are; null: that never happened. */
  guessedChannels: number | null = null;
  /** Where each segment's own clock begins, on the recording's. Found out on the first way through. */
  readonly #bases: Map<number, number>;
  #run: { -readonly [Key in keyof Omit<RunState, 'reader'>]: RunState[Key] } | null = null;
  #reader: OpusReader | null = null;
  #cursorMs = 0;

  constructor(bases: Map<number, number>) {
    this.#bases = bases;
  }

  state(): LayoutState {
    const run = this.#run === null || this.#reader === null ? null : { ...this.#run, reader: this.#reader.state() };
    return { run, cursorMs: this.#cursorMs };
  }

  goTo({ run, cursorMs }: LayoutState): void {
    this.#cursorMs = cursorMs;
    this.#reader = run === null ? null : new OpusReader(run.reader);
    this.#run = run === null ? null : { ...run };
  }

  /** The packets of a frame; silence before them where nothing was. To be read to its end before the next. */
  *take({ number, segment, atMs, sound }: SoundFrame): Generator<TimedPacket> {
    const isStart = isStreamStart(sound);
    const isFollowing = this.#run?.segment === segment && this.#run.previous === number - 1 && !isStart;
    if (!isFollowing) {
      yield* this.#endRun();
      this.#reader = new OpusReader(newOpusReaderState(isStart));
      this.#run = { segment, previous: number, bytes: 0, cursorMs: atMs, marks: [], leads: [] };
    }
    const run = this.#run;
    const reader = this.#reader;
    if (run === null || reader === null) throw new Error('a frame belongs to a run');
    run.previous = number;
    run.marks = [...run.marks.slice(1 - marksMax), { offset: run.bytes, atMs }];
    run.bytes += sound.length;
    yield* this.#timed(reader.push(sound));
    this.head ??= reader.head;
    this.channels ??= reader.channels;
  }

  /** What is left, and silence up to a time. */
  *end(untilMs: number): Generator<TimedPacket> {
    yield* this.#endRun();
    yield* this.#silenceUpTo(untilMs);
  }

  *#endRun(): Generator<TimedPacket> {
    if (this.#reader !== null) yield* this.#timed(this.#reader.end());
    this.head ??= this.#reader?.head ?? null;
    this.channels ??= this.#reader?.channels ?? null;
    this.#reader = null;
    this.#run = null;
  }

  *#timed(packets: readonly OpusPacket[]): Generator<TimedPacket> {
    const run = this.#run;
    if (run === null) return;
    for (const { streamMs, offset, data } of packets) {
      const durationMs = opusPacketMs(data);
      const base = streamMs === null ? null : this.#baseOf(run, offset, streamMs);
      // Before the first cluster of a run whose beginning is lost, packets simply follow each other.
      const atMs = streamMs === null || base === null ? run.cursorMs : base + streamMs;
      if (streamMs === null && !this.#bases.has(run.segment))
        run.leads = [...run.leads.slice(1 - leadsMax), { offset, ms: durationMs }];
      run.cursorMs = atMs + durationMs;
      if (durationMs > 0 && atMs >= -overlapMaxMs && run.cursorMs <= timelineMaxMs)
        yield* this.#withoutHole({ atMs, durationMs, data });
    }
  }

  /** A stream's own clock begins somewhere; where, on the recording's clock, its first packet with a time tells. */
  #baseOf({ segment, marks, leads }: Pick<RunState, 'segment' | 'marks' | 'leads'>, offset: number, streamMs: number) {
    const known = this.#bases.get(segment);
    if (known !== undefined) return known;
    const mark = marks.findLast((one) => one.offset <= offset) ?? marks[0] ?? { offset: 0, atMs: 0 };
    const leadMs = leads.filter((lead) => lead.offset >= mark.offset).reduce((sum, { ms }) => sum + ms, 0);
    const base = mark.atMs + leadMs - streamMs;
    this.#bases.set(segment, base);
    return base;
  }

  *#withoutHole(packet: TimedPacket): Generator<TimedPacket> {
    if (this.#cursorMs - packet.atMs > overlapMaxMs) return;
    yield* this.#silenceUpTo(packet.atMs);
    const atMs = this.#cursorMs;
    this.#cursorMs += packet.durationMs;
    yield { ...packet, atMs };
  }

  *#silenceUpTo(untilMs: number): Generator<TimedPacket> {
    const channels = this.channels ?? 2;
    if (this.channels === null && untilMs - this.#cursorMs >= silenceMs) this.guessedChannels = channels;
    while (untilMs - this.#cursorMs >= silenceMs) {
      const atMs = this.#cursorMs;
      this.#cursorMs += silenceMs;
      yield { atMs, durationMs: silenceMs, data: silentPacket(channels) };
    }
  }
}

/** Every WebM stream begins with the EBML header. */
export function isStreamStart(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3;
}

/** 20 ms of silence: full-band CELT (configuration 31), one frame, whose range coder says "silence" at once. */
export function silentPacket(channels: number): Uint8Array {
  return Uint8Array.of(channels === 1 ? 0xf8 : 0xfc, 0xff, 0xfe);
}
