import { mkdir, open, opendir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
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
  /** Since when the local copy's day is counted (kept-clock.ts); null before anybody looked. */
  keptSince: z.object({ era: z.string(), ageMs: z.number() }).nullable().default(null),
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
  /** Puts a recording that is not known into the queue. Not synced: what a power cut takes is found again at the start. */
  readonly note: (recordingId: string) => Promise<void>;
  readonly forget: (recordingId: string) => Promise<void>;
  /** Whether it stands in any queue. */
  readonly has: (recordingId: string) => Promise<boolean>;
  /** Both ends of a queue, at most so many each, and its length. */
  readonly ends: (
    queue: UploadQueue,
    limit: number,
  ) => Promise<{ readonly newest: readonly string[]; readonly oldest: readonly string[]; readonly length: number }>;
  /** Those of a queue that come after one, in their order, at most so many. */
  readonly after: (queue: UploadQueue, recordingId: string, limit: number) => Promise<readonly string[]>;
}

export const newUploadRecord: UploadRecord = {
  url: null,
  sentBytes: 0,
  refusals: 0,
  confirmedAt: null,
  sha256: null,
  keptSince: null,
};

/**
 * A folder for each queue, a small file for each recording: 10,000 waiting ones cost their names and nothing else. Ids
 * are UUIDs of version 7, so the order of names is that of their making.
 */
export function folderLedger(directory: string): UploadLedger {
  const pathOf = (queue: UploadQueue, recordingId: string): string => {
    if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(recordingId)) throw new Error('an id is letters, digits and dashes');
    return join(directory, queue, `${recordingId}.json`);
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
    note: async (recordingId) => {
      const path = pathOf('waiting', recordingId);
      await mkdir(join(directory, 'waiting'), { recursive: true, mode: 0o700 });
      await writeFile(path, JSON.stringify(newUploadRecord), { flag: 'wx', mode: 0o600 }).catch(alreadyThere);
    },
    forget: async (recordingId) => {
      for (const queue of uploadQueues) await rm(pathOf(queue, recordingId), { force: true });
    },
    has: async (recordingId) => {
      for (const queue of uploadQueues) if (await isFile(pathOf(queue, recordingId))) return true;
      return false;
    },
    ends: (queue, limit) => endsOf(join(directory, queue), limit, () => true),
    after: async (queue, recordingId, limit) =>
      (await endsOf(join(directory, queue), limit, (name) => name > recordingId)).oldest,
  };
}

/** How many names are read at a time. */
const namesAtOnce = 256;

/** Reads the names of a folder as they come and keeps only those at either end. */
async function endsOf(
  folder: string,
  limit: number,
  isWanted: (recordingId: string) => boolean,
): Promise<Awaited<ReturnType<UploadLedger['ends']>>> {
  const oldestOf = (names: readonly string[]): string[] => names.toSorted().slice(0, limit);
  const newestOf = (names: readonly string[]): string[] => names.toSorted().toReversed().slice(0, limit);
  let [length, newest, oldest] = [0, [] as string[], [] as string[]];
  for await (const { name } of await opendir(folder, { bufferSize: namesAtOnce }).catch(noneThere)) {
    const recordingId = name.slice(0, -5);
    if (!name.endsWith('.json') || !isWanted(recordingId)) continue;
    length += 1;
    newest.push(recordingId);
    oldest.push(recordingId);
    if (newest.length < limit + namesAtOnce) continue;
    newest = newestOf(newest);
    oldest = oldestOf(oldest);
  }
  return { newest: newestOf(newest), oldest: oldestOf(oldest), length };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A damaged record is one that is not known: the hub tells how far the upload is.
    return null;
  }
}

async function isFile(path: string): Promise<boolean> {
  return !Array.isArray(await stat(path).catch(noneThere));
}

function alreadyThere(cause: unknown): void {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
}

function noneThere(cause: unknown): [] {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
  throw cause;
}
