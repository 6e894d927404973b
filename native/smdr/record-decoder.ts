import type { CallRecord } from '../../core/call-record.ts';
import { trimAscii, trimAsciiEnd } from './ascii-trim.ts';
import type { SmdrLayout } from './layout.ts';
import { LineSplitter, type SplitLine } from './line-splitter.ts';
import { buildLeg, textDecoding, toldDate } from './record-builder.ts';
import { RecordJoiner } from './record-joiner.ts';
import { type LineValues, recordLengthMax, shapeReader } from './shape-reader.ts';
import { SwitchCalendar, type WallMoment } from './switch-calendar.ts';
import type { DateOrder, PrintedDate } from './value-form.ts';

/** A line that fitted nothing, kept as it came. `hex`: its bytes, when `text` cannot give them back. */
export type UnreadLine = {
  readonly kind: 'unread';
  readonly line: number;
  readonly text: string;
  readonly hex: string | null;
  /** `no-shape`: the layout knows no such line. `too-long`: longer than a record, or a piece of what never ended. */
  readonly reason: 'no-shape' | 'too-long';
};

export type DecodedRecord = { readonly kind: 'record'; readonly record: CallRecord };

/** Every line is counted in exactly one of `unread`, `headings`, `dates` and `fitted`. */
export type RecordCounts = {
  readonly lines: number;
  /** Lines that became a record or a leg of one. */
  readonly fitted: number;
  /** Records given out; fewer than `fitted` where lines were joined. */
  readonly records: number;
  readonly unread: number;
  readonly headings: number;
  readonly dates: number;
};

export type RecordDecoderOptions = {
  /** The receiver's calendar on the day of the first record, for switches that print no year or no date. */
  readonly today: PrintedDate | null;
  /** For a log that is heard live: it is then the day a record comes that counts. */
  readonly now?: () => WallMoment;
  /** In place of the layout's, where a switch was set up differently. */
  readonly dateOrder?: DateOrder;
  readonly encoding?: SmdrLayout['encoding'];
  readonly isSevenBit?: boolean;
};

/** A record told in several lines, whose further lines may still come. */
type PendingRecord = {
  readonly shape: SmdrLayout['shapes'][number];
  readonly found: LineValues;
  readonly line: number;
  text: string;
  readonly wanted: string[];
};

/**
 * Bytes of a switch's call log in, records out. Any bytes are safe: nothing throws, a line that fits no shape is given
 * out as it came, and what is held is bounded (one line, `openCallsMax` calls). One decoder a stream.
 */
export class RecordDecoder {
  readonly #layout: SmdrLayout;
  readonly #splitter: LineSplitter;
  readonly #calendar: SwitchCalendar;
  readonly #joiner: RecordJoiner;
  readonly #readers: readonly { shape: SmdrLayout['shapes'][number]; read: ReturnType<typeof shapeReader> }[];
  #pending: PendingRecord | undefined;
  readonly #counts = { lines: 0, fitted: 0, records: 0, unread: 0, headings: 0, dates: 0 };

  constructor(layout: SmdrLayout, options: RecordDecoderOptions) {
    this.#layout = { ...layout, encoding: options.encoding ?? layout.encoding };
    this.#splitter = new LineSplitter({ ...layout, isSevenBit: options.isSevenBit ?? false });
    this.#calendar = new SwitchCalendar(options.today, options.now);
    this.#joiner = new RecordJoiner(layout);
    const order = options.dateOrder ?? layout.dateOrder;
    this.#readers = layout.shapes.map((shape) => ({ shape, read: shapeReader(shape, order) }));
  }

  /** What these bytes complete, in order. */
  *push(chunk: Uint8Array): Generator<DecodedRecord | UnreadLine, void> {
    for (const line of this.#splitter.push(chunk)) yield* this.#takeLine(line);
  }

  /** The stream has ended: the last line without an end, and the calls whose rest did not come. */
  *end(): Generator<DecodedRecord | UnreadLine, void> {
    for (const line of this.#splitter.end()) yield* this.#takeLine(line);
    yield* this.#finish();
    yield* this.#give(this.#joiner.end());
  }

  /** So far. */
  get counts(): RecordCounts {
    return { ...this.#counts };
  }

  *#takeLine({ number, text, isCut }: SplitLine): Generator<DecodedRecord | UnreadLine, void> {
    this.#counts.lines += 1;
    if (isCut) return yield this.#unread(number, text, 'too-long');
    const trimmed = trimAsciiEnd(text);
    if (this.#isHeading(trimmed) && !this.#fitsShape(trimmed)) {
      this.#counts.headings += 1;
      return;
    }
    if (trimmed.length > recordLengthMax) return yield this.#unread(number, text, 'too-long');
    if (this.#belongs(trimmed, text)) {
      if (this.#pending?.wanted.length === 0) yield* this.#finish();
      return;
    }
    yield* this.#finish();
    for (const { shape, read } of this.#readers) {
      const found = shape.tells === 'rest' ? null : read(trimmed);
      if (found === null) continue;
      const date = shape.tells === 'date' ? toldDate(found) : null;
      if (date !== null) {
        this.#counts.dates += 1;
        this.#calendar.turnTo(date);
        return;
      }
      this.#counts.fitted += 1;
      this.#pending = { shape, found, line: number, text, wanted: [...shape.followedBy] };
      if (shape.followedBy.length === 0) yield* this.#finish();
      return;
    }
    yield this.#unread(number, text, 'no-shape');
  }

  /** Whether a line is a further one of the record before it; then it is taken. */
  #belongs(trimmed: string, text: string): boolean {
    const pending = this.#pending;
    while (pending !== undefined && pending.wanted.length > 0) {
      const wanted = pending.wanted[0] ?? '';
      const reader = this.#readers.find(({ shape }) => shape.name === wanted.replace(/\?$/, ''));
      const found = reader?.read(trimmed) ?? null;
      if (found === null && !wanted.endsWith('?')) return false;
      pending.wanted.shift();
      if (found === null) continue;
      this.#counts.fitted += 1;
      pending.text += `\n${text}`;
      for (const [name, value] of found.texts) pending.found.texts.set(name, value);
      for (const [name, value] of found.values) pending.found.values.set(name, value);
      return true;
    }
    return false;
  }

  /** Gives out the record whose lines have come, and one whose further lines will not come any more. */
  *#finish(): Generator<DecodedRecord, void> {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    const { shape, found, line, wanted } = pending;
    const source = { line, text: textDecoding(this.#layout.encoding)(pending.text) };
    const leg = buildLeg(this.#layout, shape, found, this.#calendar, source);
    const isWhole = wanted.every((one) => one.endsWith('?'));
    for (const record of this.#joiner.add(leg, found))
      yield* this.#give([isWhole ? record : { ...record, isComplete: false }]);
  }

  *#give(records: readonly CallRecord[]): Generator<DecodedRecord, void> {
    for (const record of records) {
      this.#counts.records += 1;
      yield { kind: 'record', record };
    }
  }

  #isHeading(line: string): boolean {
    if (/^[-=_*~ \t]*$/.test(line)) return true;
    return this.#layout.headings.some(
      ({ startsWith, contains }) =>
        (startsWith === undefined || trimAscii(line).startsWith(startsWith)) &&
        (contains === undefined || line.includes(contains)),
    );
  }

  /** A name may hold the words of a heading (a room called CLASSROOM, a caller called RUSTAM): what is a record stays one. */
  #fitsShape(line: string): boolean {
    return (
      line.length <= recordLengthMax &&
      this.#readers.some(({ shape, read }) => shape.tells !== 'rest' && read(line) !== null)
    );
  }

  #unread(line: number, latin1: string, reason: UnreadLine['reason']): UnreadLine {
    this.#counts.unread += 1;
    const bytes = Buffer.from(latin1, 'latin1');
    const encoding = this.#layout.encoding;
    const text = textDecoding(encoding)(latin1);
    // Latin1 shows every byte; the other two do only when nothing was wrong with them.
    const isFaithful = encoding === 'latin1' || !text.includes('\ufffd');
    return { kind: 'unread', line, text, hex: isFaithful ? null : bytes.toString('hex'), reason };
  }
}
