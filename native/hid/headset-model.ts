import { lampTrialMs } from '../../core/device-api.ts';
import { idleLamps, type LampName, type Lamps } from '../../core/key.ts';
import { toldBy } from './device-status.ts';
import { busyChecked, busyElsewhere, tookReadings } from './headset-keys.ts';
import type { HeadsetEffect, HeadsetState, HeadsetStep } from './headset-state.ts';
import { lineBusyLetGoMs, tellEveryMs, wantedWithinMs, writeGapMs } from './headset-timing.ts';
import { isMuteShown, type LampShadow, lampReportIds, nextLampReport, reportIdsOf, shownLamp } from './lamp-plan.ts';
import { type Echo, lampWritten } from './late-echo.ts';
import { decodeReport } from './report-decoder.ts';
import type { LampRole } from './usages.ts';

/**
 * One headset (facts/hid.md section 5). Pure: a step takes an input and the time and gives the next state and effects;
 * a key press is an effect of the very step that takes the report, with no timer between.
 */

export type HeadsetInput =
  | { readonly kind: 'show'; readonly lamps: Lamps }
  | { readonly kind: 'report'; readonly bytes: Uint8Array }
  /** The answer to a feature report that was asked for, its id first. */
  | { readonly kind: 'feature'; readonly bytes: Uint8Array }
  /** Somebody looks at one lamp; does nothing while a call rings or is up. */
  | { readonly kind: 'try'; readonly lamp: LampName }
  /** The write under way has ended, well or not. */
  | { readonly kind: 'written' }
  /** `dueAtMs` has come. */
  | { readonly kind: 'due' };

/** When the model next wants `due`; undefined: not before another input. */
export function dueAtMs(state: HeadsetState): number | undefined {
  const nextWriteAtMs = hasMoreToWrite(state) ? state.nextWriteAtMs : undefined;
  const tellAtMs = isToldNews(state) ? state.nextTellMs : undefined;
  const times = [state.reassertAtMs, state.busyCheckAtMs, state.trial?.untilMs, nextWriteAtMs, tellAtMs];
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
    case 'show': {
      const [next, effects] = letGo(shown(state, input.lamps, nowMs), nowMs);
      return pump(next, effects, nowMs);
    }
    case 'written':
      return pump({ ...state, isWriting: false, nextWriteAtMs: nowMs + writeGapMs }, [], nowMs);
    case 'due': {
      const [next, effects] = busyChecked(reasserted(trialEnded(state, nowMs), nowMs), nowMs);
      const [said, more] = handedOn(next, nowMs);
      return pump(said, [...effects, ...more], nowMs);
    }
    case 'report': {
      const [decoder, readings] = decodeReport(state.map, state.decoder, input.bytes);
      const [next, effects] = tookReadings({ ...state, decoder }, readings, nowMs);
      const [said, more] = told(next, 'input', input.bytes, nowMs);
      return pump(said, more.length === 0 ? effects : [...effects, ...more], nowMs);
    }
    case 'feature':
      return told(state, 'feature', input.bytes, nowMs);
    case 'try':
      return pump(onTrial(state, input.lamp, nowMs), [], nowMs);
  }
}

// --- what it tells, and lamps on trial ------------------------------------------------------------------------------

function told(state: HeadsetState, direction: 'input' | 'feature', bytes: Uint8Array, nowMs: number): HeadsetStep {
  const { statuses, usesReportIds } = state.map;
  if (statuses.length === 0) return [state, []];
  // An answer to a question for a feature report begins with its id in any case.
  const after = toldBy(statuses, state.told, direction, bytes, usesReportIds || direction === 'feature');
  return handedOn({ ...state, told: after }, nowMs);
}

/** Hands on what the device told, when that is news and may be said. */
function handedOn(state: HeadsetState, nowMs: number): HeadsetStep {
  if (!isToldNews(state) || nowMs < state.nextTellMs) return [state, []];
  const { told } = state;
  return [{ ...state, handedOn: told, nextTellMs: nowMs + tellEveryMs }, [{ kind: 'told', told }]];
}

function isToldNews({ told, handedOn: before }: HeadsetState): boolean {
  if (told === before) return false;
  return (
    told.presence !== before.presence ||
    told.battery?.percent !== before.battery?.percent ||
    told.battery?.isCharging !== before.battery?.isCharging
  );
}

function onTrial(state: HeadsetState, lamp: LampName, nowMs: number): HeadsetState {
  if (state.lamps.isOffHook || state.lamps.isRinging) return state;
  const trial = { lamp, untilMs: nowMs + lampTrialMs };
  return { ...moved(state, nowMs), trial, tried: new Set([...state.tried, lamp]) };
}

function trialEnded(state: HeadsetState, nowMs: number): HeadsetState {
  if (state.trial === undefined || state.trial.untilMs > nowMs) return state;
  return { ...moved(state, nowMs), trial: undefined };
}

/** The device's switches may follow the lamp on trial: no hand moved them. */
function moved(state: HeadsetState, nowMs: number): HeadsetState {
  return { ...state, muteChangedAtMs: nowMs, holdChangedAtMs: nowMs, hook: { ...state.hook, changedAtMs: nowMs } };
}

/** With no call of ours left, what looked like another program must show itself again, by Line Busy. */
function letGo(state: HeadsetState, nowMs: number): HeadsetStep {
  const isIdle = !state.lamps.isOffHook && !state.lamps.isRinging;
  if (!isIdle) return [state, []];
  if (!state.isLineBusy) return busyElsewhere(state, false);
  const busyCheckAtMs = state.busyCheckAtMs ?? nowMs + lineBusyLetGoMs;
  return [state.isBusyElsewhere ? state : { ...state, busyCheckAtMs }, []];
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
    // A call is more than a look at a lamp.
    trial: lamps.isOffHook || lamps.isRinging ? undefined : state.trial,
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
  const aim = { lamps: state.lamps, trial: state.trial?.lamp, tried: state.tried };
  return nextLampReport(state.map, state.quirks, state.shadow, aim, state.forced);
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
  const [offHook, mute, hold] = [written('off-hook'), written('mute'), written('hold')];
  const levels = {
    hook: offHook ?? state.levels.hook,
    mute: mute ?? state.levels.mute,
    hold: hold ?? state.levels.hold,
  };
  const isNews = (role: LampRole, lit: boolean): boolean => lit !== (shownLamp(state.map, before, role) ?? false);
  const echoOf = (echo: Echo, role: LampRole, lit: boolean | undefined): Echo =>
    lit === undefined || !isNews(role, lit) ? echo : lampWritten(echo, lit, nowMs);
  const echoes = {
    hook: echoOf(state.echoes.hook, 'off-hook', offHook),
    mute: echoOf(state.echoes.mute, 'mute', mute),
    hold: echoOf(state.echoes.hold, 'hold', hold),
  };
  if (offHook === undefined) return { ...state, levels, echoes };
  const isChange = isNews('off-hook', offHook);
  return {
    ...state,
    levels,
    echoes,
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
  const resting = { ...shown(state, idleLamps, nowMs), trial: undefined };
  return { ...resting, forced: lampReportIds(state.map), reassertAtMs: undefined, busyCheckAtMs: undefined };
}
