import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type S3, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3Piece } from './s3-state.ts';

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

  async delete(key: string): Promise<void> {
    await this.#client.deleteObject({ Bucket: this.#bucket, Key: key });
  }

  /** A multipart upload is given up; a store that does not know how to, or has none, is left to its lifecycle rule. */
  async abort(key: string, multipart: string | undefined): Promise<void> {
    try {
      await this.#client.abortMultipartUpload({ Bucket: this.#bucket, Key: key, UploadId: multipart });
    } catch (cause) {
      if (!(cause instanceof S3ServiceException)) throw cause;
    }
  }

  /** Pieces one after the other. Rejects when one has another length. */
  async gather(pieces: readonly S3Piece[]): Promise<Buffer> {
    const found: Buffer[] = [];
    for (const { name, length } of pieces) {
      const bytes = Buffer.concat(await (await this.get(name, null)).toArray());
      if (bytes.length !== length) throw new WrongLength(`${name} gave ${bytes.length} bytes, not ${length}`);
      found.push(bytes);
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

/** Whether the store said that it is not there. */
export function isMissing(cause: unknown): boolean {
  return cause instanceof S3ServiceException && cause.$metadata.httpStatusCode === 404;
}
