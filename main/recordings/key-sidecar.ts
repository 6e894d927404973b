import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { wrappedKeyPattern } from '../../recording/hub-wrap.ts';
import { syncDirectoryLater } from '../store/sync-directory.ts';

/** A recording's key wrapped for a hub, as it lies beside the container; never in it, for the container goes up as it is. */
const keySidecar = z.object({ hubId: z.string(), wrapped: z.string().regex(wrappedKeyPattern) });
export type KeySidecar = z.infer<typeof keySidecar>;

/** Where the sidecar of a recording lies. Throws for what is no id. */
export function sidecarPath(directory: string, recordingId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(recordingId)) throw new Error('an id is letters, digits and dashes');
  return join(directory, `${recordingId}.hkkey`);
}

/** Writes it; on disk with its name when it resolves. One that is there is written over. */
export async function writeSidecar(directory: string, recordingId: string, sidecar: KeySidecar): Promise<void> {
  const file = await open(sidecarPath(directory, recordingId), 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(sidecar));
    await file.datasync();
  } finally {
    await file.close();
  }
  await syncDirectoryLater(directory);
}

/** Null: there is none, or a crash cut it short; the profile's own key makes another. */
export async function readSidecar(directory: string, recordingId: string): Promise<KeySidecar | null> {
  const text = await readFile(sidecarPath(directory, recordingId), 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (text === null) return null;
  try {
    const read = keySidecar.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** Takes it away; nothing when there is none. The directory is the caller's to sync. */
export async function removeSidecar(directory: string, recordingId: string): Promise<void> {
  await rm(sidecarPath(directory, recordingId), { force: true });
}
