import { z } from 'zod';

/**
 * What a call's media was like, as WebRTC's getStats and ITU-T G.107 say; one sample each two seconds.
 * `mos` is estimated from the network part only (voice-quality.ts). Percentages are 0..100, times milliseconds.
 */
export const qualityReport = z.object({
  codec: z.string().max(32),
  lossPercent: z.number(),
  jitterMs: z.number(),
  /** Null until the first RTCP report came back. */
  roundTripMs: z.number().nullable(),
  /** 1.0 .. 4.5. */
  mos: z.number(),
});
export type QualityReport = z.infer<typeof qualityReport>;
