import { z } from 'zod';

/** Time that only goes on, as it is kept: it never goes back, whatever anybody does to the wall clock. */
export const countedTime = z.object({
  /** Milliseconds since the seat began to count. */
  countedMs: z.number().nonnegative(),
  /** What the clocks said then. */
  wallAt: z.number(),
  uptimeMs: z.number(),
  bootId: z.string().nullable(),
});
export type CountedTime = z.infer<typeof countedTime>;

/** What the clocks of a machine say now. */
export interface ClockReading {
  /** Wall-clock milliseconds: anybody may set it. */
  readonly wallAt: number;
  /** Milliseconds since the machine was started, its sleep among them: nobody can set it. */
  readonly uptimeMs: number;
  /** Another one after each start of the machine; null where the system has none. */
  readonly bootId: string | null;
}

/** Begins to count. */
export function countFrom(reading: ClockReading): CountedTime {
  return { countedMs: 0, ...reading };
}

/**
 * Counts on, never less than what really passed while anything could be known of it. Within one start of the machine the
 * machine's own counter tells exactly, so a wall clock that jumps counts for nothing. Over a restart of the machine the
 * wall clock is believed as far as it goes forward, and the time since the start is counted whatever it says: a clock
 * that was set back gains nothing while the machine is on.
 */
export function countOn(before: CountedTime, now: ClockReading): CountedTime {
  const ranMs = now.uptimeMs - before.uptimeMs;
  const passedMs = isSameBoot(before, now)
    ? Math.max(0, ranMs)
    : Math.max(0, now.wallAt - before.wallAt, ranMs >= 0 ? ranMs : now.uptimeMs);
  return { countedMs: before.countedMs + passedMs, ...now };
}

/** How far the two clocks may disagree over one start of the machine where it has no name: a wall clock that is set right. */
const sameBootToleranceMs = 10 * 60_000;

/** Whether the machine has been on all the time since. */
export function isSameBoot(before: CountedTime, now: ClockReading): boolean {
  if (now.bootId !== null || before.bootId !== null) return now.bootId === before.bootId;
  const ranMs = now.uptimeMs - before.uptimeMs;
  return ranMs >= 0 && Math.abs(now.wallAt - before.wallAt - ranMs) <= sameBootToleranceMs;
}
