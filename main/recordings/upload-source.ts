import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How far a recording's file stands. */
export interface Standing {
  /** Bytes that are durable and will never change: whole frames. */
  readonly bytes: number;
  /** Whether more will come. */
  readonly isOpen: boolean;
}

/** Where an upload takes its bytes from. */
export interface UploadSource {
  /** Null: there is no such recording (any more). */
  readonly standing: (recordingId: string) => Promise<Standing | null>;
  readonly read: (recordingId: string, offset: number, length: number) => Promise<Buffer>;
  /** SHA-256 over the whole file, hex. */
  readonly digest: (recordingId: string) => Promise<string>;
}

export interface FileUploadSource {
  /** The vault's folder. */
  readonly directory: string;
  /**
   * How many bytes of a recording under way are synced, after the last whole frame; null when it is not under way. A file
   * that its seat left without an end is sealed before it is given here: sealing cuts a torn frame off.
   */
  readonly syncedBytes: (recordingId: string) => number | null;
}

/** The vault's containers as they lie on the disk: encrypted, and uploaded so. */
export function fileUploadSource({ directory, syncedBytes }: FileUploadSource): UploadSource {
  const pathOf = (recordingId: string): string => {
    if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(recordingId)) throw new Error('an id is letters, digits and dashes');
    return join(directory, `${recordingId}.hkrec`);
  };
  return {
    standing: async (recordingId) => {
      const synced = syncedBytes(recordingId);
      if (synced !== null) return { bytes: synced, isOpen: true };
      const found = await stat(pathOf(recordingId)).catch((cause: unknown) => {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
        throw cause;
      });
      return found === null ? null : { bytes: found.size, isOpen: false };
    },
    read: async (recordingId, offset, length) => {
      const file = await open(pathOf(recordingId), 'r');
      try {
        const bytes = Buffer.allocUnsafe(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) throw new Error(`the recording ends before byte ${offset + length}`);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
    digest: async (recordingId) => {
      const hash = createHash('sha256');
      const file = await open(pathOf(recordingId), 'r');
      for await (const piece of file.createReadStream({ highWaterMark: 256 * 1024 })) hash.update(piece);
      return hash.digest('hex');
    },
  };
}
