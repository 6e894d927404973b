import type { IncomingMessage } from 'node:http';
import { ERRORS, HEADERS, type Locker } from '@tus/utils';
import type { IncomingBody, RecordingStore, UploadLook } from './recording-store.ts';
import { drainMs } from './upload-lock.ts';
import { type ExpectedChecksum, inRequest, UploadRefusal } from './upload-request.ts';

/** The connection ended before its body did, or was ended for a client that asked anew. Nobody is there to be told. */
export class BodyCut extends Error {
  override readonly name = 'BodyCut';
}

/** What a PATCH needs. */
export interface PatchPorts {
  readonly store: RecordingStore;
  readonly locker: Locker;
  /** Bytes of the largest recording taken. */
  readonly sizeMax: number;
  /** Told when an upload is whole, before its last chunk is answered. */
  readonly onWhole: (id: string, bytes: number, sha256: string) => Promise<void>;
}

/** One PATCH, its headers already checked for their form. */
export interface PatchRequest {
  readonly request: IncomingMessage;
  readonly owner: string;
  readonly checksum: ExpectedChecksum | null;
  readonly id: string;
}

/**
 * PATCH of tus 1.0. Not by @tus/server, which hands a body on through four streams that copy it: here the store reads the
 * socket itself, and what stands is looked at once. Answers the headers of a 204. Throws what tus refuses as a value with
 * `status_code` and `body`, and `BodyCut`.
 */
export async function takePatch(ports: PatchPorts, patch: PatchRequest): Promise<Record<string, string>> {
  const { store, locker, onWhole } = ports;
  const { request, id } = patch;
  const gone = new AbortController();
  request.once('close', () => gone.abort());
  let ending: NodeJS.Timeout | undefined;
  const lock = locker.newLock(id);
  await lock.lock(gone.signal, () => {
    ending ??= setTimeout(() => request.destroy(), drainMs);
  });
  try {
    const { owner, checksum } = patch;
    const now = await inRequest({ owner, checksum }, () => store.take(id, (look) => incomingBody(ports, patch, look)));
    if (now.sha256 !== null) await onWhole(id, now.offset, now.sha256);
    return {
      ...commonHeaders,
      'Upload-Offset': String(now.offset),
      ...(now.expiresAt === null ? {} : { 'Upload-Expires': new Date(now.expiresAt).toUTCString() }),
      ...(now.sha256 === null ? {} : { 'Repr-Digest': reprDigest(now.sha256) }),
    };
  } finally {
    clearTimeout(ending);
    await lock.unlock();
  }
}

/** Headers an answer to any upload request may have. */
export const exposedHeaders = ['Upload-Expires', 'Tus-Checksum-Algorithm', 'Repr-Digest'];

/** What every answer says that @tus/server does not give. */
export const commonHeaders = {
  'Tus-Resumable': '1.0.0',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': [...HEADERS, ...exposedHeaders].join(', '),
  'Cache-Control': 'no-store',
} as const;

/** The whole's hash as RFC 9530 has it. */
export function reprDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
}

function incomingBody(
  { sizeMax }: PatchPorts,
  { request, owner }: PatchRequest,
  look: UploadLook | null,
): IncomingBody {
  // Nobody learns whether another's upload is there.
  if (look === null || look.owner !== owner) throw ERRORS.FILE_NOT_FOUND;
  const offset = Number(request.headers['upload-offset']);
  if (look.sha256 !== null)
    throw new UploadRefusal(offset === look.offset ? 403 : 409, 'the upload is complete and takes nothing more');
  if (look.expiresAt !== null && Date.now() > look.expiresAt) throw ERRORS.FILE_NO_LONGER_EXISTS;
  if (offset !== look.offset) throw ERRORS.INVALID_OFFSET;
  const size = newSize(look, request.headers['upload-length'], sizeMax);
  const bytesMax = (look.size ?? size ?? sizeMax) - offset;
  const said = request.headers['content-length'];
  const length = said === undefined ? null : Number(said);
  if (length !== null && length > bytesMax) throw ERRORS.ERR_SIZE_EXCEEDED;
  return { pieces: bodyOf(request, bytesMax), offset, size, length };
}

/** The length of the whole, if it is told for the first time. After a cut last chunk the same again is no new word. */
function newSize(look: UploadLook, header: string | string[] | undefined, sizeMax: number): number | null {
  if (header === undefined) return null;
  const size = Number(header);
  if (size === look.size) return null;
  if (look.size !== null || size < look.offset)
    throw new UploadRefusal(400, 'the length of this upload is known, and is another');
  if (size > sizeMax) throw ERRORS.ERR_MAX_SIZE_EXCEEDED;
  return size;
}

/** The body as it comes; never more than it may be. The connection is left alone, so that a refusal can be told on it. */
async function* bodyOf(request: IncomingMessage, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      const read: Buffer = piece;
      bytes += read.length;
      if (bytes > bytesMax) break;
      yield read;
    }
  } catch {
    // Whatever the socket says of it: the body ended before its end.
    throw new BodyCut('the body was cut off');
  }
  if (bytes > bytesMax) throw ERRORS.ERR_SIZE_EXCEEDED;
  if (!request.complete) throw new BodyCut('the body was cut off');
}
