import { idleLamps, type Lamps } from '../../core/key.ts';
import { busyChecked, tookReadings } from './headset-keys.ts';
import type { HeadsetEffect, HeadsetState, HeadsetStep } from './headset-state.ts';
import { wantedWithinMs, writeGapMs } from './headset-timing.ts';
import { isMuteShown, type LampShadow, lampReportIds, nextLampReport, reportIdsOf, shownLamp } from './lamp-plan.ts';
import { decodeReport } from './report-decoder.ts';

/**
 * One headset (facts/hid.md section 5). Pure: a step takes an input and the time and gives the next state and effects;
 * a key press is an effect of the very step that takes the report, with no timer between.
 */

export type HeadsetInput =
  | { readonly kind: 'show'; readonly lamps: Lamps }
  | { readonly kind: 'report'; readonly bytes: Uint8Array }
  /** The write under way has ended, well or not. */
  | { readonly kind: 'written' }
  /** `dueAtMs` has come. */
  | { readonly kind: 'due' };

/** When the model next wants `due`; undefined: not before another input. */
export function dueAtMs(state: HeadsetState): number | undefined {
  const times = [state.reassertAtMs, state.busyCheckAtMs, hasMoreToWrite(state) ? state.nextWriteAtMs : undefined];
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Whether the device shows what it should, so that it can be let go. */
export function isShown(state: HeadsetState): boolean {
  return !state.isWriting && plannedWrite(state) === undefined;
}

/** One step of the headset. */
export function stepHeadset(state: HeadsetState, input: HeadsetInput, nowMs: number): HeadsetStep {
  switch (input.kind) {
    case 'show':
      return pump(shown(state, input.lamps, nowMs), [], nowMs);
    case 'written':
      return pump({ ...state, isWriting: false, nextWriteAtMs: nowMs + writeGapMs }, [], nowMs);
    case 'due': {
      const [next, effects] = busyChecked(reasserted(state, nowMs), nowMs);
      return pump(next, effects, nowMs);
    }
    case 'report': {
      const [decoder, readings] = decodeReport(state.map, state.decoder, input.bytes);
      const [next, effects] = tookReadings({ ...state, decoder }, readings, nowMs);
      return pump(next, effects, nowMs);
    }
  }
}

// --- wishes and writes ---------------------------------------------------------------------------------------------

function shown(state: HeadsetState, lamps: Lamps, nowMs: number): HeadsetState {
  const before = state.lamps;
  const isLifting = lamps.isOffHook && !before.isOffHook;
  const hook = state.hook;
  const isWanted = isLifting && nowMs - hook.takenAtMs < wantedWithinMs;
  return {
    ...state,
    lamps,
    // Hold and resume move the hook of some devices as much as off-hook does (jabra-browser-integration issue 51).
    hook:
      lamps.isOffHook === before.isOffHook && lamps.isHeld === before.isHeld
        ? hook
        : { ...hook, changedAtMs: nowMs, restoresLeft: 1, isReturnDue: hook.isReturnDue && !isWanted },
    muteChangedAtMs: isMuteShown(lamps) === isMuteShown(before) ? state.muteChangedAtMs : nowMs,
    holdChangedAtMs: lamps.isHeld === before.isHeld ? state.holdChangedAtMs : nowMs,
    // A device keeps its own mute from the call before: say how it is, even if unchanged (Jabra call control).
    // After hold, say off-hook again: some devices dropped it (gonnect pull request 52).
    forced: new Set([
      ...state.forced,
      ...(isLifting ? reportIdsOf(state.map, 'mute') : []),
      ...(before.isHeld && !lamps.isHeld ? reportIdsOf(state.map, 'off-hook') : []),
    ]),
  };
}

function reasserted(state: HeadsetState, nowMs: number): HeadsetState {
  if (state.reassertAtMs === undefined || state.reassertAtMs > nowMs) return state;
  return { ...state, reassertAtMs: undefined, forced: lampReportIds(state.map) };
}

function plannedWrite(state: HeadsetState): ReturnType<typeof nextLampReport> {
  return nextLampReport(state.map, state.quirks, state.shadow, state.lamps, state.forced);
}

function hasMoreToWrite(state: HeadsetState): boolean {
  return !state.isWriting && plannedWrite(state) !== undefined;
}

function pump(state: HeadsetState, effects: readonly HeadsetEffect[], nowMs: number): HeadsetStep {
  if (state.isWriting || nowMs < state.nextWriteAtMs) return [state, effects];
  const planned = plannedWrite(state);
  if (planned === undefined) return [state, effects];
  const shadow = new Map(state.shadow).set(planned.reportId, planned.report);
  const forced = new Set(state.forced);
  forced.delete(planned.reportId);
  const next = noteWrite({ ...state, shadow, forced, isWriting: true }, state.shadow, planned.reportId, nowMs);
  return [next, [...effects, { kind: 'write', report: planned.report }]];
}

/** What our write makes of the device's switches: it follows, or it is told so again at the next press. */
function noteWrite(state: HeadsetState, before: LampShadow, reportId: number, nowMs: number): HeadsetState {
  const written = (role: 'off-hook' | 'mute' | 'hold'): boolean | undefined =>
    reportIdsOf(state.map, role).has(reportId) ? shownLamp(state.map, state.shadow, role) : undefined;
  const offHook = written('off-hook');
  const levels = {
    hook: offHook ?? state.levels.hook,
    mute: written('mute') ?? state.levels.mute,
    hold: written('hold') ?? state.levels.hold,
  };
  if (offHook === undefined) return { ...state, levels };
  const isChange = offHook !== (shownLamp(state.map, before, 'off-hook') ?? false);
  return {
    ...state,
    levels,
    hook: {
      ...state.hook,
      changedAtMs: isChange ? nowMs : state.hook.changedAtMs,
      rewrittenAtMs: nowMs,
      liftedAtMs: offHook ? nowMs : state.hook.liftedAtMs,
    },
  };
}

/** Everything dark, written even if it already was: what a device is left with. */
export function restingHeadset(state: HeadsetState, nowMs: number): HeadsetState {
  return { ...shown(state, idleLamps, nowMs), forced: lampReportIds(state.map), reassertAtMs: undefined };
}
