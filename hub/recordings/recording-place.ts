import { join } from 'node:path';
import type { DatabasePlace } from '../database/open-database.ts';
import type { RecordingStore } from './recording-store.ts';

/** Where a hub keeps recordings: a folder, or a bucket of an S3-compatible store. */
export type RecordingPlace =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 's3';
      readonly endpoint: string;
      readonly bucket: string;
      readonly region: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
    };

/**
 * An upload that nobody finished is never given up: of a seat that died in the middle of sending it is all there is. How
 * long it stays its retention class says (hub/retention), as of every recording.
 */
const expirationMs = 0;

/** Beside the SQLite file; a hub on PostgreSQL must be told, since it has no folder. */
export function placeBeside(place: DatabasePlace): RecordingPlace | null {
  return place.kind === 'folder' ? { kind: 'folder', path: join(place.path, 'recordings') } : null;
}

/** Reads `--recordings`: a folder, or `s3:https://HOST/BUCKET` with its keys in the environment. */
export function readRecordingPlace(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): RecordingPlace | { readonly error: string } {
  if (!text.startsWith('s3:')) return { kind: 'folder', path: text };
  const [, endpoint, bucket] = /^s3:(https?:\/\/[^/?#@]+)\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/.exec(text) ?? [];
  if (endpoint === undefined || bucket === undefined)
    return { error: '--recordings wants a folder or s3:https://HOST/BUCKET' };
  const { HOOKLINE_HUB_S3_KEY: accessKeyId, HOOKLINE_HUB_S3_SECRET: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey)
    return { error: 'the keys of the bucket belong into HOOKLINE_HUB_S3_KEY and HOOKLINE_HUB_S3_SECRET' };
  const region = environment.HOOKLINE_HUB_S3_REGION ?? 'us-east-1';
  return { kind: 's3', endpoint, bucket, region, accessKeyId, secretAccessKey };
}

/** Opens it. What S3 needs is loaded only for S3. */
export async function openRecordingStore(place: RecordingPlace): Promise<RecordingStore> {
  if (place.kind === 'folder') {
    const { DurableFileStore } = await import('./durable-file-store.ts');
    return new DurableFileStore({ directory: place.path, expirationMs, watch: null });
  }
  const { DurableS3Store } = await import('./durable-s3-store.ts');
  return new DurableS3Store({ ...place, expirationMs, watch: null });
}
