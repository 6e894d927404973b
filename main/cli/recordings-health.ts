import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSidecar } from '../recordings/key-sidecar.ts';
import { readContents } from '../recordings/vault.ts';
import { type Finding, isInUse } from '../store/health.ts';
import type { ProfilePaths } from '../store/profile-paths.ts';

/** How many of the newest recordings are read in full. */
const recordingsMax = 200;

/** A recording without an end, which is no damage. */
const openEnd = 'it has no end';

/**
 * Looks at the recordings: the newest are read in full; all are looked at for an end, and their wrapped keys for a recording
 * they belong to.
 */
export async function recordingsHealth(paths: ProfilePaths, key: Uint8Array): Promise<readonly Finding[]> {
  const part = 'recordings';
  const names = existsSync(paths.recordings)
    ? readdirSync(paths.recordings).filter((name) => name.endsWith('.hkrec'))
    : [];
  const newest = names.toSorted().slice(-recordingsMax);
  const findings: Finding[] = [];
  for (const name of newest) {
    const problem = await readContents(join(paths.recordings, name), key).then(
      ({ problems, isHeaderDamaged, end }) =>
        problems.length > 0
          ? `${problems.length} chunks are damaged or missing`
          : isHeaderDamaged
            ? 'its header is damaged; it plays all the same'
            : end === 'open'
              ? openEnd
              : null,
      (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
    );
    if (problem === null) continue;
    if (problem === openEnd) {
      if (isInUse(paths)) continue;
      const sentence = `${name} has no end: the seat died while it recorded. The next start seals it.`;
      findings.push({ part, state: 'warning', sentence, mend: null });
      continue;
    }
    const sentence = `${name}: ${problem}. hookline recording export takes out what is sound.`;
    findings.push({ part, state: 'bad', sentence, mend: null });
  }
  findings.push(...(await sidecarFindings(paths.recordings)));
  if (findings.length > 0) return findings;
  const all = newest.length === names.length ? '' : `, the newest ${newest.length} were read`;
  return [{ part, state: 'good', sentence: `${names.length} recordings${all}, all sound.`, mend: null }];
}

/** A key wrapped for the hub that can't be read is made again; one without its recording is of no use. */
async function sidecarFindings(directory: string): Promise<readonly Finding[]> {
  const part = 'recordings';
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const findings: Finding[] = [];
  for (const name of names.filter((one) => one.endsWith('.hkkey'))) {
    const recordingId = name.slice(0, -'.hkkey'.length);
    if ((await readSidecar(directory, recordingId)) === null) {
      const sentence = `The key of ${recordingId} wrapped for the hub is damaged; it is made again when it goes up.`;
      findings.push({ part, state: 'warning', sentence, mend: null });
    }
  }
  return findings;
}
