import type { Hash } from 'node:crypto';
import { ERRORS } from '@tus/utils';
import type { BodyHash } from './body-hash.ts';
import type { IncomingBody, StoreWatch } from './recording-store.ts';
import { isMissing, type S3Objects } from './s3-objects.ts';
import { bytesWaiting, offsetOf, partCopyKey, pieceKey, type S3State } from './s3-state.ts';
import { streamPart } from './s3-streamed-part.ts';

/** No part but the last may be smaller (S3's own rule), so less than this waits as pieces of its own. */
export const partBytesMin = 5 * 1024 * 1024;
/** An upload that is whole with this body and has no parts is put as one object if it is no larger. */
const wholeBytesMax = 16 * 1024 * 1024;
/** Pieces that wait for one part; more are put together into one, so the state stays small. */
const piecesMax = 64;

/** What taking a body needs. */
export interface S3BodyPorts {
  readonly objects: S3Objects;
  readonly watch: StoreWatch;
  /** Puts a state: what it says holds from then on. */
  readonly commit: (id: string, state: S3State) => Promise<S3State>;
  /** The multipart upload is not there any more: what the upload had is gone. */
  readonly onGone: (id: string) => Promise<void>;
}

/** What came of a body. Nothing of it holds before `state` is committed. */
export interface TakenBody {
  readonly state: S3State;
  /** All bytes of the upload, when this body made it whole and nothing but pieces was there; then no piece was put. */
  readonly whole: Buffer | null;
  /** Why the body ended before its end; null when it did not. */
  readonly cut: { readonly cause: unknown } | null;
}

/**
 * Takes a body into the store. One that is large enough, with its SHA-256 told before it, is a part by itself and goes
 * through as it comes. Any other is cut into parts as large as the body allows, the next being filled while the one before is on its
 * way, so memory is two parts at most; what is too small for a part becomes a piece. A body that came in a bite smaller
 * than a part is that of a call under way or of a thin line: its parts are put once more as objects, so that they can be
 * heard before the upload is complete. Rejects when the body does not fit; all is as it was then.
 */
export async function takeS3Body(
  ports: S3BodyPorts,
  id: string,
  from: S3State,
  body: IncomingBody,
  hashes: { readonly chunk: BodyHash; readonly whole: Hash | null },
): Promise<TakenBody> {
  const { chunk, whole } = hashes;
  const { length } = body;
  if (length !== null && chunk.sha256 !== null && isPartByItself(from, body, length)) {
    const sha256 = chunk.sha256;
    const begun = await withMultipart(ports, id, from);
    const number = from.parts.length + 1;
    const part = { key: id, multipart: begun.multipart, number, sha256, length };
    const tag = await orGone(ports, id, streamPart(ports.objects, part, body, hashes));
    await ports.watch?.('data-written');
    const parts = [...from.parts, { number, tag, length, isReadable: false }];
    return { state: { ...begun, size: from.size ?? body.size, parts }, whole: null, cut: null };
  }
  const taking = new BodyTaking(ports, id, from, body);
  let cut: TakenBody['cut'] = null;
  try {
    for await (const bytes of body.pieces) {
      if (taking.wouldExceed(bytes.length)) throw ERRORS.ERR_SIZE_EXCEEDED;
      chunk.update(bytes);
      whole?.update(bytes);
      await taking.add(bytes);
    }
  } catch (cause) {
    cut = { cause };
  }
  if (chunk.isAsked && (cut !== null || !chunk.fits())) {
    await taking.settled();
    throw cut?.cause ?? chunk.mismatch();
  }
  return { ...(await taking.end()), cut };
}

class BodyTaking {
  readonly #ports: S3BodyPorts;
  readonly #id: string;
  readonly #from: S3State;
  readonly #isReadable: boolean;
  readonly #room: number;
  #state: S3State;
  #end: number;
  #buffer: Buffer;
  /** The buffer of the part before, once that is up. */
  #spare: Buffer | null = null;
  /** The first buffer begins with room for the pieces that wait. */
  #filled: number;
  #adding: Promise<void> = Promise.resolve();

  constructor(ports: S3BodyPorts, id: string, from: S3State, { size, length }: IncomingBody) {
    const state = { ...from, size: from.size ?? size };
    this.#ports = ports;
    this.#id = id;
    this.#from = from;
    this.#isReadable = length !== null && length < partBytesMin;
    this.#state = state;
    this.#end = offsetOf(state);
    this.#filled = bytesWaiting(state);
    this.#room = roomOf(state, length);
    this.#buffer = Buffer.allocUnsafeSlow(this.#room);
  }

  wouldExceed(bytes: number): boolean {
    return this.#state.size !== null && this.#end + bytes > this.#state.size;
  }

  async add(bytes: Buffer): Promise<void> {
    this.#end += bytes.length;
    for (let rest = bytes; rest.length > 0; ) {
      if (this.#filled === this.#room) await this.#putFull();
      const taken = rest.copy(this.#buffer, this.#filled);
      this.#filled += taken;
      rest = rest.subarray(taken);
    }
  }

  /** Nothing is under way any more. Rejects with the fault of a part. */
  settled(): Promise<void> {
    return this.#adding;
  }

  async end(): Promise<Omit<TakenBody, 'cut'>> {
    await this.#adding;
    const state = this.#state;
    const body = this.#buffer.subarray(0, this.#filled);
    const isLast = this.#end === state.size;
    if (isLast && state.parts.length === 0) {
      await this.#ports.objects.gatherInto(body, state.pieces);
      return { state, whole: body };
    }
    if (this.#filled >= partBytesMin || (isLast && this.#filled > 0)) await this.#addPart(body);
    else if (this.#filled > bytesWaiting(state)) await this.#addPiece(body);
    return { state: this.#state, whole: null };
  }

  /** The next part is filled while this one is on its way. */
  async #putFull(): Promise<void> {
    await this.#adding;
    const full = this.#buffer;
    this.#adding = this.#addPart(full).then(() => {
      this.#spare = full;
    });
    // Its fault is told by the next that waits for it.
    this.#adding.catch(() => undefined);
    this.#buffer = this.#spare ?? Buffer.allocUnsafeSlow(this.#room);
    this.#spare = null;
    this.#filled = 0;
  }

  /** `body` begins with room for the pieces that wait, which become part of it. */
  async #addPart(body: Buffer): Promise<void> {
    const { objects, watch } = this.#ports;
    await objects.gatherInto(body, this.#state.pieces);
    const { multipart } = await withMultipart(this.#ports, this.#id, {
      ...this.#from,
      multipart: this.#state.multipart,
    });
    const number = this.#state.parts.length + 1;
    const [tag] = await Promise.all([
      orGone(this.#ports, this.#id, objects.putPart(this.#id, multipart, number, body)),
      this.#isReadable ? objects.put(partCopyKey(this.#id, number), body) : null,
    ]);
    await watch?.('data-written');
    const part = { number, tag, length: body.length, isReadable: this.#isReadable };
    this.#state = { ...this.#state, multipart, pieces: [], parts: [...this.#state.parts, part] };
  }

  /** Bytes too few for a part. */
  async #addPiece(body: Buffer): Promise<void> {
    const { objects, watch } = this.#ports;
    const state = this.#state;
    const isMany = state.pieces.length >= piecesMax;
    if (isMany) await objects.gatherInto(body, state.pieces);
    const bytes = isMany ? body : body.subarray(bytesWaiting(state));
    const piece = { name: pieceKey(this.#id, state.next), length: bytes.length };
    await objects.put(piece.name, bytes);
    await watch?.('data-written');
    this.#state = { ...state, next: state.next + 1, pieces: [...(isMany ? [] : state.pieces), piece] };
  }
}

/** Begins the multipart upload if there is none. Written down before anything lies in it, so that it can be given up. */
async function withMultipart(
  { objects, commit }: S3BodyPorts,
  id: string,
  state: S3State,
): Promise<S3State & { readonly multipart: string }> {
  if (state.multipart !== null) return { ...state, multipart: state.multipart };
  const begun = { ...state, multipart: await objects.beginMultipart(id) };
  await commit(id, begun);
  return begun;
}

/** A multipart upload that the store threw away (a lifecycle rule) is gone: the seat is told to begin anew. */
async function orGone<Value>({ onGone }: S3BodyPorts, id: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    await onGone(id);
    throw ERRORS.FILE_NO_LONGER_EXISTS;
  }
}

function isPartByItself(from: S3State, { offset, size }: IncomingBody, length: number): boolean {
  const isWhole = from.parts.length === 0 && offset + length === (from.size ?? size) && length <= wholeBytesMax;
  return from.pieces.length === 0 && length >= partBytesMin && !isWhole;
}

/** How many bytes go up at once, those included that wait: even parts, so that no small rest is left to wait. */
function roomOf(state: S3State, length: number | null): number {
  const held = bytesWaiting(state);
  if (length === null) return partBytesMin;
  const total = held + length;
  if (state.parts.length === 0 && offsetOf(state) + length === state.size && total <= wholeBytesMax) return total;
  return Math.ceil(total / Math.max(1, Math.floor(total / partBytesMin)));
}
