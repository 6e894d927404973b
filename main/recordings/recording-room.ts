import { statfsSync } from 'node:fs';
import { fullShare } from '../store/health.ts';

/**
 * So much must be free before a new recording is begun, in bytes: an hour of stereo sound and what other programs write
 * meanwhile. The reserve of the log is kept beside it and is not counted.
 */
export const roomToBeginBytes = 64 * 1024 * 1024;

/** Whether a new recording may be begun on the disk of a folder. A disk that does not say is tried: writing tells then. */
export function hasRoomToRecord(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize >= roomToBeginBytes;
  } catch {
    // What can't be known is no reason to record nothing.
    return true;
  }
}

/** How full the disk of a folder is, 0..1; 0 for one that does not say: what can't be known lets nothing go. */
export function diskShare(directory: string): number {
  try {
    return fullShare(directory);
  } catch {
    // Not asked again here: writing to it tells.
    return 0;
  }
}
