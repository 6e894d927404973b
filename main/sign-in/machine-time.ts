import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { MachineClocks } from '../../core/steady-clock.ts';
import type { ClockReading } from './counted-time.ts';

/** The clocks of a machine and how something waits on it. */
export interface MachineTime extends MachineClocks {
  readonly reading: () => ClockReading;
  /** Ends early when the signal does; never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** This machine's own. */
export function machineTime(): MachineTime {
  const bootId = linuxBootId();
  return {
    wall: Date.now,
    monotonicMs: () => performance.now(),
    reading: () => ({ wallAt: Date.now(), uptimeMs: uptime() * 1000, bootId }),
    // An ended wait is no failure: that is what the signal is for.
    wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
  };
}

/** The kernel's name for this start of the machine (Linux, random(4)); null elsewhere. */
function linuxBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
