import { recordingReadBytesMax } from '../../core/console-api.ts';
import type { RecordingInfo } from '../../core/recording-info.ts';
import type { DeskConsole } from '../desk/seat-store.ts';

/** A recording in the page's memory: what the seat says of it, and its sound as one WebM blob. */
export type LoadedRecording = { readonly info: RecordingInfo; readonly sound: Blob };

/**
 * Fetches a recording piece by piece. `onShare` is told 0..1. Throws if the seat process can't open or read it; stops
 * with an AbortError when the signal says that nobody wants it any more.
 */
export async function loadRecording(
  console: DeskConsole,
  recordingId: string,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<LoadedRecording> {
  const info = await console.recordings.open({ recordingId }, { signal });
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let offset = 0; offset < info.bytes; ) {
    signal.throwIfAborted();
    const length = Math.min(recordingReadBytesMax, info.bytes - offset);
    const { webmBase64 } = await console.recordings.read({ recordingId, offset, length }, { signal });
    const piece = bytesOf(webmBase64);
    if (piece.length === 0) throw new Error(`the recording ends at ${offset} of ${info.bytes} bytes`);
    pieces.push(piece);
    offset += piece.length;
    onShare(offset / info.bytes);
  }
  return { info, sound: new Blob(pieces, { type: 'audio/webm' }) };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
