import { z } from 'zod';

/** Decrypted, seekable WebM as the desk plays it. */
export const recordingInfo = z.object({
  recordingId: z.string(),
  bytes: z.number().int(),
  seconds: z.number(),
  /** 2: agent left, caller right. */
  channels: z.number().int(),
  isComplete: z.boolean(),
  /** Where sound was dropped on purpose, in seconds from the start of the recording. */
  gaps: z.array(z.object({ atSeconds: z.number(), seconds: z.number(), reason: z.string() })),
  /** Chunks that failed their check; the rest plays. */
  damagedChunks: z.array(z.number().int()),
});
export type RecordingInfo = z.infer<typeof recordingInfo>;
