import { z } from 'zod';

/** Where a hub takes recordings (tus 1.0); below its address. */
export const uploadPath = '/v1/recordings/uploads';

/** The name of a queue of the switch, as its switch gives it. */
export const queueName = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u);

/** What a seat tells of a recording when its upload is begun: `Upload-Metadata` of tus, whose values are text. */
export const uploadMetadata = z.object({
  recordingId: z.string().min(1).max(64),
  /** Empty when nothing at the seat tells it any more. */
  callId: z.string().max(64),
  /** Where the call waited before it came to the seat; absent when its switch does not say. */
  queue: queueName.optional(),
  /** Wall-clock milliseconds at the seat. */
  startedAt: z.string().regex(/^\d{1,16}$/),
  /** The recording's own key, wrapped for the hub (recording/hub-wrap.ts); absent while the seat has no key of the hub. */
  key: z.string().max(400).optional(),
});
export type UploadMetadata = z.infer<typeof uploadMetadata>;
