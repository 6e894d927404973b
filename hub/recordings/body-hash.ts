import { createHash } from 'node:crypto';
import { expectedChecksum, UploadRefusal } from './upload-request.ts';

/** The hash of the body under way, if its client said what it must be. */
export interface BodyHash {
  readonly isAsked: boolean;
  /** What its SHA-256 must be, hex; null when its client said another hash or none. */
  readonly sha256: string | null;
  readonly update: (bytes: Buffer) => void;
  /** Call once, after the last byte. */
  readonly fits: () => boolean;
  /** 460: nothing of this chunk was kept (tus 1.0, extension checksum). */
  readonly mismatch: () => UploadRefusal;
}

export function bodyHash(): BodyHash {
  const expected = expectedChecksum();
  const hash = expected === null ? null : createHash(expected.algorithm);
  return {
    isAsked: expected !== null,
    sha256: expected?.algorithm === 'sha256' ? expected.digest.toString('hex') : null,
    update: (bytes) => {
      hash?.update(bytes);
    },
    fits: () => expected === null || hash === null || hash.digest().equals(expected.digest),
    mismatch: () => new UploadRefusal(460, 'the chunk is not what its checksum says; nothing of it was kept'),
  };
}
