import { z } from 'zod';

/**
 * What the main process and the seat's utility process say to each other, besides the ports. Checked on arrival on both
 * sides: they are two programs, and one of them may be older after an update under way.
 */
export const toSeat = z.discriminatedUnion('kind', [
  /** First and once. The key comes by this message and by nothing a system shows to others (arguments, environment). */
  z.object({
    kind: z.literal('start'),
    profile: z.string(),
    key: z.instanceof(Uint8Array),
    version: z.string(),
    /** The language of the system, for a person who has not chosen one. */
    locale: z.string().max(35),
    isPractice: z.boolean(),
  }),
  /** Comes with one port: serve console-api on it. */
  z.object({ kind: z.literal('page'), page: z.enum(['phone', 'desk']) }),
  /** Comes with one port: the device process that was asked for. The port closes when that process ends. */
  z.object({ kind: z.literal('devices') }),
  z.object({ kind: z.literal('stop') }),
]);
export type ToSeat = z.infer<typeof toSeat>;

/** See toSeat. */
export const fromSeat = z.discriminatedUnion('kind', [
  /** The seat can't start here; `message` is for the person, who has to do something about it. */
  z.object({ kind: z.literal('refused'), message: z.string(), detail: z.string() }),
  /** Start a device process: a utility process can't start one itself. Closing its port ends it. */
  z.object({ kind: z.literal('fork-devices') }),
  /** Whatever the shell around the pages has to follow. `server` is null on the practice line. */
  z.object({
    kind: z.literal('state'),
    server: z.string().nullable(),
    liveCalls: z.number().int().nonnegative(),
    isRinging: z.boolean(),
  }),
]);
export type FromSeat = z.infer<typeof fromSeat>;
