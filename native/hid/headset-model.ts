import { idleLamps, type KeyPress, type Lamps } from '../../core/key.ts';
import {
  bounceMs,
  reassertAfterOpenMs,
  reassertAfterPressMs,
  settleMs,
  wantedWithinMs,
  writeGapMs,
} from './headset-timing.ts';
import { type HookPlan, hookAction } from './hook-rules.ts';
import {
  type HeadsetQuirks,
  type LampShadow,
  lampReportIds,
  nextLampReport,
  reportIdsOf,
  shownLamp,
} from './lamp-plan.ts';
import { type DecoderState, decodeReport, noReportsYet, type Reading } from './report-decoder.ts';
import type { TelephonyMap } from './telephony.ts';

/**
 * One headset: what the seat wishes, what the device was told, what it said (facts/hid.md section 5). Pure: a step takes
 * an input and the time and gives the next state and effects; a key press is an effect of the very step that takes the
 * report, with no timer between.
 */

type Level = 'hook' | 'mute' | 'hold';

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
  readonly hook: HookPlan;
  readonly muteChangedAtMs: number;
  readonly holdChangedAtMs: number;
  readonly pressedAtMs: ReadonlyMap<number, number>;
  readonly isLineBusy: boolean;
  readonly isBusyElsewhere: boolean;
  readonly busyCheckAtMs: number | undefined;
};

export type HeadsetInput =
  | { readonly kind: 'show'; readonly lamps: Lamps }
  | { readonly kind: 'report'; readonly bytes: Uint8Array }
  /** The write under way has ended, well or not. */
  | { readonly kind: 'written' }
  /** `dueAtMs` has come. */
  | { readonly kind: 'due' };

export type HeadsetEffect =
  | { readonly kind: 'write'; readonly report: Uint8Array }
  | { readonly kind: 'press'; readonly press: KeyPress }
  | { readonly kind: 'busy-elsewhere'; readonly isBusy: boolean };

export type HeadsetStep = readonly [HeadsetState, readonly HeadsetEffect[]];

const never = Number.NEGATIVE_INFINITY;

/** A device just opened: everything is written once, and again after `reassertAfterOpenMs`. */
export function openedHeadset(map: TelephonyMap, quirks: HeadsetQuirks, lamps: Lamps, nowMs: number): HeadsetState {
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
    hook: {
      changedAtMs: nowMs,
      rewrittenAtMs: never,
      liftedAtMs: never,
      restoresLeft: 1,
      takenAtMs: never,
      isReturnDue: false,
    },
    muteChangedAtMs: never,
    holdChangedAtMs: never,
    pressedAtMs: new Map(),
    isLineBusy: false,
    isBusyElsewhere: false,
    busyCheckAtMs: undefined,
  };
}

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
    hook:
      lamps.isOffHook === before.isOffHook
        ? hook
        : { ...hook, changedAtMs: nowMs, restoresLeft: 1, isReturnDue: hook.isReturnDue && !isWanted },
    muteChangedAtMs: lamps.isMuted === before.isMuted ? state.muteChangedAtMs : nowMs,
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
      liftedAtMs: isChange && offHook ? nowMs : state.hook.liftedAtMs,
    },
  };
}

// --- reports -------------------------------------------------------------------------------------------------------

const levelRoles = ['hook', 'mute', 'hold'] as const;

function levelOf(reading: Reading): Level | undefined {
  return reading.control.isRelative ? undefined : levelRoles.find((role) => role === reading.control.role);
}

function tookReadings(state: HeadsetState, readings: readonly Reading[], nowMs: number): HeadsetStep {
  const moved = readings.filter(({ control, isSet, hasChanged }) => (control.isRelative ? isSet : hasChanged));
  const acting = moved.length > 0 ? moved : restated(state, readings);
  // Some headsets raise Redial together with Hook (Teams capture): the hook is meant.
  const isHookPressed = acting.some(({ control, isSet }) => control.role === 'hook' && isSet);
  const meant = acting.filter(({ control }) => !(isHookPressed && control.role === 'redial'));
  let current = state;
  const effects: HeadsetEffect[] = [];
  for (const reading of meant) {
    const [next, more] = tookReading(current, reading, nowMs);
    current = next;
    effects.push(...more);
  }
  return [current, effects];
}

/**
 * A report in which nothing moved is still a statement where it contradicts us: a device that does not echo our writes
 * says "hook 0" to hang up a call that was answered on the screen. Only if it contradicts in one thing: two cannot both
 * be meant.
 */
function restated(state: HeadsetState, readings: readonly Reading[]): readonly Reading[] {
  const contradicting = readings.filter((reading) => {
    const level = levelOf(reading);
    return level !== undefined && state.levels[level] !== reading.isSet;
  });
  return contradicting.length === 1 ? contradicting : [];
}

function tookReading(state: HeadsetState, reading: Reading, nowMs: number): HeadsetStep {
  const { control, isSet } = reading;
  const level = levelOf(reading);
  const known = level === undefined ? state : { ...state, levels: { ...state.levels, [level]: isSet } };
  switch (control.role) {
    case 'hook':
      return tookHook(known, reading, nowMs);
    case 'mute':
      if (control.isRelative) return pressed(known, reading, { key: 'mute', to: 'toggle' }, nowMs);
      if (isSet === state.lamps.isMuted) return [known, []];
      if (nowMs - state.muteChangedAtMs < settleMs) return [rewritten(known, nowMs), []];
      return pressed(known, reading, { key: 'mute', to: isSet ? 'muted' : 'unmuted' }, nowMs);
    case 'consumer-mute':
      // Beside Phone Mute it is the loudspeaker's mute, which the desktop handles.
      if (!isSet || state.map.keys.some((key) => key.role === 'mute')) return [known, []];
      return pressed(known, reading, { key: 'mute', to: 'toggle' }, nowMs);
    case 'hold':
      if (!control.isRelative && (isSet === state.lamps.isHeld || nowMs - state.holdChangedAtMs < settleMs)) {
        return [known, []];
      }
      return pressed(known, reading, { key: 'flash' }, nowMs);
    case 'line-busy':
      return control.isRelative ? [known, []] : tookLineBusy(known, isSet, nowMs);
    default: {
      const press = isSet ? momentaryPress(reading, state.lamps) : undefined;
      return press === undefined ? [known, []] : pressed(known, reading, press, nowMs);
    }
  }
}

function momentaryPress({ control }: Reading, lamps: Lamps): KeyPress | undefined {
  switch (control.role) {
    case 'flash':
    case 'redial':
    case 'reject':
      return { key: control.role };
    case 'drop':
      if (lamps.isRinging) return { key: 'reject' };
      return lamps.isOffHook ? { key: 'hook', to: 'on-hook' } : undefined;
    case 'volume-up':
      return { key: 'volume', to: 'up' };
    case 'volume-down':
      return { key: 'volume', to: 'down' };
    case 'digit':
      return { key: 'digit', digit: control.digit };
    default:
      return undefined;
  }
}

function tookHook(state: HeadsetState, reading: Reading, nowMs: number): HeadsetStep {
  const { action, plan } = hookAction(state.hook, state.lamps, reading, nowMs);
  const next = { ...state, hook: plan };
  switch (action) {
    case 'ignore':
      return [next, []];
    case 'restore':
      return [rewritten(next, nowMs), []];
    case 'toggle':
    case 'off-hook':
    case 'on-hook':
      return pressed(next, reading, { key: 'hook', to: action }, nowMs);
  }
}

function pressed(state: HeadsetState, { control }: Reading, press: KeyPress, nowMs: number): HeadsetStep {
  const before = state.pressedAtMs.get(control.usage) ?? never;
  if (nowMs - before < bounceMs) return [state, []];
  const noted = { ...state, pressedAtMs: new Map(state.pressedAtMs).set(control.usage, nowMs) };
  const changesCall = press.key !== 'volume' && press.key !== 'digit';
  return [changesCall ? rewritten(noted, nowMs) : noted, [{ kind: 'press', press }]];
}

function rewritten(state: HeadsetState, nowMs: number): HeadsetState {
  const soon = nowMs + reassertAfterPressMs;
  return { ...state, reassertAtMs: Math.min(state.reassertAtMs ?? soon, soon) };
}

// --- another program ------------------------------------------------------------------------------------------------

/** Line Busy says "in a call of any program". Ours raises it too, so it counts only once our own state has settled. */
function tookLineBusy(state: HeadsetState, isLineBusy: boolean, nowMs: number): HeadsetStep {
  if (isLineBusy) return [{ ...state, isLineBusy, busyCheckAtMs: nowMs + settleMs }, []];
  return busyElsewhere({ ...state, isLineBusy, busyCheckAtMs: undefined }, false);
}

function busyChecked(state: HeadsetState, nowMs: number): HeadsetStep {
  if (state.busyCheckAtMs === undefined || state.busyCheckAtMs > nowMs) return [state, []];
  const checked = { ...state, busyCheckAtMs: undefined };
  return busyElsewhere(checked, state.isLineBusy && !state.lamps.isOffHook);
}

function busyElsewhere(state: HeadsetState, isBusy: boolean): HeadsetStep {
  if (state.isBusyElsewhere === isBusy) return [state, []];
  const effects: readonly HeadsetEffect[] = [
    { kind: 'busy-elsewhere', isBusy },
    { kind: 'press', press: { key: 'line-busy', isBusy } },
  ];
  return [{ ...state, isBusyElsewhere: isBusy }, effects];
}

/** Everything dark, written even if it already was: what a device is left with. */
export function restingHeadset(state: HeadsetState, nowMs: number): HeadsetState {
  return { ...shown(state, idleLamps, nowMs), forced: lampReportIds(state.map), reassertAtMs: undefined };
}
