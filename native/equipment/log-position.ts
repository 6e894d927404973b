import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { FilePosition } from '../smdr/file-source.ts';

const storedPosition = z.object({
  path: z.string(),
  inode: z.string(),
  head: z.string(),
  offset: z.number().int().nonnegative(),
});

/** Where the reading of a log file stopped, kept in FOLDER/smdr-positions/ID.json. */
export type LogPosition = {
  /** Undefined: none is kept, or it is of another file. */
  read(): Promise<FilePosition | undefined>;
  /** Writes soon; of several positions the last is kept. */
  keep(position: FilePosition): void;
  /** Resolves when the last position is written. */
  settled(): Promise<void>;
};

/** The position of one log file; `onTrouble` when it cannot be written: the log is then read anew from an older place. */
export function logPosition(
  folder: string,
  id: string,
  path: string,
  onTrouble: (detail: string) => void,
): LogPosition {
  const file = join(folder, 'smdr-positions', `${id}.json`);
  let next: FilePosition | undefined;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    await mkdir(dirname(file), { recursive: true });
    while (next !== undefined) {
      const position = next;
      next = undefined;
      // Whole or not at all: half a file would be read as none.
      await writeFile(`${file}.new`, `${JSON.stringify({ path, ...position })}\n`);
      await rename(`${file}.new`, file);
    }
  };
  return {
    read: async () => {
      try {
        const stored = storedPosition.safeParse(JSON.parse(await readFile(file, 'utf8')));
        if (!stored.success || stored.data.path !== path) return undefined;
        const { inode, head, offset } = stored.data;
        return { inode, head, offset };
      } catch {
        // None yet, or torn: as at the first time.
        return undefined;
      }
    },
    keep: (position) => {
      next = position;
      writing ??= write()
        .catch((error: unknown) => onTrouble(error instanceof Error ? error.message : String(error)))
        .finally(() => {
          writing = undefined;
        });
    },
    settled: async () => {
      await writing;
    },
  };
}
