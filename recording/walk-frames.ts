import { windowBytes } from './byte-window.ts';
import { type Content, decodeContent } from './content.ts';
import { chained, type FrameKeys, frameLength, headLength, marker, readBody, readHead } from './frame.ts';
import { framesOffset } from './header.ts';

/** A frame and where it stands in the file, in bytes. */
export interface Frame {
  readonly number: number;
  readonly content: Content;
  readonly offset: number;
  readonly length: number;
}

/** What was found on the way through a file, once. */
export interface Walk {
  /** Authentic frames in the order of the file. */
  readonly frames: readonly Frame[];
  /** Numbers whose head is true and whose body is not. */
  readonly damaged: readonly number[];
  /** Stretches that hold no frame of this recording, and the number of the frame after each (null: none). */
  readonly strays: readonly { readonly offset: number; readonly before: number | null }[];
  /** The chain hash over the authentic frames before the end. */
  readonly chain: Buffer;
}

/** The bytes a walk wants to see next. */
export interface Look {
  readonly offset: number;
  readonly length: number;
}

/** Those bytes, fewer at the end, and how long the file is as far as is known by now. */
export interface Seen {
  readonly bytes: Buffer;
  readonly fileLength: number;
}

/** A walk asks for one piece of the file after the other, wherever the file lies, and gives `Value` at the end. */
export type Walking<Value> = Generator<Look, Value, Seen>;

/**
 * Walks through a recording's frames, whatever happened to its file. `kept`: what is remembered of a frame's content; who
 * plays a long recording leaves its sound where it is.
 */
export function walkFrames(walk: {
  readonly keys: FrameKeys;
  readonly firstLink: Buffer;
  readonly fileLength: number;
  readonly kept: (content: Content) => Content;
}): Walking<Walk> {
  return new FrameWalk(walk).run();
}

/** Whether a frame ends its recording. */
export function isEnd(content: Content | undefined): content is Extract<Content, { readonly chain: string }> {
  return content?.type === 'close' || content?.type === 'seal';
}

class FrameWalk {
  readonly #keys: FrameKeys;
  readonly #kept: (content: Content) => Content;
  readonly #frames: Frame[] = [];
  readonly #damaged: number[] = [];
  readonly #strays: { offset: number; before: number | null }[] = [];
  #chain: Buffer;
  #fileLength: number;

  constructor({ keys, firstLink, fileLength, kept }: Parameters<typeof walkFrames>[0]) {
    this.#keys = keys;
    this.#chain = firstLink;
    this.#fileLength = fileLength;
    this.#kept = kept;
  }

  *run(): Walking<Walk> {
    let offset: number | null = Math.min(framesOffset, this.#fileLength);
    while (offset !== null && offset < this.#fileLength) offset = yield* this.#stepAt(offset);
    return { frames: this.#frames, damaged: this.#damaged, strays: this.#strays, chain: this.#chain };
  }

  /** What stands at an offset; gives where the next thing stands, null: nothing more is to be found. */
  *#stepAt(offset: number): Walking<number | null> {
    const head = readHead(this.#keys, yield* this.#at(offset, headLength), 0);
    if (head === null) {
      const next = yield* this.#nextHead(offset + 1);
      // The file may have turned out to be shorter than it was said to be.
      if (offset < this.#fileLength) this.#strays.push({ offset, before: next?.number ?? null });
      return next?.offset ?? null;
    }
    const length = frameLength(head);
    const frame = yield* this.#at(offset, length);
    const body = readBody(this.#keys, head, frame, 0);
    if (body === null) return yield* this.#stepOver(offset, length, head.number);
    const content = decodeContent(head.type, body);
    if (!isEnd(content)) this.#chain = chained(this.#chain, frame);
    this.#frames.push({ number: head.number, content: this.#kept(content), offset, length });
    return offset + length;
  }

  /** A true head whose body is not: perhaps bytes were taken out, so another head may stand within its length. */
  *#stepOver(offset: number, length: number, number: number): Walking<number | null> {
    const inside = yield* this.#nextHead(offset + headLength);
    if (inside === null && offset + length > this.#fileLength) {
      this.#strays.push({ offset, before: null });
      return null;
    }
    this.#damaged.push(number);
    return inside !== null && inside.offset < offset + length ? inside.offset : offset + length;
  }

  /** The next true head at or after an offset: the marker is found fast, the head's own seal decides. */
  *#nextHead(from: number): Walking<{ readonly offset: number; readonly number: number } | null> {
    for (let at = from; at < this.#fileLength; ) {
      const bytes = yield* this.#at(at, windowBytes);
      for (let hit = bytes.indexOf(marker); hit >= 0; hit = bytes.indexOf(marker, hit + 1)) {
        const head = readHead(this.#keys, yield* this.#at(at + hit, headLength), 0);
        if (head !== null) return { offset: at + hit, number: head.number };
      }
      if (bytes.length < windowBytes) return null;
      // A marker may lie across the end of this piece.
      at += bytes.length - (marker.length - 1);
    }
    return null;
  }

  *#at(offset: number, length: number): Walking<Buffer> {
    const { bytes, fileLength } = yield { offset, length };
    this.#fileLength = fileLength;
    return bytes;
  }
}
