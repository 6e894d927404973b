import { z } from 'zod';

const hexBytes = z
  .string()
  .regex(/^([0-9a-fA-F]{2}\s*){1,8}$/, 'one to eight bytes in hex, as 0D0A')
  .transform((text) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex')));

/** The longest frame a profile may ask for: a panel's is a dozen bytes, and what does not end must not be kept. */
export const frameLengthMax = 1024;
const max = z.int().min(1).max(frameLengthMax).default(256);
/** Silence after which half a frame is thrown away. 0: never. */
const gapMs = z.number().min(0).max(10_000).default(0);
/** There is one way back after noise, to the next start; a profile may say so. */
const resync = z.literal('nextStart').optional();

/** How bytes become frames. Every kind is bounded by `max` and finds its way back after any noise. */
export const framingRule = z.discriminatedUnion('type', [
  /** Text up to `end`; without one, up to CR or LF, whichever comes. With `start`, what stands before it is noise. */
  z.strictObject({ type: z.literal('line'), start: hexBytes.optional(), end: hexBytes.optional(), max, gapMs, resync }),
  /** Every byte is a frame. */
  z.strictObject({ type: z.literal('bytes') }),
  /** From `start` to `end` and `after` more bytes (a check or an identifier behind the end). */
  z.strictObject({
    type: z.literal('startEnd'),
    start: hexBytes,
    end: hexBytes,
    after: z.int().min(0).max(16).default(0),
    max,
    gapMs,
    resync,
  }),
  /** `length` bytes, `start` included. */
  z.strictObject({
    type: z.literal('fixed'),
    start: hexBytes.optional(),
    length: z.int().min(1).max(frameLengthMax),
    gapMs,
    resync,
  }),
  /** The number of bytes is told by the frame: field at `at` + `adds` = length of the whole frame. */
  z.strictObject({
    type: z.literal('lengthPrefixed'),
    start: hexBytes.optional(),
    lenField: z.strictObject({
      at: z.int().min(0).max(16),
      bytes: z.union([z.literal(1), z.literal(2)]).default(1),
      adds: z.int().min(0).max(64).default(0),
      endian: z.enum(['le', 'be']).default('le'),
    }),
    max,
    gapMs,
    resync,
  }),
  /** RFC 1055. */
  z.strictObject({ type: z.literal('slip'), max, gapMs, resync }),
  /** DLE STX … DLE ETX, a DLE inside doubled. */
  z.strictObject({ type: z.literal('dle'), max, gapMs, resync }),
  /** A frame ends when the line falls silent. */
  z.strictObject({ type: z.literal('idleGap'), gapMs: z.number().min(1).max(10_000), max }),
  /** Modbus RTU: silence of 3.5 characters; 5 ms unless told, for a desk's timers are no finer. Give a crc16modbus check. */
  z.strictObject({ type: z.literal('modbusRtu'), gapMs: z.number().min(1).max(10_000).default(5), max }),
]);
export type FramingRule = z.infer<typeof framingRule>;
