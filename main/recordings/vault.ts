import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inTurns } from '../../recording/in-turns.ts';
import { type Playable, playableOf } from '../../recording/playable.ts';
import { type ContainerContents, readContainerSteps } from '../../recording/read-container.ts';
import { saidSeconds } from '../../recording/timeline.ts';
import type { Kept, RecordingVault } from '../seat-ports.ts';
import type { Reserve } from '../store/reserve.ts';
import { aboutRecording } from './about-recording.ts';
import { type ContainerWriter, createContainer, sealContainer, type Writable } from './container-writer.ts';

/** Why a recording can't be had. */
export type RecordingErrorCode =
  | 'unknown'
  /** It is not being recorded (any more). */
  | 'not-open'
  | 'bad-id'
  | 'not-a-recording'
  | 'header-damaged'
  | 'wrong-key'
  | 'too-long';

/** A recording that was asked for and can't be had; the code says why. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly code: RecordingErrorCode;

  constructor(code: RecordingErrorCode, detail: string) {
    super(`recording ${code}: ${detail}`);
    this.code = code;
  }
}

/** The longest file that is read at once: a whole day of stereo sound is some 600 MB. */
const fileBytesMax = 1024 * 1024 * 1024;

/** How many decrypted recordings are kept for reading on: the one that plays, and the one somebody goes back to. */
const playablesMax = 2;

/** What a vault needs: the folder of the recordings, the profile's 32 bytes, and the space that belongs to the log. */
export interface VaultRequest {
  readonly directory: string;
  readonly profileKey: Uint8Array;
  readonly reserve: Reserve;
  /** A recording was begun with this key; waited for, and never rejects. Nobody by default. */
  readonly onKey?: (recordingId: string, recordingKey: Uint8Array) => Promise<void>;
}

/** A recording being written, and how long it is so far. */
interface Live {
  readonly writer: ContainerWriter;
  seconds: number;
}

/**
 * The recordings of a profile. Once `begin`, `append` or `gap` answered `kept`, that sound survives anything but the
 * loss of the disk. When the disk is full, or the log already lives on its reserve, they answer `disk-full` and that
 * recording takes no more. A disk that fails otherwise rejects. `open` and `read` reject with `RecordingError`.
 */
export function recordingVault({ directory, profileKey, reserve, onKey }: VaultRequest): RecordingVault {
  const live = new Map<string, Live>();
  /** Recordings whose end is being written, and how far they were: until it is, the file is not whole. */
  const ending = new Map<string, number>();
  const playable = keptPlayables(directory, profileKey);

  const write = async (recordingId: string, content: Writable): Promise<Kept> => {
    const found = live.get(recordingId);
    if (found === undefined) throw new RecordingError('not-open', recordingId);
    if (reserve.isSpent()) return { kind: 'disk-full' };
    const kept = await found.writer.append(content);
    if (kept.kind === 'kept') found.seconds = Math.max(found.seconds, (content.atMs + content.durationMs) / 1000);
    return kept;
  };
  return {
    begin: async (recordingId, callId, at) => {
      const path = pathOf(directory, recordingId);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if (reserve.isSpent() && !(await reserve.restore())) return { kind: 'disk-full' };
      const made = await createContainer({ path, recordingId, callId, createdAt: at, profileKey });
      if (made.kind === 'disk-full') return made;
      live.set(recordingId, { writer: made.writer, seconds: 0 });
      await onKey?.(recordingId, made.recordingKey);
      return { kind: 'kept' };
    },
    append: (recordingId, chunk) => write(recordingId, { type: 'sound', ...chunk }),
    gap: (recordingId, gap) => write(recordingId, { type: 'gap', ...gap }),
    end: async (recordingId) => {
      const path = pathOf(directory, recordingId);
      const found = live.get(recordingId);
      live.delete(recordingId);
      ending.set(recordingId, found?.writer.syncedBytes() ?? 0);
      try {
        if (found !== undefined && (await found.writer.close()).kind === 'kept') return { seconds: found.seconds };
        return { seconds: await sealAndMeasure(path, profileKey) };
      } finally {
        ending.delete(recordingId);
      }
    },
    directory,
    about: (recordingId) => aboutRecording(pathOf(directory, recordingId), profileKey),
    syncedBytes: (recordingId) => live.get(recordingId)?.writer.syncedBytes() ?? ending.get(recordingId) ?? null,
    open: async (recordingId) => (await playable(recordingId)).info,
    read: async (recordingId, offset, length) => {
      const { webm } = await playable(recordingId);
      return webm.subarray(offset, offset + length);
    },
  };
}

/** The recordings that were last asked for, decrypted; made anew when their file has grown. */
function keptPlayables(directory: string, profileKey: Uint8Array): (recordingId: string) => Promise<Playable> {
  const playables = new Map<string, { readonly bytes: number; readonly playable: Promise<Playable> }>();
  return async (recordingId) => {
    const path = pathOf(directory, recordingId);
    const bytes = await sizeOf(path);
    const kept = playables.get(recordingId);
    if (kept?.bytes === bytes) return kept.playable;
    const made = readPlayable(path, profileKey);
    playables.delete(recordingId);
    playables.set(recordingId, { bytes, playable: made });
    const [oldest] = playables.keys();
    if (playables.size > playablesMax && oldest !== undefined) playables.delete(oldest);
    // A failure is told to whoever waits for it now and is not kept for the next.
    made.catch(() => playables.delete(recordingId));
    return made;
  };
}

/** Reads, checks, decrypts and lays out the recording in a file. Rejects with `RecordingError`. */
export async function readPlayable(path: string, profileKey: Uint8Array): Promise<Playable> {
  return playableOf(await readContents(path, profileKey));
}

/** Reads and checks the recording in a file. Rejects with `RecordingError`. */
export async function readContents(path: string, profileKey: Uint8Array): Promise<ContainerContents> {
  if ((await sizeOf(path)) > fileBytesMax) throw new RecordingError('too-long', path);
  const contents = await inTurns(readContainerSteps(await readFile(path), profileKey));
  if (contents.kind === 'unreadable') throw new RecordingError(contents.code, path);
  return contents;
}

/** Puts an end to a file that has none; how many seconds it holds. 0 when there is no such file, or it gives nothing. */
async function sealAndMeasure(path: string, profileKey: Uint8Array): Promise<number> {
  try {
    const contents = await readContents(path, profileKey);
    await sealContainer(path, contents);
    return saidSeconds(contents.chunks);
  } catch (cause) {
    if (cause instanceof RecordingError) return 0;
    throw cause;
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (found === null) throw new RecordingError('unknown', path);
  return found.size;
}

/** Where a recording lies. Ids come from outside: only plain ones name a file. */
function pathOf(directory: string, recordingId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(recordingId))
    throw new RecordingError('bad-id', 'letters, digits, dashes');
  return join(directory, `${recordingId}.hkrec`);
}
