import type { DataStore } from '@tus/utils';

/** Between which steps a write is; a test stops the hub there. */
export type StoreStep = 'data-written' | 'data-synced' | 'state-recorded' | 'object-completed' | 'digest-known';

/** Told of each step before the next begins; null for nobody. */
export type StoreWatch = ((step: StoreStep) => void | Promise<void>) | null;

/** What is known of an upload. */
export interface UploadLook {
  /** Whose it is. */
  readonly owner: string | null;
  /** What its seat said of it, and its owner. */
  readonly metadata: Readonly<Record<string, string | null>>;
  /** Bytes that are durable. */
  readonly offset: number;
  /** Bytes in all; null while the client has not said. */
  readonly size: number | null;
  /** SHA-256 as it is stored, hex; null until it is complete. */
  readonly sha256: string | null;
  /** When it is given up unless it is complete, wall-clock milliseconds; null for never. */
  readonly expiresAt: number | null;
}

/** A body that comes in, and what its request says of it. */
export interface IncomingBody {
  /** Read once, in order. Ends early with what it throws. */
  readonly pieces: AsyncIterable<Buffer>;
  /** Where it begins. */
  readonly offset: number;
  /** Bytes of the whole upload, told with this body for the first time; null when it says nothing new. */
  readonly size: number | null;
  /** Bytes of the body as its request announces them; null when it does not. */
  readonly length: number | null;
}

/**
 * Where recordings arrive: a tus DataStore with promises the stock stores do not make. What `write` and `getUpload` say
 * is durable: it survives the loss of power. A chunk with an `Upload-Checksum` is kept whole or not at all. `create` of an
 * id that is there answers what is there. An upload is complete only when the stored bytes were read back and counted.
 */
export interface RecordingStore extends DataStore {
  /** Everything in one look; null when it is not known. */
  look(id: string): Promise<UploadLook | null>;
  /**
   * Looks, has `open` say what comes, and takes it, all in one turn; the length of the whole is written down in the same
   * step. Rejects with what `open` throws, and nothing was done then.
   */
  take(id: string, open: (look: UploadLook | null) => IncomingBody): Promise<UploadLook>;
  /** SHA-256 of a complete upload as it is stored, hex; null when it is not complete or not known. */
  digestOf(id: string): Promise<string | null>;
  /**
   * Reads a complete upload now and answers its SHA-256, hex; what it finds is what `digestOf` says from then on. One that
   * can't be read has `damagedSha256`. Null when it is not complete or not known.
   */
  verify(id: string): Promise<string | null>;
  /** Whose it is; null when it is not known. */
  ownerOf(id: string): Promise<string | null>;
  /**
   * Bytes from `start` up to and without `end` of an upload, complete or not; fewer where there are no more. Null when this
   * store can't give them before it is complete. Rejects when it is not there.
   */
  readSoFar(id: string, start: number, end: number): Promise<Buffer | null>;
  /** Ids of all uploads, complete or not, in no order. */
  uploads(): AsyncIterable<string>;
}

/** What is told of bytes that can't be read (any more): the hash of nothing that was ever recorded. */
export const damagedSha256 = '0'.repeat(64);

/** Names of uploads: made by the hub, and nothing else is ever looked up. */
export const uploadId = /^[0-9a-f]{32}$/;

/** Under which key of the upload's metadata its owner stands. Whatever a client writes there is overwritten. */
export const ownerKey = 'owner';
