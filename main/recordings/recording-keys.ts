import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { framesOffset, readHeader, unwrapKey } from '../../recording/header.ts';
import type { PinnedHubKey } from '../../recording/hub-key-pin.ts';
import { wrapForHub } from '../../recording/hub-wrap.ts';
import type { Log } from '../seat-ports.ts';
import { syncDirectoryLater } from '../store/sync-directory.ts';
import { readSidecar, removeSidecar, sidecarPath, writeSidecar } from './key-sidecar.ts';

/** The keys of a profile's recordings: wrapped for the hub, and destroyed. */
export interface RecordingKeys {
  /**
   * A recording was begun with this key: its wrap for the hub is put beside it, durably, if the seat knows a hub's key,
   * which it keeps while it is away. Never rejects: without it the wrap is made when the recording goes up.
   */
  readonly keep: (recordingId: string, recordingKey: Uint8Array) => Promise<void>;
  /** The wrap for this hub; one that is missing, or for another hub, is made. Null: the recording gives no key. */
  readonly wrapFor: (recordingId: string, pin: PinnedHubKey) => Promise<string | null>;
  /**
   * Destroys a recording here: first its key, overwritten on the disk in both copies of the file's head, then its wrap,
   * then its file. Doing it again changes nothing. Rejects when the disk does not take it.
   */
  readonly destroy: (recordingId: string) => Promise<void>;
}

export interface RecordingKeysOptions {
  /** The vault's folder. */
  readonly directory: string;
  readonly profileKey: Uint8Array;
  /** The seat's name: a wrap names it. */
  readonly seat: string;
  /** The hub's key as it was last told; null before the seat joined one. */
  readonly pin: () => PinnedHubKey | null;
  readonly log: Log;
}

/** The keys of the recordings in a folder. */
export function recordingKeys({ directory, profileKey, seat, pin, log }: RecordingKeysOptions): RecordingKeys {
  const put = async (recordingId: string, recordingKey: Uint8Array, known: PinnedHubKey): Promise<string | null> => {
    const wrapped = wrapForHub(recordingKey, { seat, recordingId }, known.recordingKey);
    if (wrapped !== null) await writeSidecar(directory, recordingId, { hubId: known.hubId, wrapped });
    return wrapped;
  };
  return {
    keep: async (recordingId, recordingKey) => {
      try {
        const known = pin();
        if (known !== null) await put(recordingId, recordingKey, known);
      } catch (cause) {
        log('warn', `the key of ${recordingId} is not beside it yet: ${String(cause)}`);
      }
    },
    wrapFor: async (recordingId, known) => {
      const kept = await readSidecar(directory, recordingId);
      if (kept?.hubId === known.hubId) return kept.wrapped;
      const recordingKey = await keyInHead(join(directory, `${recordingId}.hkrec`), profileKey);
      return recordingKey === null ? null : put(recordingId, recordingKey, known);
    },
    destroy: async (recordingId) => {
      const path = join(directory, `${recordingId}.hkrec`);
      await overwrite(sidecarPath(directory, recordingId), null);
      await overwrite(path, framesOffset);
      await removeSidecar(directory, recordingId);
      await rm(path, { force: true });
      await syncDirectoryLater(directory);
    },
  };
}

/** The recording's own key out of its file's head, by the profile's. */
async function keyInHead(path: string, profileKey: Uint8Array): Promise<Uint8Array | null> {
  const file = await openOrNull(path, 'r');
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(framesOffset), 0, framesOffset, 0);
    const head = readHeader(buffer.subarray(0, bytesRead));
    return head.kind === 'read' ? unwrapKey(profileKey, head.header) : null;
  } finally {
    await file.close();
  }
}

/** Writes zeros over the beginning of a file (null: all of it) and waits for the disk. Nothing when there is none. */
async function overwrite(path: string, bytes: number | null): Promise<void> {
  const file = await openOrNull(path, 'r+');
  if (file === null) return;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes ?? size);
    await file.write(Buffer.alloc(length), 0, length, 0);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function openOrNull(path: string, flags: 'r' | 'r+') {
  return open(path, flags).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  });
}
