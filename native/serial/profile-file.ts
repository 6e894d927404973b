import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the profiles lie that come with the console. */
export const shippedProfiles = fileURLToPath(new URL('../models/serial/', import.meta.url));

/** The ids of the shipped profiles, in order of the alphabet. */
export async function shippedProfileIds(): Promise<readonly string[]> {
  const names = await readdir(shippedProfiles);
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .toSorted();
}

/**
 * The text of a profile: a path, or the id of a shipped one (`lcus-relay`). Rejects as readFile does, and for an unknown
 * id with the ids there are.
 */
export async function profileText(pathOrId: string): Promise<string> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(pathOrId)) return readFile(pathOrId, 'utf8');
  const ids = await shippedProfileIds();
  if (ids.includes(pathOrId)) return readFile(join(shippedProfiles, `${pathOrId}.json`), 'utf8');
  try {
    return await readFile(pathOrId, 'utf8');
  } catch (error) {
    throw new Error(`there is no file and no shipped profile of this name; shipped are ${ids.join(', ')}`, {
      cause: error,
    });
  }
}
