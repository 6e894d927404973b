import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type S3, S3ServiceException, UploadPartCommand } from '@aws-sdk/client-s3';
import type { S3Part, S3Piece } from './s3-state.ts';
import type { StreamedPart } from './s3-streamed-part.ts';

/** So many small requests of one upload are under way at once. */
const requestsAtOnce = 8;

/** An object has another length than was written down. */
export class WrongLength extends Error {
  override readonly name = 'WrongLength';
}

/** What is asked of single objects of a bucket. */
export class S3Objects {
  readonly #client: S3;
  readonly #bucket: string;

  constructor(client: S3, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** `range` as HTTP has it; null for all of it. Rejects with what `isMissing` knows when it is not there. */
  async get(key: string, range: string | null): Promise<Readable> {
    const { Body } = await this.#client.getObject({
      Bucket: this.#bucket,
      Key: key,
      ...(range === null ? {} : { Range: range }),
    });
    if (!(Body instanceof Readable)) throw new Error(`${key} came without a body`);
    return Body;
  }

  async text(key: string): Promise<string> {
    return Buffer.concat(await (await this.get(key, null)).toArray()).toString('utf8');
  }

  async put(key: string, body: Buffer | string): Promise<void> {
    await this.#client.putObject({ Bucket: this.#bucket, Key: key, Body: body });
  }

  /** Null: it is not there. */
  async lengthOf(key: string): Promise<number | null> {
    try {
      return (await this.#client.headObject({ Bucket: this.#bucket, Key: key })).ContentLength ?? null;
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw cause;
    }
  }

  /** Removes objects; one that is not there is no fault. */
  async delete(keys: readonly string[]): Promise<void> {
    await severalAtOnce(keys, (key) => this.#client.deleteObject({ Bucket: this.#bucket, Key: key }));
  }

  /** Begins a multipart upload; answers its name. */
  async beginMultipart(key: string): Promise<string> {
    const { UploadId } = await this.#client.createMultipartUpload({ Bucket: this.#bucket, Key: key });
    if (UploadId === undefined) throw new Error(`the multipart upload of ${key} has no name`);
    return UploadId;
  }

  /** Puts a part; answers its tag. Rejects with what `isMissing` knows when the multipart upload is not there. */
  async putPart(key: string, multipart: string, number: number, body: Buffer): Promise<string> {
    const part = { Bucket: this.#bucket, Key: key, UploadId: multipart, PartNumber: number, Body: body };
    const { ETag } = await this.#client.uploadPart(part);
    if (ETag === undefined) throw new Error(`part ${number} of ${key} has no tag`);
    return ETag;
  }

  /** The same of bytes that are still coming, of which length and hash are known; not tried again by itself. */
  async putPartStream(
    { key, multipart, number, sha256, length }: StreamedPart,
    body: Readable,
    signal: AbortSignal,
  ): Promise<string> {
    const named = { Bucket: this.#bucket, Key: key, UploadId: multipart, PartNumber: number };
    const command = new UploadPartCommand({ ...named, Body: body, ContentLength: length });
    command.middlewareStack.add(
      (next) => (args) => {
        const { request } = args;
        if (isWithHeaders(request)) request.headers['x-amz-content-sha256'] = sha256;
        return next(args);
      },
      { step: 'build', name: 'knownContentHash' },
    );
    const { ETag } = await this.#client.send(command, { abortSignal: signal });
    if (ETag === undefined) throw new Error(`part ${number} of ${key} has no tag`);
    return ETag;
  }

  /** Makes the object of its parts. Rejects as `putPart` does. */
  async completeMultipart(key: string, multipart: string, parts: readonly S3Part[]): Promise<void> {
    await this.#client.completeMultipartUpload({
      Bucket: this.#bucket,
      Key: key,
      UploadId: multipart,
      MultipartUpload: { Parts: parts.map(({ number, tag }) => ({ PartNumber: number, ETag: tag })) },
    });
  }

  /** A multipart upload is given up; a store that does not know how to, or has none, is left to its lifecycle rule. */
  async abort(key: string, multipart: string | undefined): Promise<void> {
    try {
      await this.#client.abortMultipartUpload({ Bucket: this.#bucket, Key: key, UploadId: multipart });
    } catch (cause) {
      if (!(cause instanceof S3ServiceException)) throw cause;
    }
  }

  /** Pieces one after the other. Rejects with `WrongLength` when one has another length. */
  async gather(pieces: readonly S3Piece[]): Promise<Buffer> {
    const whole = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
    await this.gatherInto(whole, pieces);
    return whole;
  }

  /** The same, to the beginning of a buffer that has room for them. */
  async gatherInto(buffer: Buffer, pieces: readonly S3Piece[]): Promise<void> {
    let end = 0;
    const places = pieces.map(({ name, length }) => {
      end += length;
      return { name, length, start: end - length };
    });
    await severalAtOnce(places, async ({ name, length, start }) => {
      let at = start;
      for await (const piece of await this.get(name, null)) {
        const bytes: Buffer = piece;
        if (at + bytes.length <= start + length) bytes.copy(buffer, at);
        at += bytes.length;
      }
      if (at !== start + length) throw new WrongLength(`${name} gave ${at - start} bytes, not ${length}`);
    });
  }

  /** Bytes from `start` up to and without `end` of pieces one after the other. */
  async gatherRange(pieces: readonly S3Piece[], start: number, end: number): Promise<Buffer> {
    const found: Buffer[] = [];
    let at = 0;
    for (const { name, length } of pieces) {
      const [from, until] = [Math.max(start, at) - at, Math.min(end, at + length) - at];
      at += length;
      if (from >= until) continue;
      const range = from === 0 && until === length ? null : `bytes=${from}-${until - 1}`;
      found.push(Buffer.concat(await (await this.get(name, range)).toArray()));
    }
    return Buffer.concat(found);
  }

  /** SHA-256 of an object as it is read, hex. Rejects with `WrongLength`. */
  async digest(key: string, length: number): Promise<string> {
    const hash = createHash('sha256');
    let read = 0;
    for await (const piece of await this.get(key, null)) {
      const bytes: Buffer = piece;
      hash.update(bytes);
      read += bytes.length;
    }
    if (read !== length) throw new WrongLength(`the object ${key} gave ${read} bytes, not ${length}`);
    return hash.digest('hex');
  }
}

function isWithHeaders(request: unknown): request is { readonly headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request;
}

/** Whether the store said that it is not there. */
export function isMissing(cause: unknown): boolean {
  return cause instanceof S3ServiceException && cause.$metadata.httpStatusCode === 404;
}

async function severalAtOnce<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(requestsAtOnce, items.length) }, worker));
}
