import type { KeyPress, LampName, Lamps } from '../../core/key.ts';
import { type DeviceTold, nothingTold } from './device-status.ts';
import { reassertAfterOpenMs, reassertAfterPressMs } from './headset-timing.ts';
import type { HookPlan } from './hook-rules.ts';
import { type HeadsetQuirks, type LampShadow, lampReportIds } from './lamp-plan.ts';
import { type Echo, type Level, noEcho } from './late-echo.ts';
import { type DecoderState, noReportsYet, type Reading } from './report-decoder.ts';
import { isMomentary, type TelephonyMap } from './telephony.ts';
import type { LampRole } from './usages.ts';

/** What is known of one headset: what the seat wishes, what the device was told, what it said. */

/** The switches that have a lamp of ours. */
const levels: readonly Level[] = ['hook', 'mute', 'hold'];

/** Which switch a reading tells the position of, if any. */
export function levelOf({ control }: Reading): Level | undefined {
  return isMomentary(control) ? undefined : levels.find((level) => level === control.role);
}

export type HeadsetState = {
  readonly map: TelephonyMap;
  readonly quirks: HeadsetQuirks;
  readonly lamps: Lamps;
  readonly shadow: LampShadow;
  readonly forced: ReadonlySet<number>;
  readonly isWriting: boolean;
  readonly nextWriteAtMs: number;
  readonly reassertAtMs: number | undefined;
  readonly decoder: DecoderState;
  /** Where the device's switches stand, as far as one can know: its last word, or our last write to it. */
  readonly levels: Readonly<Record<Level, boolean>>;
  readonly echoes: Readonly<Record<Level, Echo>>;
  readonly hook: HookPlan;
  readonly muteChangedAtMs: number;
  readonly holdChangedAtMs: number;
  /** Whether a mute level behaves as a button: when it last rose, and how often in a row it fell at once. */
  readonly muteButton: { readonly roseAtMs: number; readonly falls: number };
  /** A report last moved a key. */
  readonly movedAtMs: number;
  /** How often it has said the same again though nobody had touched anything; at repeatsMax it is its habit. */
  readonly repeats: { readonly count: number; readonly atMs: number };
  readonly pressedAtMs: ReadonlyMap<number, number>;
  readonly isLineBusy: boolean;
  readonly lineBusyAtMs: number;
  readonly isBusyElsewhere: boolean;
  readonly busyCheckAtMs: number | undefined;
  /** One lamp that somebody looks at on the Devices page. */
  readonly trial: { readonly lamp: LampName; readonly untilMs: number } | undefined;
  readonly tried: ReadonlySet<LampRole>;
  /** What the device last told, what of it was handed on, and when more may be. */
  readonly told: DeviceTold;
  readonly handedOn: DeviceTold;
  readonly nextTellMs: number;
};

export type HeadsetEffect =
  | { readonly kind: 'write'; readonly report: Uint8Array }
  | { readonly kind: 'press'; readonly press: KeyPress }
  | { readonly kind: 'busy-elsewhere'; readonly isBusy: boolean }
  | { readonly kind: 'told'; readonly told: DeviceTold };

export type HeadsetStep = readonly [HeadsetState, readonly HeadsetEffect[]];

/** A time before all others. */
export const never = Number.NEGATIVE_INFINITY;

/** A device just opened: everything is written once, and again after `reassertAfterOpenMs`. */
export function openedHeadset(map: TelephonyMap, quirks: HeadsetQuirks, lamps: Lamps, nowMs: number): HeadsetState {
  // In mid-call: what was written while it started it may not have heard; its reaction comes to what is written again.
  const startedMs = lamps.isOffHook ? nowMs + reassertAfterOpenMs : undefined;
  return {
    map,
    quirks,
    lamps,
    shadow: new Map(),
    forced: lampReportIds(map),
    isWriting: false,
    nextWriteAtMs: nowMs,
    reassertAtMs: nowMs + reassertAfterOpenMs,
    decoder: noReportsYet,
    levels: { hook: false, mute: false, hold: false },
    echoes: { hook: noEcho, mute: noEcho, hold: noEcho },
    hook: {
      changedAtMs: startedMs ?? nowMs,
      rewrittenAtMs: never,
      liftedAtMs: never,
      restoresLeft: 1,
      takenAtMs: never,
      isReturnDue: false,
      sideKeyAtMs: never,
    },
    muteChangedAtMs: startedMs ?? never,
    holdChangedAtMs: startedMs ?? never,
    muteButton: { roseAtMs: never, falls: 0 },
    movedAtMs: never,
    repeats: { count: 0, atMs: never },
    pressedAtMs: new Map(),
    isLineBusy: false,
    lineBusyAtMs: never,
    isBusyElsewhere: false,
    busyCheckAtMs: undefined,
    trial: undefined,
    tried: new Set(),
    told: nothingTold,
    handedOn: nothingTold,
    nextTellMs: never,
  };
}

/** Has the state written again soon: the device may have gone its own way at a press. */
export function rewritten(state: HeadsetState, nowMs: number): HeadsetState {
  const soon = nowMs + reassertAfterPressMs;
  return { ...state, reassertAtMs: Math.min(state.reassertAtMs ?? soon, soon) };
}
