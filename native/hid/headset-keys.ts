import type { KeyPress, Lamps } from '../../core/key.ts';
import {
  type HeadsetEffect,
  type HeadsetState,
  type HeadsetStep,
  type Level,
  never,
  rewritten,
} from './headset-state.ts';
import { bounceMs, settleMs } from './headset-timing.ts';
import { hookAction } from './hook-rules.ts';
import { isMuteShown } from './lamp-plan.ts';
import type { Reading } from './report-decoder.ts';

/** Readings to presses, echoes left out (facts/hid.md section 5). */

const levelRoles = ['hook', 'mute', 'hold'] as const;

function levelOf(reading: Reading): Level | undefined {
  return reading.control.isRelative ? undefined : levelRoles.find((role) => role === reading.control.role);
}

/** What the keys of one report mean. A press is an effect of this very step. */
export function tookReadings(state: HeadsetState, readings: readonly Reading[], nowMs: number): HeadsetStep {
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
  // The release of a relative key is not about the hook that stands beside it in the report.
  if (readings.some((reading) => reading.hasChanged)) return [];
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
      if (isSet === isMuteShown(state.lamps)) return [known, []];
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

// --- another program ------------------------------------------------------------------------------------------------

/** Line Busy says "in a call of any program". Ours raises it too, so it counts only once our own state has settled. */
function tookLineBusy(state: HeadsetState, isLineBusy: boolean, nowMs: number): HeadsetStep {
  if (isLineBusy) return [{ ...state, isLineBusy, busyCheckAtMs: nowMs + settleMs }, []];
  return busyElsewhere({ ...state, isLineBusy, busyCheckAtMs: undefined }, false);
}

/** What is true of another program once our own state has settled. */
export function busyChecked(state: HeadsetState, nowMs: number): HeadsetStep {
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
