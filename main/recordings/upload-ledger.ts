import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { syncDirectoryLater } from '../store/sync-directory.ts';

/** What is known of one recording's upload. */
const uploadRecord = z.object({
  /** Where it is at the hub; null before it was begun there. */
  url: z.string().nullable(),
  /** Bytes the hub said it has. */
  sentBytes: z.number(),
  /** How often in a row the hub refused this one recording. */
  refusals: z.number(),
  /** When the hub's hash of the whole was found equal to ours, wall-clock milliseconds; null before. */
  confirmedAt: z.number().nullable(),
  /** SHA-256 of the whole as both have it, hex. */
  sha256: z.string().nullable(),
});

export type UploadRecord = z.infer<typeof uploadRecord>;

/** Which queue a recording stands in: to be sent, at the hub, or refused by it so often that a person must look. */
export type UploadQueue = 'waiting' | 'confirmed' | 'set-aside';
export const uploadQueues: readonly UploadQueue[] = ['waiting', 'confirmed', 'set-aside'];

/** The seat's own memory of its uploads; tus-js-client's is not used. What it answered `put` to survives a power cut. */
export interface UploadLedger {
  /** Null: not known, or its record is damaged; the hub is asked anew then. */
  readonly get: (recordingId: string) => Promise<(UploadRecord & { readonly queue: UploadQueue }) | null>;
  readonly put: (recordingId: string, queue: UploadQueue, record: UploadRecord) => Promise<void>;
  readonly forget: (recordingId: string) => Promise<void>;
  /** Both ends of a queue, at most so many each, and its length. */
  readonly ends: (
    queue: UploadQueue,
    limit: number,
  ) => Promise<{ readonly newest: readonly string[]; readonly oldest: readonly string[]; readonly length: number }>;
}

export const newUploadRecord: UploadRecord = { url: null, sentBytes: 0, refusals: 0, confirmedAt: null, sha256: null };

/**
 * A folder for each queue, a small file for each recording: 10,000 waiting ones cost their names and nothing else. Ids
 * are UUIDs of version 7, so the order of names is that of their making.
 */
export function folderLedger(directory: string): UploadLedger {
  const pathOf = (queue: UploadQueue, recordingId: string): string => {
    if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(recordingId)) throw new Error('an id is letters, digits and dashes');
    return join(directory, queue, `${recordingId}.json`);
  };
  const names = async (queue: UploadQueue): Promise<string[]> => {
    const found = await readdir(join(directory, queue)).catch(noneThere);
    return found.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
  };
  return {
    get: async (recordingId) => {
      // A crash between the two steps of a move leaves both; the later queue holds.
      for (const queue of uploadQueues.toReversed()) {
        const text = await readFile(pathOf(queue, recordingId), 'utf8').catch(noneThere);
        const read = typeof text === 'string' ? uploadRecord.safeParse(parsed(text)) : null;
        if (read?.success) return { ...read.data, queue };
      }
      return null;
    },
    put: async (recordingId, queue, record) => {
      const path = pathOf(queue, recordingId);
      // The later queue holds, so on the way back its record goes first; a crash then leaves none, and the hub is asked.
      const place = uploadQueues.indexOf(queue);
      const [earlier, later] = [uploadQueues.slice(0, place), uploadQueues.slice(place + 1)];
      for (const other of later) await rm(pathOf(other, recordingId), { force: true });
      await mkdir(join(directory, queue), { recursive: true, mode: 0o700 });
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(record));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      await syncDirectoryLater(join(directory, queue));
      for (const other of earlier) await rm(pathOf(other, recordingId), { force: true });
    },
    forget: async (recordingId) => {
      for (const queue of uploadQueues) await rm(pathOf(queue, recordingId), { force: true });
    },
    ends: async (queue, limit) => {
      const sorted = (await names(queue)).toSorted();
      return { newest: sorted.slice(-limit).toReversed(), oldest: sorted.slice(0, limit), length: sorted.length };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A damaged record is one that is not known: the hub tells how far the upload is.
    return null;
  }
}

function noneThere(cause: unknown): [] {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
  throw cause;
}
