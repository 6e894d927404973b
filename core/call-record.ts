import { z } from 'zod';

/**
 * A time as a switch prints it: its own wall clock, no time zone. `date` is `YYYY-MM-DD`, `--MM-DD` when nobody told the
 * year, or null when nobody told the day; `time` is `HH:MM` or `HH:MM:SS`, 24 hours, as precise as was printed.
 * `dateFrom` says who told the day: the record itself, a date record before it, the receiver's calendar, or nobody.
 */
export const wallTime = z.object({
  date: z.string().nullable(),
  time: z.string(),
  dateFrom: z.enum(['record', 'date-record', 'receiver', 'nobody']),
});
/** See `wallTime`. */
export type WallTime = z.infer<typeof wallTime>;

/** One line of a switch's call log. What the switch did not say is null or empty, never guessed. */
export const callRecordLeg = z.object({
  /** `event`: not a call (log in, wake-up, buffer full); `condition` says what. */
  kind: z.enum(['call', 'event']),
  /** The shape of the layout that the line fitted. */
  shape: z.string(),
  /** No public sample of a real switch proves this shape: compare with the paper before trusting it. */
  isUnproven: z.boolean(),
  direction: z.enum(['inbound', 'outbound', 'internal', 'unknown']),
  startedAt: wallTime.nullable(),
  endedAt: wallTime.nullable(),
  durationSeconds: z.number().nonnegative().nullable(),
  ringSeconds: z.number().nonnegative().nullable(),
  holdSeconds: z.number().nonnegative().nullable(),
  isAnswered: z.boolean().nullable(),
  isTransferred: z.boolean(),
  /** The station of the house, as printed. */
  extension: z.string().nullable(),
  trunk: z.string().nullable(),
  /** The other party: who called, or what was dialled; masks (`.`, `X`, `?`) stay as printed. */
  number: z.string().nullable(),
  name: z.string().nullable(),
  account: z.string().nullable(),
  authorization: z.string().nullable(),
  /** A decimal number as text (no rounding), and the currency sign when one stood there. */
  cost: z.object({ amount: z.string(), currency: z.string().nullable() }).nullable(),
  /** The switch's own code for what happened, and what its manual says the code means. */
  condition: z.object({ code: z.string(), meaning: z.string().nullable() }).nullable(),
  callId: z.string().nullable(),
  /** Everything else the layout names. */
  details: z.record(z.string(), z.string()),
  /** Line of the input, counted from 1. */
  line: z.number().int().positive(),
  /** The line as it came. */
  text: z.string(),
});
/** See `callRecordLeg`. */
export type CallRecordLeg = z.infer<typeof callRecordLeg>;

/** One call as the switch tells it, neutral of the maker; a call told in several lines has each of them in `legs`. */
export const callRecord = callRecordLeg.extend({
  /** The id of the layout it was read by. */
  layout: z.string(),
  /** The lines it was joined from, oldest first; empty when it was told in one line. */
  legs: z.array(callRecordLeg),
  /** False: a line that belongs to it was announced and did not come. */
  isComplete: z.boolean(),
});
/** See `callRecord`. */
export type CallRecord = z.infer<typeof callRecord>;
