import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

/** Which recordings' own copies were let go: a line each, so a year of them is some megabytes and none is in memory. */
export interface RemovedCopies {
  /** On disk when it resolves. */
  readonly add: (recordingId: string, sha256: string) => Promise<void>;
  /** Those of the given ones that were let go. */
  readonly among: (recordingIds: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** The list in one file that only grows. A line that a crash cut short is passed over: its copy is still there. */
export function removedCopies(path: string): RemovedCopies {
  return {
    add: async (recordingId, sha256) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, 'a', 0o600);
      try {
        // A line feed before and after: what was cut short does not spoil the next.
        await file.writeFile(`\n${recordingId} ${sha256}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    among: async (recordingIds) => {
      const wanted = new Set(recordingIds);
      const found = new Set<string>();
      if (wanted.size === 0) return found;
      const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
      try {
        for await (const line of lines) {
          const [, recordingId] = /^(\S+) [0-9a-f]{64}$/.exec(line) ?? [];
          if (recordingId !== undefined && wanted.has(recordingId)) found.add(recordingId);
        }
      } catch (cause) {
        if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
      }
      return found;
    },
  };
}
