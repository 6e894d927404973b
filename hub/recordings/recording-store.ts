import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/utils';

/** Between which steps a write is; a test stops the hub there. */
export type StoreStep = 'data-written' | 'data-synced' | 'state-recorded' | 'object-completed' | 'digest-known';

/** Told of each step before the next begins; null for nobody. */
export type StoreWatch = ((step: StoreStep) => void | Promise<void>) | null;

/**
 * Where recordings arrive: a tus DataStore with promises the stock stores do not make. What `write` and `getUpload` say
 * is durable: it survives the loss of power. A chunk with an `Upload-Checksum` is kept whole or not at all. `create` of an
 * id that is there answers what is there. An upload is complete only when the stored bytes were read back and counted.
 */
export interface RecordingStore extends DataStore {
  /** SHA-256 of a complete upload as it is stored, hex; null when it is not complete or not known. */
  digestOf(id: string): Promise<string | null>;
  /** Whose it is; null when it is not known. */
  ownerOf(id: string): Promise<string | null>;
  /** Bytes from `start` up to and without `end` of a complete upload. Rejects when it is not there. */
  readRange(id: string, start: number, end: number): Promise<Readable>;
  /** The durable bytes of an upload that is not complete yet; null when this store can't give them before it is. */
  readSoFar(id: string): Promise<Buffer | null>;
  /** Ids of all uploads, complete or not, in no order. */
  uploads(): AsyncIterable<string>;
}

/** Names of uploads: made by the hub, and nothing else is ever looked up. */
export const uploadId = /^[0-9a-f]{32}$/;

/** Under which key of the upload's metadata its owner stands. Whatever a client writes there is overwritten. */
export const ownerKey = 'owner';
