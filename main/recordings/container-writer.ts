import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Content, encodeContent } from '../../recording/content.ts';
import { chained, encodeFrame, type FrameKeys, frameKeys } from '../../recording/frame.ts';
import { newHeader } from '../../recording/header.ts';
import type { ContainerContents } from '../../recording/read-container.ts';
import { syncDirectoryLater } from '../store/sync-directory.ts';

/** What came of writing: on disk, or not, because the disk is full. Any other failure of the disk rejects. */
export type WriteResult = { readonly kind: 'kept' } | { readonly kind: 'disk-full' };

/** What may be written between the first frame and the last. */
export type Writable = Extract<Content, { readonly type: 'sound' | 'gap' }>;

/** A recording that is being written. Calls may overlap; they are performed in their order. */
export interface ContainerWriter {
  /** Encrypts, writes and syncs one frame. After a failure nothing more is taken: a number is never used twice. */
  append(content: Writable): Promise<WriteResult>;
  /** How many bytes of the file are synced: whole frames, which never change. */
  syncedBytes(): number;
  /** Writes the closing chunk, if the disk took everything until now, and lets go of the file. */
  close(): Promise<WriteResult>;
}

/** How many frames may wait for a slow disk: half a minute of sound. More is refused, so memory stays bounded. */
export const waitingFramesMax = 30;

/** More frames wait than a healthy disk ever lets wait. */
export class DiskTooSlow extends Error {
  override readonly name = 'DiskTooSlow';
}

/** What a new container is about. `createdAt` is wall-clock milliseconds. */
export interface NewContainer {
  readonly path: string;
  readonly recordingId: string;
  readonly callId: string;
  readonly createdAt: number;
  readonly profileKey: Uint8Array;
}

/** A container that is there, open for writing, and the recording's own key. */
interface MadeContainer {
  readonly kind: 'kept';
  readonly writer: ContainerWriter;
  readonly recordingKey: Uint8Array;
}

/**
 * Makes a container: header twice, then frame 0, all durable, its name in the directory too, before it resolves.
 * On a full disk nothing is left of it. Rejects when the file is there already or can't be made.
 */
export async function createContainer(request: NewContainer): Promise<MadeContainer | { readonly kind: 'disk-full' }> {
  const { path, recordingId, callId, createdAt, profileKey } = request;
  const { copy, recordingKey } = newHeader(profileKey, recordingId, createdAt);
  const keys = frameKeys(recordingId, recordingKey);
  const first = encodeFrame(keys, 'begin', 0, encodeContent({ type: 'begin', callId }));
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    if (isFull(cause)) return null;
    throw cause;
  });
  if (file === null) return { kind: 'disk-full' };
  try {
    const head = Buffer.concat([copy, copy, first]);
    await writeAll(file, head, 0);
    await file.datasync();
    await syncDirectoryLater(dirname(path));
    return { kind: 'kept', recordingKey, writer: writerOver(file, keys, head.length, chained(copy, first)) };
  } catch (cause) {
    await file.close();
    await rm(path, { force: true });
    if (isFull(cause)) return { kind: 'disk-full' };
    throw cause;
  }
}

/**
 * Puts the end to a container whose seat had died: cuts the torn last frame off and writes the sealing chunk. A file
 * that has its end is left alone. On a full disk it stays without.
 */
export async function sealContainer(path: string, contents: ContainerContents): Promise<WriteResult> {
  if (contents.end !== 'open') return { kind: 'kept' };
  const { next, chain, keys, torn } = contents;
  const body = encodeContent({ type: 'seal', chunks: next, chain: chain.toString('hex') });
  const file = await open(path, 'r+');
  try {
    if (torn !== null) await file.truncate(torn.offset);
    const { size } = await file.stat();
    await writeAll(file, encodeFrame(keys, 'seal', next, body), size);
    await file.datasync();
    return { kind: 'kept' };
  } catch (cause) {
    if (isFull(cause)) return { kind: 'disk-full' };
    throw cause;
  } finally {
    await file.close();
  }
}

function writerOver(file: FileHandle, keys: FrameKeys, length: number, link: Buffer): ContainerWriter {
  let position = length;
  let chain = link;
  let number = 1;
  let state: 'open' | 'full' | 'failed' | 'closed' = 'open';
  let waiting = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const write = async (content: Content): Promise<WriteResult> => {
    if (state === 'full') return { kind: 'disk-full' };
    if (state !== 'open') throw new Error(`the recording ${keys.recordingId} is ${state}`);
    const frame = encodeFrame(keys, content.type, number, encodeContent(content));
    try {
      await writeAll(file, frame, position);
      await file.datasync();
    } catch (cause) {
      state = isFull(cause) ? 'full' : 'failed';
      // What was half written goes, so the file ends with a whole frame.
      await file.truncate(position);
      if (state === 'full') return { kind: 'disk-full' };
      throw cause;
    }
    position += frame.length;
    chain = chained(chain, frame);
    number += 1;
    return { kind: 'kept' };
  };
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    waiting += 1;
    const result = queue.then(work).finally(() => {
      waiting -= 1;
    });
    // The next in the queue goes on whatever became of this one; its own caller is told by `result`.
    queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };
  return {
    syncedBytes: () => position,
    append: (content) => {
      if (waiting >= waitingFramesMax) return Promise.reject(new DiskTooSlow(`${waiting} chunks wait for the disk`));
      return inTurn(() => write(content));
    },
    close: () =>
      inTurn(async () => {
        if (state === 'closed') return { kind: 'kept' };
        try {
          if (state !== 'open') return { kind: 'disk-full' };
          return await write({ type: 'close', chunks: number, chain: chain.toString('hex') });
        } finally {
          state = 'closed';
          await file.close();
        }
      }),
  };
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Whether the file system said that there is no room: the disk, this person's share of it, or the file's largest size. */
function isFull(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(cause.code));
}
