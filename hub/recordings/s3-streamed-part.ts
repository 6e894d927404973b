import type { Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ERRORS } from '@tus/utils';
import type { BodyHash } from './body-hash.ts';
import type { IncomingBody } from './recording-store.ts';
import type { S3Objects } from './s3-objects.ts';

/** A part that goes through the hub as it comes. */
export interface StreamedPart {
  readonly key: string;
  readonly multipart: string;
  readonly number: number;
  /** What its client says the body hashes to, hex: the request to the store is signed with it. */
  readonly sha256: string;
  readonly length: number;
}

/**
 * Hands a body on to the store while it comes, never more of it in memory than the network takes; answers the part's tag.
 * Rejects with what ended the body, with 460 when it is not what its checksum says (the part is nobody's then, and the
 * next of its number replaces it), or with the store's fault.
 */
export async function streamPart(
  objects: Pick<S3Objects, 'putPartStream'>,
  part: StreamedPart,
  body: IncomingBody,
  { chunk, whole }: { readonly chunk: BodyHash; readonly whole: Hash | null },
): Promise<string> {
  const ending = new AbortController();
  let cut: { readonly cause: unknown } | null = null;
  let left = part.length;
  const passing = async function* (): AsyncGenerator<Buffer> {
    try {
      for await (const bytes of body.pieces) {
        left -= bytes.length;
        if (left < 0) throw ERRORS.ERR_SIZE_EXCEEDED;
        chunk.update(bytes);
        whole?.update(bytes);
        yield bytes;
      }
    } catch (cause) {
      cut = { cause };
      // The store waits for bytes that will not come.
      ending.abort();
    }
  };
  const stream = Readable.from(passing(), { objectMode: false });
  const asOf = (): { readonly cause: unknown } | null => cut;
  const put = await objects.putPartStream(part, stream, ending.signal).then(
    (tag) => ({ tag }),
    (cause: unknown) => ({ cause }),
  );
  stream.destroy();
  const ended = asOf();
  if (ended !== null) throw ended.cause;
  // A store that checks it has refused the part for the same reason by now.
  if (left === 0 && !chunk.fits()) throw chunk.mismatch();
  if ('cause' in put) throw put.cause;
  if (left > 0) throw new Error(`the store took part ${part.number} before its last byte`);
  return put.tag;
}
