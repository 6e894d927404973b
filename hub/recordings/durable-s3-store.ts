import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { S3Store } from '@tus/s3-store';
import { ERRORS, Upload } from '@tus/utils';
import { bodyHash } from './body-hash.ts';
import { inTurn } from './in-turn.ts';
import {
  damagedSha256,
  type IncomingBody,
  ownerKey,
  type RecordingStore,
  type StoreWatch,
  type UploadLook,
  uploadId,
} from './recording-store.ts';
import { RunningDigests } from './running-digests.ts';
import { type S3BodyPorts, takeS3Body } from './s3-body.ts';
import { type S3Place, s3Client } from './s3-client.ts';
import { isMissing, S3Objects, WrongLength } from './s3-objects.ts';
import {
  emptyS3State,
  namedBy,
  offsetOf,
  partCopyKey,
  pieceKey,
  readableSoFar,
  type S3State,
  s3State,
  stateKey,
} from './s3-state.ts';

/** How often an upload that moves is looked at again. */
const looksMax = 3;

export interface S3StoreOptions extends S3Place {
  /** An upload that is not complete so long after it began answers 410, in milliseconds; 0 for never. */
  readonly expirationMs: number;
  readonly watch: StoreWatch;
}

/**
 * Recordings in any S3-compatible store: `ID` the object, `ID.info` what it is about, `ID.state` how far it is, `ID.piece-N`
 * bytes that wait until they make a part, `ID.part-N` a part once more where somebody may listen before the end. The state
 * is put last and is the commit: what was written before it and is not named by it was never acknowledged. The stock store
 * deletes its waiting part before the next is there, takes a vanished multipart upload for a complete object, and lists
 * parts, which some stores can't; hence the state. Several hubs must send one upload to one hub.
 */
export class DurableS3Store extends S3Store implements RecordingStore {
  readonly #inTurn = inTurn();
  readonly #digests = new RunningDigests();
  readonly #objects: S3Objects;
  readonly #watch: StoreWatch;
  readonly #bodies: S3BodyPorts;

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
    this.#bodies = {
      objects: this.#objects,
      watch,
      commit: (id, state) => this.#commit(id, state),
      onGone: (id) => this.#objects.delete([this.infoKey(id)]),
    };
  }

  override create(upload: Upload): Promise<Upload> {
    return this.#inTurn(upload.id, async () => {
      const known = await this.#standing(upload.id);
      if (known !== null) {
        const { expiresAt } = this.#asLook(known.facts, known.state);
        if (expiresAt === null || Date.now() <= expiresAt) return this.#asUpload(known.facts, known.state);
        await this.#removeNow(upload.id, known.state);
      }
      const { id, size, metadata } = upload;
      const made = new Upload({ id, offset: 0, metadata, ...(size === undefined ? {} : { size }) });
      // Without a state it is as it began; the multipart upload is begun with the first part.
      await this.#objects.put(this.infoKey(id), JSON.stringify({ ...made, creation_date: new Date().toISOString() }));
      return this.#asUpload(made, await this.#finished(id, { ...emptyS3State, size: size ?? null }));
    });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    return (await this.take(id, () => ({ pieces: stream, offset, size: null, length: null }))).offset;
  }

  take(id: string, open: (look: UploadLook | null) => IncomingBody): Promise<UploadLook> {
    return this.#inTurn(id, async () => {
      const found = await this.#standing(id);
      const body = open(found === null ? null : this.#asLook(found.facts, found.state));
      if (found === null) throw ERRORS.FILE_NOT_FOUND;
      const { facts, state: before } = found;
      if (offsetOf(before) !== body.offset) throw ERRORS.INVALID_OFFSET;
      const hashes = { chunk: bodyHash(), whole: this.#digests.from(id, body.offset) };
      const { state, whole, cut } = await takeS3Body(this.#bodies, id, before, body, hashes);
      if (whole !== null) {
        const done = await this.#putWhole(id, state, whole);
        if (cut !== null) throw cut.cause;
        return this.#asLook(facts, done);
      }
      const kept = await this.#commit(id, state);
      this.#digests.keep(id, hashes.whole, offsetOf(kept));
      await this.#watch?.('state-recorded');
      await this.#sweep(id, before, kept);
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

  /** Not in turn: a call goes on for an hour. What is swept away meanwhile lies somewhere else by then. */
  async readSoFar(id: string, start: number, end: number): Promise<Buffer | null> {
    for (let tries = 1; ; tries += 1) {
      const state = await this.#known(id);
      const whole = [{ name: id, length: offsetOf(state) }];
      const readable = state.sha256 === null ? readableSoFar(id, state) : whole;
      if (readable === null) return null;
      try {
        return await this.#objects.gatherRange(readable, start, Math.min(end, offsetOf(state)));
      } catch (cause) {
        if (!isMissing(cause) || tries === looksMax) throw cause;
      }
    }
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
   * When all bytes are there: makes the object, has its length told, and writes down its digest, which is read back when a
   * restart lost it. May be begun again anywhere.
   */
  async #finished(id: string, state: S3State): Promise<S3State> {
    if (state.sha256 !== null || state.size === null || offsetOf(state) !== state.size) return state;
    if (state.parts.length === 0) return this.#putWhole(id, state, await this.#objects.gather(state.pieces));
    const isMadeNow = await this.#completed(id, state, state.size);
    await this.#watch?.('object-completed');
    const known = isMadeNow ? this.#digests.from(id, state.size) : null;
    const sha256 = known?.digest('hex') ?? (await this.#objects.digest(id, state.size));
    return this.#done(id, state, sha256);
  }

  /** The object of one that has no parts: put at once, whatever lay there. */
  async #putWhole(id: string, state: S3State, whole: Buffer): Promise<S3State> {
    await this.#objects.put(id, whole);
    await this.#watch?.('object-completed');
    return this.#done(id, { ...state, size: whole.length }, createHash('sha256').update(whole).digest('hex'));
  }

  /** Writes down that it is complete, once its length was told. */
  async #done(id: string, state: S3State, sha256: string): Promise<S3State> {
    const length = state.size ?? 0;
    if ((await this.#objects.lengthOf(id)) !== length) throw new Error(`the object of upload ${id} has a wrong size`);
    await this.#watch?.('digest-known');
    const parts = [{ number: 1, tag: '', length, isReadable: false }];
    const done = await this.#commit(id, { ...state, sha256, pieces: [], parts });
    this.#digests.forget(id);
    await this.#watch?.('state-recorded');
    await this.#sweep(id, state, done);
    return done;
  }

  /** Makes the object of its parts. False: it was made before, perhaps by a hub that died before it said so. */
  async #completed(id: string, { multipart, parts, pieces }: S3State, size: number): Promise<boolean> {
    const all = [...parts];
    const rest = await this.#objects.gather(pieces);
    const name = multipart ?? '';
    try {
      if (rest.length > 0) {
        const number = all.length + 1;
        const tag = await this.#objects.putPart(id, name, number, rest);
        all.push({ number, tag, length: rest.length, isReadable: false });
      }
      await this.#objects.completeMultipart(id, name, all);
      return true;
    } catch (cause) {
      // Some stores call a multipart upload that is done missing, others their own fault.
      if ((await this.#objects.lengthOf(id)) === size) return false;
      if (!isMissing(cause)) throw cause;
      // Neither the parts nor the object: the store threw them away. The seat is told to begin anew.
      await this.#objects.delete([this.infoKey(id)]);
      throw ERRORS.FILE_NO_LONGER_EXISTS;
    }
  }

  /** First what makes it known goes: no crash leaves an upload that is known and has no bytes. */
  async #removeNow(id: string, state: S3State): Promise<void> {
    await this.#objects.delete([this.infoKey(id)]);
    if (state.sha256 === null && state.multipart !== null) await this.#objects.abort(id, state.multipart);
    // The ones after the last may have been put by a hub that died before it committed.
    const unnamed = [pieceKey(id, state.next), partCopyKey(id, state.parts.length + 1)];
    await this.#objects.delete([...namedBy(id, state), ...unnamed]);
    await this.#objects.delete([stateKey(id)]);
    await this.#objects.delete([id]);
    this.#digests.forget(id);
  }

  /** Removes what a commit no longer names. What stays is in nobody's way. */
  async #sweep(id: string, before: S3State, now: S3State): Promise<void> {
    const named = new Set(namedBy(id, now));
    await this.#objects.delete(namedBy(id, before).filter((name) => !named.has(name)));
  }

  async #commit(id: string, state: S3State): Promise<S3State> {
    await this.#objects.put(stateKey(id), JSON.stringify(state));
    return state;
  }

  async #standing(id: string): Promise<{ readonly facts: Upload; readonly state: S3State } | null> {
    const found = await this.#found(id);
    return found === null ? null : { ...found, state: await this.#finished(id, found.state) };
  }

  async #known(id: string): Promise<S3State> {
    const found = await this.#found(id);
    if (found === null) throw ERRORS.FILE_NOT_FOUND;
    return found.state;
  }

  /** An upload as it is written down. One that has no state yet has taken nothing. */
  async #found(id: string): Promise<{ readonly facts: Upload; readonly state: S3State } | null> {
    if (!uploadId.test(id)) return null;
    const [known, recorded] = await Promise.all([
      this.getMetadata(id).catch(nullIfMissing),
      this.#objects.text(stateKey(id)).catch(nullIfMissing),
    ]);
    if (known === null) return null;
    const { file: facts, 'upload-id': first } = known;
    const state =
      recorded === null ? { ...emptyS3State, size: facts.size ?? null } : s3State.parse(JSON.parse(recorded));
    // Uploads of older hubs have had their multipart upload from the beginning.
    return { facts, state: { ...state, multipart: state.multipart ?? first ?? null } };
  }

  async #facts(id: string): Promise<Upload | null> {
    return uploadId.test(id) ? ((await this.getMetadata(id).catch(nullIfMissing))?.file ?? null) : null;
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

function nullIfMissing(cause: unknown): null {
  if (isMissing(cause)) return null;
  throw cause;
}
