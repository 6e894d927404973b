import { assertNever } from '../../core/assert-never.ts';
import type { KeyFace, KeyLamp } from '../../core/key-face.ts';

/** What one key shows at one moment: a face with its cadence and its timer worked out. Two alike looks are one picture. */
export type KeyLook = {
  readonly caption: string;
  readonly icon: KeyFace['icon'];
  readonly tone: KeyFace['tone'];
  readonly isEnabled: boolean;
  readonly isLit: boolean;
  /** `fast`, for a panel that flashes by itself; `isLit` has the phase for one that cannot. */
  readonly isFlashing: boolean;
  /** `0:07`, `12:41`, `1:02:03`; empty without a timer. */
  readonly timer: string;
};

/**
 * Lit and dark times in milliseconds. Fast is two flashes a second: more than three can bring on a seizure (WCAG 2.3.1).
 * A wink is a key that is on and blinks out, as a held line does on attendant consoles.
 */
export const cadences = {
  slow: { litMs: 1_000, darkMs: 1_000 },
  fast: { litMs: 250, darkMs: 250 },
  wink: { litMs: 1_750, darkMs: 250 },
} as const;

/** Clocks of two machines differ; a timer that starts in the future stands at zero, and none runs beyond this. */
const timerMaxMs = 100 * 3_600_000 - 1;

/** The look of a face now. `nowMs` gives the cadence, which all keys keep together; `wallMs` the timer. */
export function lookOf(face: KeyFace, nowMs: number, wallMs: number): KeyLook {
  const { caption, icon, tone, isEnabled, lamp, sinceAt } = face;
  const timer = sinceAt === null ? '' : timerText(wallMs - sinceAt);
  return { caption, icon, tone, isEnabled, isLit: isLitAt(lamp, nowMs), isFlashing: lamp === 'fast', timer };
}

/** Milliseconds until the look of a face changes by itself; infinite when it does not. */
export function lookLastsMs(face: KeyFace, nowMs: number, wallMs: number): number {
  const untilTick = face.sinceAt === null ? Number.POSITIVE_INFINITY : timerLastsMs(wallMs - face.sinceAt);
  return Math.min(untilTick, lampLastsMs(face.lamp, nowMs));
}

function isLitAt(lamp: KeyLamp, nowMs: number): boolean {
  switch (lamp) {
    case 'off':
      return false;
    case 'on':
      return true;
    case 'slow':
    case 'fast':
    case 'wink':
      return phaseMs(lamp, nowMs) < cadences[lamp].litMs;
    default:
      return assertNever(lamp);
  }
}

function lampLastsMs(lamp: KeyLamp, nowMs: number): number {
  if (lamp === 'off' || lamp === 'on') return Number.POSITIVE_INFINITY;
  const { litMs, darkMs } = cadences[lamp];
  const phase = phaseMs(lamp, nowMs);
  return (phase < litMs ? litMs : litMs + darkMs) - phase;
}

function phaseMs(lamp: keyof typeof cadences, nowMs: number): number {
  return nowMs % (cadences[lamp].litMs + cadences[lamp].darkMs);
}

function timerLastsMs(elapsedMs: number): number {
  if (elapsedMs < 0) return 1_000 - elapsedMs;
  return elapsedMs >= timerMaxMs ? Number.POSITIVE_INFINITY : 1_000 - (elapsedMs % 1_000);
}

function timerText(elapsedMs: number): string {
  const seconds = Math.floor(Math.min(Math.max(0, elapsedMs), timerMaxMs) / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}
