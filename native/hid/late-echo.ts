import type { Lamps } from '../../core/key.ts';
import { lateEchoMs, settleMs } from './headset-timing.ts';
import { isMuteShown } from './lamp-plan.ts';

/**
 * A wireless base acknowledges a lamp a second and more after it was written (facts/hid.md 4.14). By then the call may be
 * another one: the acknowledgement of the last call's end would end it. So what a device still owes us is remembered.
 */

/** Switches that a device moves by itself to acknowledge our lamps. */
export type Level = 'hook' | 'mute' | 'hold';

/** What is known of one switch and its lamp. */
export type Echo = {
  /** The device's last word. */
  readonly told: boolean;
  /** When a lamp was last written that its switch has not followed yet: by what was written. */
  readonly owedAtMs: Sides<number>;
  /** It has followed a lamp before that went on, or out. Of a device that never does, nothing is owed. */
  readonly doesFollow: Sides<boolean>;
};
type Sides<T> = { readonly on: T; readonly off: T };

/** Before the first word and the first write. */
export const noEcho: Echo = {
  told: false,
  owedAtMs: { on: Number.NEGATIVE_INFINITY, off: Number.NEGATIVE_INFINITY },
  doesFollow: { on: false, off: false },
};

/** The lamp of this switch was changed to `isLit`. */
export function lampWritten(echo: Echo, isLit: boolean, nowMs: number): Echo {
  // Where it still owes the opposite, it will come back from there.
  const isOwedBack = nowMs - echo.owedAtMs[isLit ? 'off' : 'on'] < lateEchoMs;
  if (echo.told === isLit && !isOwedBack) return echo;
  return { ...echo, owedAtMs: { ...echo.owedAtMs, [isLit ? 'on' : 'off']: nowMs } };
}

/**
 * The switch has moved. `isLate`: by that it acknowledges a lamp that has been changed again since; nobody pressed.
 * `wish`: how it should be.
 */
export function switchMoved(
  echo: Echo,
  isSet: boolean,
  wish: boolean,
  nowMs: number,
): readonly [Echo, isLate: boolean] {
  const side = isSet ? 'on' : 'off';
  const sinceMs = nowMs - echo.owedAtMs[side];
  const isOwed = sinceMs < lateEchoMs;
  const hasFollowed = isOwed && isSet === wish;
  // One that is slow in one thing is so in the other.
  const isSlow = hasFollowed && sinceMs >= settleMs;
  const { doesFollow } = echo;
  return [
    {
      told: isSet,
      owedAtMs: { ...echo.owedAtMs, [side]: Number.NEGATIVE_INFINITY },
      doesFollow: isSlow ? { on: true, off: true } : { ...doesFollow, [side]: doesFollow[side] || hasFollowed },
    },
    isOwed && isSet !== wish && doesFollow[side],
  ];
}

/** How each switch should stand. */
export function wishedLevel(lamps: Lamps, level: Level): boolean {
  switch (level) {
    case 'hook':
      return lamps.isOffHook;
    case 'mute':
      return isMuteShown(lamps);
    case 'hold':
      return lamps.isHeld;
  }
}
