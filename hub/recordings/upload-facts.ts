import { z } from 'zod';

/** What never changes about an upload: written once, and its being there is what makes the upload known. */
export const uploadFacts = z.object({
  createdAt: z.string(),
  /** Bytes in all, if they were told when it was made. */
  size: z.number().int().nonnegative().nullable().default(null),
  metadata: z.record(z.string(), z.string().nullable()),
});
export type UploadFacts = z.infer<typeof uploadFacts>;
