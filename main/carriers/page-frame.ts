import { z } from 'zod';

/**
 * oRPC's frames as a page sends them (@orpc/standard-server-peer 1.16: `i` id, `t` type, `p` payload; a request has no
 * type). Only what console-api needs is let through: requests by POST with a JSON body, and the end of a request.
 * Streams and files from the page are not, so nothing a page sends is ever queued.
 */
const requestFrame = z.strictObject({
  i: z.string().min(1).max(32),
  t: z.literal(1).optional(),
  p: z.object({
    /** The path of the procedure, for instance `/desk/view`. */
    u: z
      .string()
      .max(100)
      .regex(/^\/[A-Za-z/]+$/),
    b: z.unknown().optional(),
    m: z.literal('POST').optional(),
  }),
});

const endFrame = z.strictObject({ i: z.string().min(1).max(32), t: z.literal(4), p: z.unknown().optional() });

/** One frame from a page. `unreadable` is the page's mistake, or no page at all. */
export type PageFrame =
  | { readonly kind: 'request'; readonly id: string; readonly url: URL; readonly body: unknown }
  | { readonly kind: 'end'; readonly id: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads one frame. Never throws. */
export function readPageFrame(text: string): PageFrame {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', why: 'not JSON' };
  }
  const request = requestFrame.safeParse(json);
  if (request.success) {
    const { i: id, p } = request.data;
    return { kind: 'request', id, url: new URL(p.u, 'http://orpc'), body: p.b };
  }
  const end = endFrame.safeParse(json);
  return end.success ? { kind: 'end', id: end.data.i } : { kind: 'unreadable', why: 'not a frame of console-api' };
}
