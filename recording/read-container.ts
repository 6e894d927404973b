import { type Content, decodeContent } from './content.ts';
import { chained, type FrameKeys, frameKeys, frameLength, headLength, marker, readBody, readHead } from './frame.ts';
import { framesOffset, readHeader, unwrapKey } from './header.ts';
import { atOnce, type Steps } from './in-turns.ts';

/** One sound frame of a recording, decrypted. */
export interface Chunk {
  readonly number: number;
  readonly content: Content;
}

/** What is wrong with a chunk. Numbers count from 0; chunk 0 says which call it is, sound begins at 1. */
export interface Problem {
  readonly chunk: number;
  readonly problem: /** Bytes are there and are not what was written: altered, cut, or from another recording. */
    | 'damaged'
    /** Nothing is there. */
    | 'missing'
    /** It is there once more; the copy was ignored. */
    | 'duplicated'
    /** It is sound and stands in another place. */
    | 'out-of-order'
    /** Something that is no chunk of this recording stands before it. */
    | 'foreign-before';
}

/** A recording as its file tells it. */
export interface ContainerContents {
  readonly kind: 'read';
  readonly recordingId: string;
  readonly createdAt: number;
  /** Every sound chunk in the order of its number; the damaged ones are left out. */
  readonly chunks: readonly Chunk[];
  readonly problems: readonly Problem[];
  /** One of the two copies of the head is damaged; the other served. */
  readonly isHeaderDamaged: boolean;
  /** A last frame that was being written when the seat died: cut off, and no damage. */
  readonly torn: { readonly chunk: number; readonly offset: number; readonly bytes: number } | null;
  /**
   * `complete`: closed, and the chain hash fits. `interrupted`: sealed after a crash. `open`: no end is there: still
   * being recorded, not recovered yet, or cut off.
   */
  readonly end: 'complete' | 'interrupted' | 'open';
  /** The number the next frame would have, and the chain hash over all before it: what sealing needs. */
  readonly next: number;
  readonly chain: Buffer;
  readonly keys: FrameKeys;
}

/** A file that gives nothing at all. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly code: 'not-a-recording' | 'header-damaged' | 'wrong-key';
}

/** A frame and where it stands in the file, in bytes. */
export interface Frame extends Chunk {
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

/** After how many frames other work gets its turn: some milliseconds of decrypting. */
const framesPerTurn = 40;

/**
 * Reads a container in full. Whatever happened to the file, each chunk that is as it was written is given, and each
 * that is not is named by its number. Pure: bytes in, contents out.
 */
export function readContainer(bytes: Buffer, profileKey: Uint8Array): ContainerContents | Unreadable {
  return atOnce(readContainerSteps(bytes, profileKey));
}

/** The same in steps, for a seat that has calls to answer meanwhile. */
export function* readContainerSteps(bytes: Buffer, profileKey: Uint8Array): Steps<ContainerContents | Unreadable> {
  const head = readHeader(bytes);
  if (head.kind !== 'read') return { kind: 'unreadable', code: head.kind };
  const recordingKey = unwrapKey(profileKey, head.header);
  if (recordingKey === null) return { kind: 'unreadable', code: 'wrong-key' };
  const { recordingId, createdAt } = head.header;
  return yield* readFrames(bytes, { recordingId, createdAt, recordingKey }, head);
}

/** A recording whose own key is known without its file's head: the hub's way of reading. */
export interface KnownRecording {
  readonly recordingId: string;
  /** Wall-clock milliseconds; what the file's head says goes before. */
  readonly createdAt: number;
  readonly recordingKey: Uint8Array;
}

/**
 * Reads a container by the recording's own key. The head may be lost in both copies: the frames give their sound all the
 * same. A file that is another recording's is `wrong-key`.
 */
export function* readKnownContainerSteps(bytes: Buffer, known: KnownRecording): Steps<ContainerContents | Unreadable> {
  const head = readHeader(bytes);
  if (head.kind === 'not-a-recording' && bytes.length < framesOffset) return { kind: 'unreadable', code: head.kind };
  if (head.kind !== 'read') {
    const contents = yield* readFrames(bytes, known, { copy: null, isDamaged: true });
    return contents.chunks.length === 0 ? { kind: 'unreadable', code: 'header-damaged' } : contents;
  }
  const { recordingId, createdAt } = head.header;
  if (recordingId !== known.recordingId) return { kind: 'unreadable', code: 'wrong-key' };
  const contents = yield* readFrames(bytes, { ...known, createdAt }, head);
  // A key that opens nothing, not even a first frame that is still coming, is not the key of this file.
  const isCut = bytes.length < framesOffset + headLength || readHead(contents.keys, bytes, framesOffset) !== null;
  return contents.chunks.length === 0 && contents.end === 'open' && !isCut
    ? { kind: 'unreadable', code: 'wrong-key' }
    : contents;
}

function* readFrames(
  bytes: Buffer,
  { recordingId, createdAt, recordingKey }: KnownRecording,
  head: { readonly copy: Buffer | null; readonly isDamaged: boolean },
): Steps<ContainerContents> {
  const keys = frameKeys(recordingId, recordingKey);
  const walk = yield* walkFrames(keys, bytes, head.copy ?? Buffer.alloc(0));
  return concludeWalk(walk, { keys, recordingId, createdAt, length: bytes.length, head });
}

/** The frames in the order of their numbers, each once. */
export function uniqueFrames({ frames }: Walk): readonly Frame[] {
  const unique = new Map<number, Frame>();
  for (const frame of frames) if (!unique.has(frame.number)) unique.set(frame.number, frame);
  return [...unique.values()].toSorted((a, b) => a.number - b.number);
}

/** A file that was walked through. */
export interface Walked {
  readonly keys: FrameKeys;
  readonly recordingId: string;
  readonly createdAt: number;
  /** Bytes of the file. */
  readonly length: number;
  /** `copy` is where the chain hash began; null when the head is lost, and then the chain can't be checked. */
  readonly head: { readonly copy: Buffer | null; readonly isDamaged: boolean };
}

/** What a walk through a file says of the recording. */
export function concludeWalk(walk: Walk, walked: Walked): ContainerContents {
  const { keys, recordingId, createdAt, length, head } = walked;
  const chunks = uniqueFrames(walk);
  const last = chunks.at(-1)?.content;
  const isEnded = last?.type === 'close' || last?.type === 'seal';
  const torn = isEnded ? null : tornTail(walk, length);
  const problems = findProblems(walk, chunks, isEnded);
  const isChainKnown = head.copy !== null;
  if (isChainKnown && problems.length === 0 && isEnd(last) && last.chain !== walk.chain.toString('hex')) {
    problems.push({ chunk: last.chunks, problem: 'damaged' });
  }
  return {
    kind: 'read',
    recordingId,
    createdAt,
    chunks: chunks.filter(({ content }) => !isEnd(content)),
    problems,
    isHeaderDamaged: head.isDamaged,
    torn,
    end: last?.type === 'close' ? 'complete' : last?.type === 'seal' ? 'interrupted' : 'open',
    next: highestNumber(walk) + 1,
    chain: walk.chain,
    keys,
  };
}

/** Whether a frame ends its recording. */
export function isEnd(content: Content | undefined): content is Extract<Content, { readonly chain: string }> {
  return content?.type === 'close' || content?.type === 'seal';
}

function* walkFrames(keys: FrameKeys, bytes: Buffer, firstLink: Buffer): Steps<Walk> {
  const frames: Frame[] = [];
  const damaged: number[] = [];
  const strays: { offset: number; before: number | null }[] = [];
  let chain = firstLink;
  let offset = Math.min(framesOffset, bytes.length);
  while (offset < bytes.length) {
    const head = readHead(keys, bytes, offset);
    if (head === null) {
      const next = nextHead(keys, bytes, offset + 1);
      strays.push({ offset, before: next?.number ?? null });
      if (next === null) break;
      offset = next.offset;
      continue;
    }
    const length = frameLength(head);
    const body = readBody(keys, head, bytes, offset);
    if (body === null) {
      // A true head whose body is not: perhaps bytes were taken out, so another head may stand within its length.
      const inside = nextHead(keys, bytes, offset + headLength);
      if (inside === null && offset + length > bytes.length) {
        strays.push({ offset, before: null });
        break;
      }
      damaged.push(head.number);
      offset = inside !== null && inside.offset < offset + length ? inside.offset : offset + length;
    } else {
      const content = decodeContent(head.type, body);
      frames.push({ number: head.number, content, offset, length });
      if (!isEnd(content)) chain = chained(chain, bytes.subarray(offset, offset + length));
      offset += length;
      if (frames.length % framesPerTurn === 0) yield;
    }
  }
  return { frames, damaged, strays, chain };
}

/** The next true head at or after an offset: the marker is found fast, the head's own seal decides. */
function nextHead(keys: FrameKeys, bytes: Buffer, from: number): { offset: number; number: number } | null {
  for (let offset = bytes.indexOf(marker, from); offset >= 0; offset = bytes.indexOf(marker, offset + 1)) {
    const head = readHead(keys, bytes, offset);
    if (head !== null) return { offset, number: head.number };
  }
  return null;
}

/** What stands after the last whole frame of a file that has no end: the frame that was being written. */
function tornTail(walk: Walk, length: number): ContainerContents['torn'] {
  const tail = walk.strays.at(-1);
  if (tail === undefined || tail.before !== null) return null;
  return { chunk: highestNumber(walk) + 1, offset: tail.offset, bytes: length - tail.offset };
}

function highestNumber({ damaged, frames }: Walk): number {
  const highestFrame = frames.reduce((highest, { number }) => Math.max(highest, number), -1);
  return damaged.reduce((highest, number) => Math.max(highest, number), highestFrame);
}

function findProblems(walk: Walk, chunks: readonly Frame[], isEnded: boolean): Problem[] {
  const problems: Problem[] = [];
  const highest = highestNumber(walk);
  const known = new Set([...chunks.map(({ number }) => number), ...walk.damaged]);
  const whole = new Set(chunks.map(({ number }) => number));
  const damaged = new Set(walk.damaged.filter((number) => !whole.has(number)));
  // A stretch without frames stands for the numbers left out around it; without any, it was put in.
  const unclaimed = new Set<number>();
  for (const { before } of walk.strays) {
    if (before === null) {
      if (isEnded) problems.push({ chunk: highest + 1, problem: 'foreign-before' });
      continue;
    }
    const left: number[] = [];
    for (let number = before - 1; number >= 0 && !known.has(number); number -= 1) left.push(number);
    if (left.length === 0) problems.push({ chunk: before, problem: 'foreign-before' });
    for (const number of left) unclaimed.add(number);
  }
  for (const number of [...damaged, ...unclaimed]) problems.push({ chunk: number, problem: 'damaged' });
  for (let number = 0; number <= highest; number += 1) {
    if (!known.has(number) && !unclaimed.has(number)) problems.push({ chunk: number, problem: 'missing' });
  }
  problems.push(...misplaced(walk.frames));
  return problems.toSorted((a, b) => a.chunk - b.chunk);
}

/** Frames that come twice, and frames that stand where another should. */
function misplaced(frames: readonly Frame[]): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<number>();
  const order: number[] = [];
  for (const { number } of frames) {
    if (seen.has(number)) problems.push({ chunk: number, problem: 'duplicated' });
    else order.push(number);
    seen.add(number);
  }
  const sorted = order.toSorted((a, b) => a - b);
  for (const [index, number] of order.entries()) {
    if (sorted[index] !== number) problems.push({ chunk: number, problem: 'out-of-order' });
  }
  return problems;
}
