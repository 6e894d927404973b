import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { S3Store } from '@tus/s3-store';
import { ERRORS, Upload } from '@tus/utils';
import { bodyHash } from './body-hash.ts';
import { inTurn } from './in-turn.ts';
import { ownerKey, type RecordingStore, type StoreWatch, uploadId } from './recording-store.ts';
import { emptyS3State, offsetOf, pieceKey, type S3Piece, type S3State, s3State, stateKey } from './s3-state.ts';

/** No part but the last may be smaller (S3's own rule), so less than this waits as pieces of its own. */
const partBytes = 5 * 1024 * 1024;
/** Pieces that wait for one part; more are put together into one, so the state stays small. */
const piecesMax = 64;

export interface S3StoreOptions {
  readonly bucket: string;
  readonly endpoint: string | null;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
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
  readonly #watch: StoreWatch;

  constructor({ bucket, endpoint, region, accessKeyId, secretAccessKey, expirationMs, watch }: S3StoreOptions) {
    super({
      expirationPeriodInMilliseconds: expirationMs,
      useTags: false,
      // Another hub may have written since, and a seat has thousands of uploads: nothing is remembered.
      cache: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
      s3ClientConfig: {
        bucket,
        region,
        ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
        credentials: { accessKeyId, secretAccessKey },
        // Compatible stores do not all know the newer trailing checksums; each body is signed with its SHA-256 anyway.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      },
    });
    this.extensions = [...this.extensions, 'checksum'];
    this.#watch = watch;
  }

  override create(upload: Upload): Promise<Upload> {
    return this.#inTurn(upload.id, async () => {
      const known = await this.#facts(upload.id);
      if (known !== null) {
        const before = await this.#finished(upload.id, await this.#state(upload.id));
        if (before.sha256 !== null || !this.#isExpired(known)) return this.#asUpload(known, before);
        await this.#removeNow(upload.id, before);
      }
      const made = await super.create(upload);
      const state = await this.#commit(made.id, { ...emptyS3State, size: made.size ?? null });
      return this.#asUpload(made, await this.#finished(made.id, state));
    });
  }

  override write(stream: Readable, id: string, offset: number): Promise<number> {
    return this.#inTurn(id, async () => {
      const before = await this.#known(id);
      if (offsetOf(before) !== offset) throw ERRORS.INVALID_OFFSET;
      const { state, cut } = await this.#take(stream, id, before);
      const kept = await this.#commit(id, state);
      await this.#watch?.('state-recorded');
      await this.#sweep(before, kept);
      if (cut !== null) throw cut.cause;
      return offsetOf(await this.#finished(id, kept));
    });
  }

  override getUpload(id: string): Promise<Upload> {
    return this.#inTurn(id, async () => {
      const facts = await this.#facts(id);
      if (facts === null) throw ERRORS.FILE_NOT_FOUND;
      return this.#asUpload(facts, await this.#finished(id, await this.#state(id)));
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
    return this.#inTurn(id, async () => {
      if ((await this.#facts(id)) === null) return null;
      return (await this.#finished(id, await this.#state(id))).sha256;
    });
  }

  async ownerOf(id: string): Promise<string | null> {
    return (await this.#facts(id))?.metadata?.[ownerKey] ?? null;
  }

  async readRange(id: string, start: number, end: number): Promise<Readable> {
    if ((await this.digestOf(id)) === null) throw ERRORS.FILE_NOT_FOUND;
    return this.#get(id, `bytes=${start}-${Math.max(start, end - 1)}`);
  }

  /** Parts of a multipart upload can't be read before it is complete; a call has some megabytes and is pieces. */
  readSoFar(id: string): Promise<Buffer | null> {
    return this.#inTurn(id, async () => {
      const { parts, pieces } = await this.#known(id);
      return parts.length > 0 ? null : this.#gather(pieces);
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

  /** Takes a body piece by piece. Nothing holds until it is committed, so a body that does not fit leaves all as it was. */
  async #take(
    stream: Readable,
    id: string,
    from: S3State,
  ): Promise<{ state: S3State; cut: { cause: unknown } | null }> {
    const hash = bodyHash();
    let state = from;
    let waiting: Buffer[] = [];
    let bytesWaiting = 0;
    let cut: { readonly cause: unknown } | null = null;
    const put = async (): Promise<void> => {
      state = await this.#add(id, state, Buffer.concat(waiting));
      waiting = [];
      bytesWaiting = 0;
    };
    try {
      for await (const piece of stream) {
        const bytes: Buffer = piece;
        if (state.size !== null && offsetOf(state) + bytesWaiting + bytes.length > state.size)
          throw ERRORS.ERR_SIZE_EXCEEDED;
        hash.update(bytes);
        waiting.push(bytes);
        bytesWaiting += bytes.length;
        if (bytesWaiting >= partBytes) await put();
      }
    } catch (cause) {
      cut = { cause };
    }
    if (hash.isAsked && (cut !== null || !hash.fits())) throw cut?.cause ?? hash.mismatch();
    if (bytesWaiting > 0) await put();
    return { state, cut };
  }

  /** Adds bytes: as a piece, or with all pieces before it as a part when they suffice. */
  async #add(id: string, state: S3State, bytes: Buffer): Promise<S3State> {
    const held = state.pieces.reduce((sum, { length }) => sum + length, 0);
    const isPart = held + bytes.length >= partBytes;
    const isMany = state.pieces.length >= piecesMax;
    const body = isPart || isMany ? Buffer.concat([await this.#gather(state.pieces), bytes]) : bytes;
    const { next } = state;
    if (isPart) {
      const number = state.parts.length + 1;
      const tag = await this.#part(id, body, number);
      return { ...state, pieces: [], parts: [...state.parts, { number, tag, length: body.length }] };
    }
    const piece = { name: pieceKey(id, next), length: body.length };
    await this.client.putObject({ Bucket: this.bucket, Key: piece.name, Body: body });
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
      await this.#delete(this.infoKey(id));
      throw ERRORS.FILE_NO_LONGER_EXISTS;
    }
  }

  /** When all bytes are there: makes the object, reads it back, and writes down its digest. May be begun again anywhere. */
  async #finished(id: string, state: S3State): Promise<S3State> {
    if (state.sha256 !== null || state.size === null || offsetOf(state) !== state.size) return state;
    const parts = [...state.parts];
    if (state.pieces.length > 0 || parts.length === 0) {
      const last = await this.#gather(state.pieces);
      const number = parts.length + 1;
      if ((await this.#lengthOf(id)) === null)
        parts.push({ number, tag: await this.#part(id, last, number), length: last.length });
    }
    // The hub may have died after this and before its answer: then the object is there and the multipart upload is not.
    if ((await this.#lengthOf(id)) === null)
      await this.finishMultipartUpload(
        await this.getMetadata(id),
        parts.map(({ number, tag }) => ({ PartNumber: number, ETag: tag })),
      );
    await this.#watch?.('object-completed');
    if ((await this.#lengthOf(id)) !== state.size) throw new Error(`the object of upload ${id} has a wrong size`);
    const sha256 = await this.#digest(id, state.size);
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
    await this.#delete(this.infoKey(id));
    if (state.sha256 === null)
      await this.client
        .abortMultipartUpload({ Bucket: this.bucket, Key: id, UploadId: multipart })
        .catch(ignoreRefusal);
    // The one after the last may have been put by a hub that died before it committed.
    for (const name of [...state.pieces.map((piece) => piece.name), pieceKey(id, state.next)]) await this.#delete(name);
    await this.#delete(stateKey(id));
    await this.#delete(id);
  }

  #isExpired({ creation_date }: Upload): boolean {
    const periodMs = this.getExpiration();
    return periodMs > 0 && creation_date !== undefined && Date.now() > Date.parse(creation_date) + periodMs;
  }

  async #digest(id: string, length: number): Promise<string> {
    const hash = createHash('sha256');
    let read = 0;
    for await (const piece of await this.#get(id, null)) {
      const bytes: Buffer = piece;
      hash.update(bytes);
      read += bytes.length;
    }
    if (read !== length) throw new Error(`the object of upload ${id} gave ${read} bytes, not ${length}`);
    return hash.digest('hex');
  }

  async #gather(pieces: readonly S3Piece[]): Promise<Buffer> {
    const found: Buffer[] = [];
    for (const { name, length } of pieces) {
      const bytes = Buffer.concat(await (await this.#get(name, null)).toArray());
      if (bytes.length !== length) throw new Error(`${name} gave ${bytes.length} bytes, not ${length}`);
      found.push(bytes);
    }
    return Buffer.concat(found);
  }

  /** Removes the pieces that a commit no longer names. One that stays is in nobody's way. */
  async #sweep(before: S3State, now: S3State): Promise<void> {
    const named = new Set(now.pieces.map(({ name }) => name));
    for (const { name } of before.pieces) if (!named.has(name)) await this.#delete(name);
  }

  async #commit(id: string, state: S3State): Promise<S3State> {
    await this.client.putObject({ Bucket: this.bucket, Key: stateKey(id), Body: JSON.stringify(state) });
    return state;
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
      const text = Buffer.concat(await (await this.#get(stateKey(id), null)).toArray()).toString('utf8');
      return s3State.parse(JSON.parse(text));
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

  async #get(key: string, range: string | null): Promise<Readable> {
    const { Body } = await this.client.getObject({
      Bucket: this.bucket,
      Key: key,
      ...(range === null ? {} : { Range: range }),
    });
    if (!(Body instanceof Readable)) throw new Error(`${key} came without a body`);
    return Body;
  }

  async #lengthOf(key: string): Promise<number | null> {
    try {
      return (await this.client.headObject({ Bucket: this.bucket, Key: key })).ContentLength ?? null;
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw cause;
    }
  }

  async #delete(key: string): Promise<void> {
    await this.client.deleteObject({ Bucket: this.bucket, Key: key });
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof S3ServiceException && cause.$metadata.httpStatusCode === 404;
}

/** A store that does not know how to abort, or has nothing to abort: its lifecycle rule removes the parts. */
function ignoreRefusal(cause: unknown): void {
  if (!(cause instanceof S3ServiceException)) throw cause;
}
