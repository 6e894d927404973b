import type { Content } from './content.ts';
import { type FrameKeys, frameKeys, headLength, readHead } from './frame.ts';
import { framesOffset, readHeader, unwrapKey } from './header.ts';
import { atOnce, type Steps } from './in-turns.ts';
import { type Frame, isEnd, type Walk, walkFrames } from './walk-frames.ts';

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

/** After how many looks into the file, two a frame, other work gets its turn: some milliseconds of decrypting. */
const looksPerTurn = 80;

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
  const walk = yield* walkBytes(keys, bytes, head.copy ?? Buffer.alloc(0));
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

/** Walks through a file that is at hand as a whole. */
function* walkBytes(keys: FrameKeys, bytes: Buffer, firstLink: Buffer): Steps<Walk> {
  const fileLength = bytes.length;
  const walking = walkFrames({ keys, firstLink, fileLength, kept: (content) => content });
  let step = walking.next();
  for (let looks = 1; step.done !== true; looks += 1) {
    const { offset, length } = step.value;
    step = walking.next({ bytes: bytes.subarray(offset, offset + length), fileLength });
    if (looks % looksPerTurn === 0) yield;
  }
  return step.value;
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
