import { open } from 'node:fs/promises';
import { framesOffset } from '../../recording/header.ts';
import { readContainer } from '../../recording/read-container.ts';

/** What a recording's own file says of it. `startedAt` is wall-clock milliseconds. */
export interface RecordingAbout {
  readonly callId: string;
  readonly startedAt: number;
}

/** The head and the first frame, which names the call, are shorter than this. */
const headBytes = framesOffset + 4_096;

/** Reads the beginning of a recording's file. Null when there is none, or it does not say (any more). */
export async function aboutRecording(path: string, profileKey: Uint8Array): Promise<RecordingAbout | null> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const contents = readContainer(buffer.subarray(0, bytesRead), profileKey);
    if (contents.kind === 'unreadable') return null;
    const [first] = contents.chunks;
    return first?.content.type === 'begin'
      ? { callId: first.content.callId, startedAt: contents.createdAt }
      : { callId: '', startedAt: contents.createdAt };
  } finally {
    await file.close();
  }
}
