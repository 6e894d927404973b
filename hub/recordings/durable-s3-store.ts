import type { Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { S3Store } from '@tus/s3-store';
import { ERRORS, Upload } from '@tus/utils';
import { bodyHash } from './body-hash.ts';
import { inTurn } from './in-turn.ts';
import {
  type BodyPlace,
  damagedSha256,
  ownerKey,
  type RecordingStore,
  type StoreWatch,
  type UploadLook,
  uploadId,
} from './recording-store.ts';
import { RunningDigests } from './running-digests.ts';
import { type S3Place, s3Client } from './s3-client.ts';
import { isMissing, S3Objects, WrongLength } from './s3-objects.ts';
import { emptyS3State, offsetOf, pieceKey, type S3State, s3State, stateKey } from './s3-state.ts';

/** No part but the last may be smaller (S3's own rule), so less than this waits as pieces of its own. */
const partBytes = 5 * 1024 * 1024;
/** Pieces that wait for one part; more are put together into one, so the state stays small. */
const piecesMax = 64;

export interface S3StoreOptions extends S3Place {
  /** An upload that is not complete so long after it began answers 410, in milliseconds; 0 for never. */
  readonly expirationMs: number;
  readonly watch: StoreWatch;
}

/**
 * Recordings in any S3-compatible store: `ID` the object, `ID.info` what it is about, `ID.state` how far it is, `ID.piece-N`
 * bytes that wait until they make a part. The state is put last and is the commit: what was written before it and is not
 * named by it was never acknowledged. The stock store deletes its waiting part before the next is there, takes a vanished
 * multipart upload for a complete object, and lists parts, which some stores can't; hence the state. Several hubs must
 * send one upload to one hub.
 */
export class DurableS3Store extends S3Store implements RecordingStore {
  readonly #inTurn = inTurn();
  readonly #digests = new RunningDigests();
  readonly #objects: S3Objects;
  readonly #watch: StoreWatch;

  constructor({ expirationMs, watch, ...place }: S3StoreOptions) {
    super({
      expirationPeriodInMilliseconds: expirationMs,
      useTags: false,
      // Another hub may have written since, and a seat has thousands of uploads: nothing is remembered.
      cache: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
      s3ClientConfig: s3Client(place),
    });
    this.extensions = [...this.extensions, 'checksum'];
    this.#objects = new S3Objects(this.client, this.bucket);
    this.#watch = watch;
  }

  override create(upload: Upload): Promise<Upload> {
    return this.#inTurn(upload.id, async () => {
      const known = await this.#facts(upload.id);
      if (known !== null) {
        const before = await this.#finished(upload.id, await this.#state(upload.id));
        const { expiresAt } = this.#asLook(known, before);
        if (expiresAt === null || Date.now() <= expiresAt) return this.#asUpload(known, before);
        await this.#removeNow(upload.id, before);
      }
      const made = await super.create(upload);
      const state = await this.#commit(made.id, { ...emptyS3State, size: made.size ?? null });
      return this.#asUpload(made, await this.#finished(made.id, state));
    });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    return (await this.take(stream, id, { offset, size: null })).offset;
  }

  take(pieces: AsyncIterable<Buffer>, id: string, { offset, size }: BodyPlace): Promise<UploadLook> {
    return this.#inTurn(id, async () => {
      const [facts, before] = await Promise.all([this.#facts(id), this.#state(id)]);
      if (facts === null) throw ERRORS.FILE_NOT_FOUND;
      if (offsetOf(before) !== offset) throw ERRORS.INVALID_OFFSET;
      const whole = this.#digests.from(id, offset);
      const { state, cut } = await this.#take(pieces, id, { ...before, size: before.size ?? size }, whole);
      const kept = await this.#commit(id, state);
      this.#digests.keep(id, whole, offsetOf(kept));
      await this.#watch?.('state-recorded');
      await this.#sweep(before, kept);
      if (cut !== null) throw cut.cause;
      return this.#asLook(facts, await this.#finished(id, kept));
    });
  }

  look(id: string): Promise<UploadLook | null> {
    return this.#inTurn(id, async () => {
      const found = await this.#standing(id);
      return found === null ? null : this.#asLook(found.facts, found.state);
    });
  }

  override getUpload(id: string): Promise<Upload> {
    return this.#inTurn(id, async () => {
      const found = await this.#standing(id);
      if (found === null) throw ERRORS.FILE_NOT_FOUND;
      return this.#asUpload(found.facts, found.state);
    });
  }

  override declareUploadLength(id: string, size: number): Promise<void> {
    return this.#inTurn(id, async () => {
      await this.#commit(id, { ...(await this.#known(id)), size });
    });
  }

  override remove(id: string): Promise<void> {
    return this.#inTurn(id, async () => this.#removeNow(id, await this.#known(id)));
  }

  digestOf(id: string): Promise<string | null> {
    return this.#inTurn(id, async () => (await this.#standing(id))?.state.sha256 ?? null);
  }

  verify(id: string): Promise<string | null> {
    return this.#inTurn(id, async () => {
      const state = (await this.#standing(id))?.state;
      if (state === undefined || state.sha256 === null) return null;
      const sha256 = await this.#objects.digest(id, offsetOf(state)).catch((cause: unknown) => {
        // A store that does not answer says nothing about the object.
        if (isMissing(cause) || cause instanceof WrongLength) return damagedSha256;
        throw cause;
      });
      if (sha256 !== state.sha256) await this.#commit(id, { ...state, sha256 });
      return sha256;
    });
  }

  async ownerOf(id: string): Promise<string | null> {
    return (await this.#facts(id))?.metadata?.[ownerKey] ?? null;
  }

  async readRange(id: string, start: number, end: number): Promise<Readable> {
    if ((await this.digestOf(id)) === null) throw ERRORS.FILE_NOT_FOUND;
    return this.#objects.get(id, `bytes=${start}-${Math.max(start, end - 1)}`);
  }

  /** Parts of a multipart upload can't be read before it is complete; a call has some megabytes and is pieces. */
  readSoFar(id: string): Promise<Buffer | null> {
    return this.#inTurn(id, async () => {
      const { parts, pieces } = await this.#known(id);
      return parts.length > 0 ? null : this.#objects.gather(pieces);
    });
  }

  async *uploads(): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page = await this.client.listObjectsV2({ Bucket: this.bucket, ContinuationToken: token });
      for (const { Key = '' } of page.Contents ?? []) if (Key.endsWith('.info')) yield Key.slice(0, -5);
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /**
   * Takes a body piece by piece, the next part while the one before is on its way. Nothing holds until it is committed, so
   * a body that does not fit leaves all as it was.
   */
  async #take(
    pieces: AsyncIterable<Buffer>,
    id: string,
    from: S3State,
    whole: Hash | null,
  ): Promise<{ state: S3State; cut: { cause: unknown } | null }> {
    const hash = bodyHash();
    let adding: Promise<S3State> = Promise.resolve(from);
    let end = offsetOf(from);
    let waiting: Buffer[] = [];
    let bytesWaiting = 0;
    let cut: { readonly cause: unknown } | null = null;
    const put = async (): Promise<void> => {
      const body = Buffer.concat(waiting);
      waiting = [];
      bytesWaiting = 0;
      const state = await adding;
      adding = this.#add(id, state, body);
      // Its fault is told by the next that waits for it.
      adding.catch(() => undefined);
    };
    try {
      for await (const bytes of pieces) {
        end += bytes.length;
        if (from.size !== null && end > from.size) throw ERRORS.ERR_SIZE_EXCEEDED;
        hash.update(bytes);
        whole?.update(bytes);
        waiting.push(bytes);
        bytesWaiting += bytes.length;
        if (bytesWaiting >= partBytes) await put();
      }
    } catch (cause) {
      cut = { cause };
    }
    if (hash.isAsked && (cut !== null || !hash.fits())) {
      await adding;
      throw cut?.cause ?? hash.mismatch();
    }
    if (bytesWaiting > 0) await put();
    return { state: await adding, cut };
  }

  /** Adds bytes: as a piece, or with all pieces before it as a part when they suffice. */
  async #add(id: string, state: S3State, bytes: Buffer): Promise<S3State> {
    const held = state.pieces.reduce((sum, { length }) => sum + length, 0);
    const isPart = held + bytes.length >= partBytes;
    const isMany = state.pieces.length >= piecesMax;
    const body = isPart || isMany ? Buffer.concat([await this.#objects.gather(state.pieces), bytes]) : bytes;
    const { next } = state;
    if (isPart) {
      const number = state.parts.length + 1;
      const tag = await this.#part(id, body, number);
      return { ...state, pieces: [], parts: [...state.parts, { number, tag, length: body.length }] };
    }
    const piece = { name: pieceKey(id, next), length: body.length };
    await this.#objects.put(piece.name, body);
    await this.#watch?.('data-written');
    return { ...state, next: next + 1, pieces: [...(isMany ? [] : state.pieces), piece] };
  }

  /** A multipart upload that the store threw away (a lifecycle rule) is gone: the seat is told to begin anew. */
  async #part(id: string, body: Buffer, number: number): Promise<string> {
    try {
      const tag = await this.uploadPart(await this.getMetadata(id), body, number);
      await this.#watch?.('data-written');
      return tag;
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      await this.#objects.delete(this.infoKey(id));
      throw ERRORS.FILE_NO_LONGER_EXISTS;
    }
  }

  /**
   * When all bytes are there: makes the object, has its length told, and writes down its digest, which is read back when a
   * restart lost it. May be begun again anywhere.
   */
  async #finished(id: string, state: S3State): Promise<S3State> {
    if (state.sha256 !== null || state.size === null || offsetOf(state) !== state.size) return state;
    const parts = [...state.parts];
    if (state.pieces.length > 0 || parts.length === 0) {
      const last = await this.#objects.gather(state.pieces);
      const number = parts.length + 1;
      if ((await this.#objects.lengthOf(id)) === null)
        parts.push({ number, tag: await this.#part(id, last, number), length: last.length });
    }
    // The hub may have died after this and before its answer: then the object is there and the multipart upload is not.
    if ((await this.#objects.lengthOf(id)) === null)
      await this.finishMultipartUpload(
        await this.getMetadata(id),
        parts.map(({ number, tag }) => ({ PartNumber: number, ETag: tag })),
      );
    await this.#watch?.('object-completed');
    if ((await this.#objects.lengthOf(id)) !== state.size)
      throw new Error(`the object of upload ${id} has a wrong size`);
    const sha256 = this.#digests.from(id, state.size)?.digest('hex') ?? (await this.#objects.digest(id, state.size));
    this.#digests.forget(id);
    await this.#watch?.('digest-known');
    const done = await this.#commit(id, {
      ...state,
      sha256,
      pieces: [],
      parts: [{ number: 1, tag: '', length: state.size }],
    });
    await this.#sweep(state, done);
    return done;
  }

  /** First what makes it known goes: no crash leaves an upload that is known and has no bytes. */
  async #removeNow(id: string, state: S3State): Promise<void> {
    const { 'upload-id': multipart } = await this.getMetadata(id);
    await this.#objects.delete(this.infoKey(id));
    if (state.sha256 === null) await this.#objects.abort(id, multipart);
    // The one after the last may have been put by a hub that died before it committed.
    for (const name of [...state.pieces.map((piece) => piece.name), pieceKey(id, state.next)])
      await this.#objects.delete(name);
    await this.#objects.delete(stateKey(id));
    await this.#objects.delete(id);
  }

  /** Removes the pieces that a commit no longer names. One that stays is in nobody's way. */
  async #sweep(before: S3State, now: S3State): Promise<void> {
    const named = new Set(now.pieces.map(({ name }) => name));
    for (const { name } of before.pieces) if (!named.has(name)) await this.#objects.delete(name);
  }

  async #commit(id: string, state: S3State): Promise<S3State> {
    await this.#objects.put(stateKey(id), JSON.stringify(state));
    return state;
  }

  async #standing(id: string): Promise<{ readonly facts: Upload; readonly state: S3State } | null> {
    const facts = await this.#facts(id);
    return facts === null ? null : { facts, state: await this.#finished(id, await this.#state(id)) };
  }

  async #known(id: string): Promise<S3State> {
    if ((await this.#facts(id)) === null) throw ERRORS.FILE_NOT_FOUND;
    return this.#state(id);
  }

  async #facts(id: string): Promise<Upload | null> {
    if (!uploadId.test(id)) return null;
    try {
      return (await this.getMetadata(id)).file;
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw cause;
    }
  }

  /** An upload whose creation was cut short has no state yet: nothing was taken. */
  async #state(id: string): Promise<S3State> {
    try {
      return s3State.parse(JSON.parse(await this.#objects.text(stateKey(id))));
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      const { file } = await this.getMetadata(id);
      return { ...emptyS3State, size: file.size ?? null };
    }
  }

  #asUpload({ id, metadata, creation_date }: Upload, state: S3State): Upload {
    // A complete upload never expires: its age is told as none, which is all the server uses it for.
    const age = state.sha256 === null && creation_date !== undefined ? { creation_date } : {};
    const size = state.size === null ? {} : { size: state.size };
    return new Upload({ id, offset: offsetOf(state), metadata, ...size, ...age });
  }

  #asLook({ metadata, creation_date }: Upload, state: S3State): UploadLook {
    const periodMs = this.getExpiration();
    const isMortal = state.sha256 === null && periodMs > 0 && creation_date !== undefined;
    return {
      owner: metadata?.[ownerKey] ?? null,
      metadata: metadata ?? {},
      offset: offsetOf(state),
      size: state.size,
      sha256: state.sha256,
      expiresAt: isMortal ? Date.parse(creation_date) + periodMs : null,
    };
  }
}
