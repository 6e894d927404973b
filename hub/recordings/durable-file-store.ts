import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open as openFile,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/utils';
import { bodyHash } from './body-hash.ts';
import { BodyWriter } from './body-writer.ts';
import { noneThere, syncFolder, translate, writeAll, writeNew } from './durable-files.ts';
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
import { digestOfFile, RunningDigests } from './running-digests.ts';
import { type UploadFacts, uploadFacts } from './upload-facts.ts';
import { encodeState, readState, recordedLengthMin, slotOf, type UploadState } from './upload-state.ts';

/** A long body without a checksum is made durable each so many bytes, so a cut costs no more than that. */
const syncEachBytes = 8 * 1024 * 1024;

/** Leftovers of a creation that a crash cut short are removed after so long, in milliseconds. */
const orphanMs = 24 * 3_600_000;

export interface FileStoreOptions {
  /** The folder; nothing else lies there. */
  readonly directory: string;
  /** An upload that is not complete so long after it began is removed, in milliseconds; 0 for never. */
  readonly expirationMs: number;
  readonly watch: StoreWatch;
}

/**
 * Recordings as files: `ID.data` the bytes, `ID.state` how far they are durable, `ID.json` what the upload is about.
 * Order of a chunk: data, fdatasync, state, fdatasync, answer. So the state never says more than the disk holds; bytes
 * beyond it are of a chunk that was never acknowledged, and the next chunk cuts them off.
 */
export class DurableFileStore extends DataStore implements RecordingStore {
  override extensions = [
    'creation',
    'creation-with-upload',
    'creation-defer-length',
    'termination',
    'expiration',
    'checksum',
  ];
  readonly #options: FileStoreOptions;
  readonly #inTurn = inTurn();
  readonly #digests = new RunningDigests();

  constructor(options: FileStoreOptions) {
    super();
    this.#options = options;
  }

  override create(upload: Upload): Promise<Upload> {
    return this.#inTurn(upload.id, async () => {
      const known = await this.#facts(upload.id);
      if (known !== null) {
        const before = await this.#finished(upload.id, await this.#state(upload.id));
        if (before.sha256 !== null || !this.#isExpired(known)) return this.#asUpload(upload.id, known, before);
        await this.#removeNow(upload.id);
      }
      const { directory } = this.#options;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const size = upload.size ?? null;
      const facts: UploadFacts = { createdAt: new Date().toISOString(), size, metadata: { ...upload.metadata } };
      // Only what makes it known is synced: with nothing in it yet, an upload whose state was lost is as it began.
      await writeFile(this.#path(upload.id, 'data'), Buffer.alloc(0), { mode: 0o600 });
      const state = { sequence: 0, offset: 0, size, sha256: size === 0 ? emptySha256 : null };
      await writeFile(this.#path(upload.id, 'state'), encodeState(state), { mode: 0o600 });
      await writeNew(this.#path(upload.id, 'new'), Buffer.from(JSON.stringify(facts)));
      await rename(this.#path(upload.id, 'new'), this.#path(upload.id, 'json'));
      await syncFolder(directory);
      return this.#asUpload(upload.id, facts, state);
    }).catch(translate);
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    return (await this.take(id, () => ({ pieces: stream, offset, size: null, length: null }))).offset;
  }

  take(id: string, open: (look: UploadLook | null) => IncomingBody): Promise<UploadLook> {
    return this.#inTurn(id, async () => {
      const facts = await this.#facts(id);
      const before = facts === null ? null : await this.#finished(id, await this.#state(id));
      const body = open(facts === null || before === null ? null : this.#asLook(facts, before));
      if (facts === null || before === null) throw ERRORS.FILE_NOT_FOUND;
      if (before.offset !== body.offset) throw ERRORS.INVALID_OFFSET;
      const file = await openFile(this.#path(id, 'data'), constants.O_RDWR | constants.O_NOFOLLOW);
      try {
        if ((await file.stat()).size > before.offset) await file.truncate(before.offset);
        return this.#asLook(facts, await this.#take(file, body.pieces, id, before, before.size ?? body.size));
      } finally {
        await file.close();
      }
    }).catch(translate);
  }

  look(id: string): Promise<UploadLook | null> {
    return this.#inTurn(id, async () => {
      const facts = await this.#facts(id);
      return facts === null ? null : this.#asLook(facts, await this.#finished(id, await this.#state(id)));
    });
  }

  override getUpload(id: string): Promise<Upload> {
    return this.#inTurn(id, async () => {
      const facts = await this.#facts(id);
      if (facts === null) throw ERRORS.FILE_NOT_FOUND;
      return this.#asUpload(id, facts, await this.#finished(id, await this.#state(id)));
    });
  }

  override declareUploadLength(id: string, size: number): Promise<void> {
    return this.#inTurn(id, async () => {
      const state = await this.#known(id);
      await this.#record(id, { ...state, size });
    }).catch(translate);
  }

  override remove(id: string): Promise<void> {
    return this.#inTurn(id, async () => {
      if ((await this.#facts(id)) === null) throw ERRORS.FILE_NOT_FOUND;
      await this.#removeNow(id);
    });
  }

  override getExpiration(): number {
    return this.#options.expirationMs;
  }

  override async deleteExpired(): Promise<number> {
    const { directory } = this.#options;
    const names = await readdir(directory).catch(noneThere);
    const known = new Set(names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)));
    const now = Date.now();
    for (const name of names) {
      if (known.has(name.slice(0, 32))) continue;
      const path = join(directory, name);
      const found = await stat(path).catch(noneThere);
      if (!Array.isArray(found) && now - found.mtimeMs > orphanMs) await rm(path, { force: true });
    }
    let removed = 0;
    for (const id of known) {
      const facts = await this.#facts(id);
      if (facts === null || !this.#isExpired(facts)) continue;
      if ((await this.#state(id)).sha256 !== null) continue;
      await this.remove(id);
      removed += 1;
    }
    return removed;
  }

  digestOf(id: string): Promise<string | null> {
    return this.#inTurn(id, async () => {
      if ((await this.#facts(id)) === null) return null;
      return (await this.#finished(id, await this.#state(id))).sha256;
    });
  }

  verify(id: string): Promise<string | null> {
    return this.#inTurn(id, async () => {
      if ((await this.#facts(id)) === null) return null;
      const state = await this.#finished(id, await this.#state(id));
      if (state.sha256 === null) return null;
      const sha256 = await digestOfFile(this.#path(id, 'data'), state.offset).catch(() => damagedSha256);
      if (sha256 !== state.sha256) await this.#record(id, { ...state, sha256 });
      return sha256;
    });
  }

  async ownerOf(id: string): Promise<string | null> {
    return (await this.#facts(id))?.metadata[ownerKey] ?? null;
  }

  /** Not in turn: what is below a state's offset never changes. */
  async readSoFar(id: string, start: number, end: number): Promise<Buffer> {
    const { offset } = await this.#known(id);
    const file = await openFile(this.#path(id, 'data'), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const bytes = Buffer.alloc(Math.max(0, Math.min(end, offset) - start));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async *uploads(): AsyncGenerator<string> {
    for (const name of await readdir(this.#options.directory).catch(noneThere))
      if (name.endsWith('.json')) yield name.slice(0, -5);
  }

  /** Takes a body. Without a checksum, whatever came of it is kept; with one, all of it or nothing. */
  async #take(
    file: FileHandle,
    pieces: AsyncIterable<Buffer>,
    id: string,
    from: UploadState,
    size: number | null,
  ): Promise<UploadState> {
    const path = this.#path(id, 'data');
    const hash = bodyHash();
    const body = new BodyWriter(file, from.offset);
    const whole = this.#digests.from(id, from.offset);
    let state: UploadState = { ...from, size };
    const keep = async (): Promise<void> => {
      const { end } = body;
      if (end === state.offset && size !== end && size === from.size) return;
      await body.written();
      await this.#options.watch?.('data-written');
      await body.sync();
      await this.#options.watch?.('data-synced');
      const sha256 = end === size ? await this.#wholeDigest(file, path, end, whole) : null;
      state = await this.#record(id, { ...state, offset: end, sha256 });
      this.#digests.keep(id, sha256 === null ? whole : null, end);
      await this.#options.watch?.('state-recorded');
    };
    let cut: { readonly cause: unknown } | null = null;
    try {
      for await (const bytes of pieces) {
        if (size !== null && body.end + bytes.length > size) throw ERRORS.ERR_SIZE_EXCEEDED;
        hash.update(bytes);
        whole?.update(bytes);
        await body.push(bytes);
        if (!hash.isAsked && body.end - state.offset >= syncEachBytes) await keep();
      }
    } catch (cause) {
      cut = { cause };
    }
    if (hash.isAsked && (cut !== null || !hash.fits())) {
      await body.written().finally(() => file.truncate(from.offset));
      throw cut?.cause ?? hash.mismatch();
    }
    await keep();
    if (cut !== null) throw cut.cause;
    return state;
  }

  /** Of what was written; read back when a restart lost what was known of it. Rejects when the file has another length. */
  async #wholeDigest(file: FileHandle, path: string, length: number, whole: Hash | null): Promise<string> {
    if (whole === null) return digestOfFile(path, length);
    const { size } = await file.stat();
    if (size !== length) throw new Error(`${path} holds ${size} bytes, not ${length}`);
    return whole.copy().digest('hex');
  }

  /** An upload whose last byte is there and whose digest is not: the hub died in between. */
  async #finished(id: string, state: UploadState): Promise<UploadState> {
    if (state.sha256 !== null || state.size !== state.offset) return state;
    return this.#record(id, { ...state, sha256: await digestOfFile(this.#path(id, 'data'), state.offset) });
  }

  /** First what makes it known, durably: no crash leaves an upload that is known and has no bytes. */
  async #removeNow(id: string): Promise<void> {
    await rm(this.#path(id, 'json'));
    await syncFolder(this.#options.directory);
    for (const kind of ['state', 'data'] as const) await rm(this.#path(id, kind), { force: true });
    this.#digests.forget(id);
  }

  #isExpired({ createdAt }: UploadFacts): boolean {
    const { expirationMs } = this.#options;
    return expirationMs > 0 && Date.now() > Date.parse(createdAt) + expirationMs;
  }

  async #record(id: string, next: UploadState): Promise<UploadState> {
    const state = { ...next, sequence: next.sequence + 1 };
    const file = await openFile(this.#path(id, 'state'), constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      await writeAll(file, [encodeState(state)], slotOf(state.sequence));
      await file.datasync();
      return state;
    } finally {
      await file.close();
    }
  }

  async #known(id: string): Promise<UploadState> {
    if ((await this.#facts(id)) === null) throw ERRORS.FILE_NOT_FOUND;
    return this.#state(id);
  }

  async #facts(id: string): Promise<UploadFacts | null> {
    if (!uploadId.test(id)) return null;
    const text = await readFile(this.#path(id, 'json'), 'utf8').catch(noneThere);
    return Array.isArray(text) ? null : uploadFacts.parse(JSON.parse(text));
  }

  async #state(id: string): Promise<UploadState> {
    const text = await readFile(this.#path(id, 'state')).catch(noneThere);
    const state = Array.isArray(text) ? null : readState(text);
    if (state !== null) return state;
    const size = (await this.#facts(id))?.size ?? null;
    const data = await stat(this.#path(id, 'data')).catch(noneThere);
    // A power cut just after it was made, or in its first chunk: its state was never synced, so nothing was acknowledged.
    const isNeverRecorded = Array.isArray(text) || text.length < recordedLengthMin;
    if (!Array.isArray(data) && (data.size === 0 || isNeverRecorded))
      return { sequence: 0, offset: 0, size, sha256: size === 0 ? emptySha256 : null };
    throw new Error(`the state of upload ${id} is damaged in both places`);
  }

  #asUpload(id: string, { createdAt, metadata }: UploadFacts, { offset, size, sha256 }: UploadState): Upload {
    // A complete upload never expires: its age is told as none, which is all the server uses it for.
    const age = sha256 === null ? { creation_date: createdAt } : {};
    return new Upload({ id, offset, metadata, ...(size === null ? {} : { size }), ...age });
  }

  #asLook({ createdAt, metadata }: UploadFacts, { offset, size, sha256 }: UploadState): UploadLook {
    const { expirationMs } = this.#options;
    const expiresAt = sha256 === null && expirationMs > 0 ? Date.parse(createdAt) + expirationMs : null;
    return { owner: metadata[ownerKey] ?? null, metadata, offset, size, sha256, expiresAt };
  }

  #path(id: string, kind: 'data' | 'state' | 'json' | 'new'): string {
    if (!uploadId.test(id)) throw ERRORS.FILE_NOT_FOUND;
    return join(this.#options.directory, `${id}.${kind}`);
  }
}

/** Of nothing at all. */
const emptySha256 = createHash('sha256').digest('hex');
