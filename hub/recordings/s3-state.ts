import { z } from 'zod';

const s3Piece = z.object({ name: z.string(), length: z.number().int().positive() });
const s3Part = z.object({
  number: z.number().int().positive(),
  tag: z.string(),
  length: z.number().int().nonnegative(),
});

/**
 * How far an upload to S3 is: first the parts of the multipart upload, then the pieces that are not yet a part. Put as one
 * object, which S3 replaces at once or not at all.
 */
export const s3State = z.object({
  size: z.number().int().nonnegative().nullable(),
  parts: z.array(s3Part),
  pieces: z.array(s3Piece),
  /** The number of the next piece: a name is never used twice. */
  next: z.number().int().nonnegative(),
  /** SHA-256 of the object as it was read back, hex; null until it is complete. */
  sha256: z.string().nullable(),
});

export type S3State = z.infer<typeof s3State>;
export type S3Piece = z.infer<typeof s3Piece>;

export const emptyS3State: S3State = { size: null, parts: [], pieces: [], next: 0, sha256: null };

/** Bytes that are stored and acknowledged. */
export function offsetOf({ parts, pieces }: S3State): number {
  return [...parts, ...pieces].reduce((sum, { length }) => sum + length, 0);
}

/** Where the state of an upload stands. */
export function stateKey(id: string): string {
  return `${id}.state`;
}

/** Where one of its waiting pieces stands. */
export function pieceKey(id: string, number: number): string {
  return `${id}.piece-${number}`;
}
