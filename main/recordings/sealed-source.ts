import type { UploadSource } from './upload-source.ts';

/** How many recordings are remembered as sealed; one that is forgotten is looked at once more. */
const sealedMax = 256;

/** What is known of recordings under way. */
export interface SealedSourcePorts {
  /** Whether sound may still come, from before its file is made. */
  readonly isLive: (recordingId: string) => boolean;
  /** Bytes that are synced of one that is being written; null when its file has its end, or its seat died. */
  readonly syncedBytes: (recordingId: string) => number | null;
  /** Puts an end to a file that has none. */
  readonly seal: (recordingId: string) => Promise<unknown>;
}

/** A source whose recordings have an end before they are called whole: what a seat left without one is sealed first. */
export function sealedSource(source: UploadSource, { isLive, syncedBytes, seal }: SealedSourcePorts): UploadSource {
  const sealed = new Set<string>();
  return {
    ...source,
    standing: async (recordingId) => {
      if (syncedBytes(recordingId) !== null) return source.standing(recordingId);
      // It is being made this moment: nothing of it is durable yet.
      if (isLive(recordingId)) return { bytes: 0, isOpen: true };
      if (!sealed.has(recordingId)) {
        await seal(recordingId);
        sealed.add(recordingId);
        const [first] = sealed;
        if (sealed.size > sealedMax && first !== undefined) sealed.delete(first);
      }
      return source.standing(recordingId);
    },
  };
}
