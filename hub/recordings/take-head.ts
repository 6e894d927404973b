import type { IncomingMessage } from 'node:http';
import { ERRORS, type Lock, type Locker, Metadata } from '@tus/utils';
import type { RecordingStore, UploadLook } from './recording-store.ts';
import { commonHeaders, reprDigest } from './take-patch.ts';

/** What a HEAD needs. */
export interface HeadPorts {
  readonly store: RecordingStore;
  readonly locker: Locker;
  /** Reads a complete upload now; one at a time, whoever asks. */
  readonly verify: (id: string) => Promise<string | null>;
}

/**
 * HEAD of tus 1.0. Not by @tus/server, which is told nothing of digests: what stands is looked at once, and only after
 * whoever still writes has let go. With `Want-Repr-Digest: sha-256=10` (RFC 9530) a whole upload is read and hashed just
 * then: the seat is about to let go of its own copy. Answers the headers of a 200; throws what tus refuses.
 */
export async function takeHead(
  { store, locker, verify }: HeadPorts,
  { request, owner, id }: { readonly request: IncomingMessage; readonly owner: string; readonly id: string },
): Promise<Record<string, string>> {
  const lock = locker.newLock(id);
  await lockUnlessGone(request, lock);
  try {
    const look = await store.look(id);
    // Nobody learns whether another's upload is there.
    if (look === null || look.owner !== owner) throw ERRORS.FILE_NOT_FOUND;
    if (look.expiresAt !== null && Date.now() > look.expiresAt) throw ERRORS.FILE_NO_LONGER_EXISTS;
    const isToBeRead = /(?:^|,)\s*sha-256\s*=\s*[1-9]/.test(String(request.headers['want-repr-digest'] ?? ''));
    return headersOf({ ...look, sha256: isToBeRead && look.sha256 !== null ? await verify(id) : look.sha256 });
  } finally {
    await lock.unlock();
  }
}

/** The connection may be kept for many requests: nothing of this one stays on it. */
async function lockUnlessGone({ socket }: IncomingMessage, lock: Lock): Promise<void> {
  const gone = new AbortController();
  const onGone = (): void => gone.abort();
  socket.once('close', onGone);
  try {
    await lock.lock(gone.signal, () => undefined);
  } finally {
    socket.off('close', onGone);
  }
}

function headersOf({ offset, size, sha256, metadata }: UploadLook): Record<string, string> {
  return {
    ...commonHeaders,
    'Upload-Offset': String(offset),
    ...(size === null ? { 'Upload-Defer-Length': '1' } : { 'Upload-Length': String(size) }),
    'Upload-Metadata': Metadata.stringify({ ...metadata }),
    ...(sha256 === null ? {} : { 'Repr-Digest': reprDigest(sha256) }),
  };
}
