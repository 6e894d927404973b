import { z } from 'zod';

const s3Piece = z.object({ name: z.string(), length: z.number().int().positive() });
const s3Part = z.object({
  number: z.number().int().positive(),
  tag: z.string(),
  length: z.number().int().nonnegative(),
  /** Its bytes lie beside it once more as an object: a part itself can't be read before the whole is made. */
  isReadable: z.boolean().default(false),
});

/**
 * How far an upload to S3 is: first the parts of the multipart upload, then the pieces that are not yet a part. Put as one
 * object, which S3 replaces at once or not at all.
 */
export const s3State = z.object({
  size: z.number().int().nonnegative().nullable(),
  /** The multipart upload; null until the first part is due: most calls are small and never have one. */
  multipart: z.string().nullable().default(null),
  parts: z.array(s3Part),
  pieces: z.array(s3Piece),
  /** The number of the next piece: a name is never used twice. */
  next: z.number().int().nonnegative(),
  /** SHA-256 of the whole object, hex; null until it is complete. */
  sha256: z.string().nullable(),
});

export type S3State = z.infer<typeof s3State>;
export type S3Piece = z.infer<typeof s3Piece>;
export type S3Part = z.infer<typeof s3Part>;

export const emptyS3State: S3State = { size: null, multipart: null, parts: [], pieces: [], next: 0, sha256: null };

/** Bytes that are stored and acknowledged. */
export function offsetOf({ parts, pieces }: S3State): number {
  return [...parts, ...pieces].reduce((sum, { length }) => sum + length, 0);
}

/** Bytes of pieces that wait for a part. */
export function bytesWaiting({ pieces }: S3State): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** Where the state of an upload stands. */
export function stateKey(id: string): string {
  return `${id}.state`;
}

/** Where one of its waiting pieces stands. */
export function pieceKey(id: string, number: number): string {
  return `${id}.piece-${number}`;
}

/** Where the readable copy of a part stands, while the upload grows. */
export function partCopyKey(id: string, number: number): string {
  return `${id}.part-${number}`;
}

/** What can be read of an upload that is not complete, in order; null when some of it can't be. */
export function readableSoFar(id: string, { parts, pieces }: S3State): readonly S3Piece[] | null {
  if (!parts.every(({ isReadable }) => isReadable)) return null;
  return [...parts.map(({ number, length }) => ({ name: partCopyKey(id, number), length })), ...pieces];
}

/** Every object beside `ID`, `ID.info` and `ID.state` that this state names. */
export function namedBy(id: string, { parts, pieces }: S3State): readonly string[] {
  const copies = parts.filter(({ isReadable }) => isReadable).map(({ number }) => partCopyKey(id, number));
  return [...copies, ...pieces.map(({ name }) => name)];
}
