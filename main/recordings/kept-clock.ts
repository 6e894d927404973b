import { z } from 'zod';

/** What a clock must have moved against the machine's own counter to be called a jump, in milliseconds. */
export const jumpMs = 24 * 3_600_000;

/** How much time has surely passed while copies were kept, as it stands on the disk. */
export const keptTime = z.object({
  /** Told anew when the file was lost: ages of another era say nothing. */
  era: z.string(),
  /** Milliseconds since the era began, counted; never more than really passed, whatever the wall clock did. */
  ageMs: z.number().nonnegative(),
  /** Where the machine's counter and the wall clock stood then, in milliseconds. */
  uptimeMs: z.number(),
  wallAt: z.number(),
  /** No copy is removed before this age: the clock had jumped. */
  refuseUntilMs: z.number(),
});
export type KeptTime = z.infer<typeof keptTime>;

/** What the clocks say now. `uptimeMs` counts from the start of the machine, sleep included, and is never set. */
export interface ClockReading {
  readonly uptimeMs: number;
  readonly wallAt: number;
  /** Whether the same process looked the last time, so the counter is surely the same. */
  readonly isSameRun: boolean;
}

/** A new era, beginning now. */
export function newKeptTime(era: string, { uptimeMs, wallAt }: ClockReading): KeptTime {
  return { era, ageMs: 0, uptimeMs, wallAt, refuseUntilMs: 0 };
}

/**
 * Counts on from the last look, by the machine's own counter alone: over a restart of the machine only what ran since its
 * start is proven, so a copy stays longer on a machine that is often off, and never goes early by a wrong clock.
 * `jumpedMs` not null: the wall clock moved by more than a day against what passed (forwards: more than 0), and no copy
 * may be removed for the next day. After a time switched off a clock that is days ahead may be right; one that is days
 * back is not.
 */
export function countOn(
  before: KeptTime,
  { uptimeMs, wallAt, isSameRun }: ClockReading,
): { readonly time: KeptTime; readonly jumpedMs: number | null } {
  const ranMs = uptimeMs - before.uptimeMs;
  const passedMs = ranMs >= 0 ? ranMs : uptimeMs;
  const aheadMs = wallAt - before.wallAt - passedMs;
  const isJump = aheadMs < -jumpMs || (isSameRun && aheadMs > jumpMs);
  const ageMs = before.ageMs + passedMs;
  const refuseUntilMs = isJump ? ageMs + jumpMs : before.refuseUntilMs;
  return { time: { ...before, ageMs, uptimeMs, wallAt, refuseUntilMs }, jumpedMs: isJump ? aheadMs : null };
}
