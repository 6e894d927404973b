import { createHash } from 'node:crypto';
import { expectedChecksum, UploadRefusal } from './upload-request.ts';

/** The hash of the body under way, if its client said what it must be. */
export interface BodyHash {
  readonly isAsked: boolean;
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
    update: (bytes) => {
      hash?.update(bytes);
    },
    fits: () => expected === null || hash === null || hash.digest().equals(expected.digest),
    mismatch: () => new UploadRefusal(460, 'the chunk is not what its checksum says; nothing of it was kept'),
  };
}
