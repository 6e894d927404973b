import { type FileHandle, open, rm } from 'node:fs/promises';
import { UploadRefusal } from './upload-request.ts';

/** Writes a file and syncs it; one that a crash left there is written anew. */
export async function writeNew(path: string, bytes: Buffer): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await writeAll(file, [bytes], 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes every byte of some pieces, one after the other, at a position. */
export async function writeAll(file: FileHandle, pieces: readonly Buffer[], position: number): Promise<void> {
  let rest = pieces.filter(({ length }) => length > 0);
  for (let at = position; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest, at);
    at += bytesWritten;
    rest = behind(rest, bytesWritten);
  }
}

function behind(pieces: readonly Buffer[], bytes: number): Buffer[] {
  let left = bytes;
  return pieces.flatMap((piece) => {
    const taken = Math.min(left, piece.length);
    left -= taken;
    return taken === piece.length ? [] : [piece.subarray(taken)];
  });
}

/** Makes the names in a folder durable. Windows keeps names in its own journal and can't sync a folder. */
export async function syncFolder(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Nothing for what is not there; any other fault is thrown on. */
export function noneThere(cause: unknown): [] {
  if (codeOf(cause) === 'ENOENT') return [];
  throw cause;
}

/** A full disk is told to the seat as 507; any other fault is thrown on. */
export function translate(cause: unknown): never {
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    throw new UploadRefusal(507, 'the disk of the hub is full');
  throw cause;
}

function codeOf(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : null;
}
