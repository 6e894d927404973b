import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';

/** How often a file that could not be used is looked at again: whoever mends it wants to see it work. */
export const mendedCheckMs = 2_500;

/** A file of somebody's own, by the name in the settings; undefined when the name cannot be one. Never leaves `folder`. */
export function ownFilePath(folder: string, part: string, name: string): string | undefined {
  if (!/^[\w][\w.-]{0,99}$/.test(name)) return undefined;
  return join(folder, part, name.endsWith('.json') ? name : `${name}.json`);
}

/** The text of a file; undefined when there is none. Rejects when it is there and cannot be read. */
export async function textOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Calls `onChange` once when the file comes, goes or changes; answers how to stop. */
export function watchFile(path: string, clock: Clock, onChange: () => void): () => void {
  let cancel = (): void => undefined;
  let isStopped = false;
  const stampOf = async (): Promise<string> => {
    try {
      const { mtimeMs, size } = await stat(path);
      return `${mtimeMs} ${size}`;
    } catch {
      // Not there, or not to be seen: the same to whoever waits for it.
      return '';
    }
  };
  const look = async (before: string): Promise<void> => {
    const now = await stampOf();
    if (isStopped) return;
    if (now !== before) onChange();
    else cancel = clock.after(mendedCheckMs, () => void look(before));
  };
  void stampOf().then((stamp) => {
    if (!isStopped) cancel = clock.after(mendedCheckMs, () => void look(stamp));
  });
  return () => {
    isStopped = true;
    cancel();
  };
}
