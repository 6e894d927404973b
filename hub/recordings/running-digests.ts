import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Uploads whose digest is known so far; one that is forgotten is read back from the store when it is whole. */
const digestsMax = 1_024;
/** How much is read at a time, in bytes. */
const readBytes = 256 * 1024;

/**
 * SHA-256 of uploads under way, taken along with the bytes that were made durable, so that a whole one need not be read
 * once more before its last chunk is answered. In memory alone: after a restart it is read back.
 */
export class RunningDigests {
  readonly #known = new Map<string, { readonly hash: Hash; readonly bytes: number }>();

  /** A hash that has taken the first so many bytes, to go on with; null when nobody knows it. */
  from(id: string, bytes: number): Hash | null {
    if (bytes === 0) return createHash('sha256');
    const known = this.#known.get(id);
    return known?.bytes === bytes ? known.hash.copy() : null;
  }

  /** Remembers a hash that has taken so many bytes, all of them durable. */
  keep(id: string, hash: Hash | null, bytes: number): void {
    this.#known.delete(id);
    if (hash === null) return;
    this.#known.set(id, { hash: hash.copy(), bytes });
    const [first] = this.#known.keys();
    if (this.#known.size > digestsMax && first !== undefined) this.#known.delete(first);
  }

  forget(id: string): void {
    this.#known.delete(id);
  }
}

/** SHA-256 of a file as it lies there, hex. Rejects when it has another length. */
export async function digestOfFile(path: string, length: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    let at = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, readBytes, at);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    if (at !== length) throw new Error(`${path} holds ${at} bytes, not ${length}`);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
