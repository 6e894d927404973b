import type { KeyPress, Lamps } from '../../core/key.ts';
import { type HeadsetEffect, type HeadsetState, type HeadsetStep, levelOf, never, rewritten } from './headset-state.ts';
import { bounceMs, lineBusyOursMs, settleMs } from './headset-timing.ts';
import { hookAction } from './hook-rules.ts';
import { isMuteShown } from './lamp-plan.ts';
import { type Level, switchMoved, wishedLevel } from './late-echo.ts';
import type { Reading } from './report-decoder.ts';
import { repeated, restated } from './restatement.ts';
import { isMomentary } from './telephony.ts';

/** Readings to presses, echoes left out (facts/hid.md section 5). */

/** What the keys of one report mean. A press is an effect of this very step. */
export function tookReadings(state: HeadsetState, readings: readonly Reading[], nowMs: number): HeadsetStep {
  const moved = readings.filter(({ control, isSet, hasChanged }) => (control.isRelative ? isSet : hasChanged));
  // The release of a relative key is not about the hook that stands beside it in the report.
  const isStill = !readings.some((reading) => reading.hasChanged);
  const acting = moved.length === 0 && isStill ? restated(state, readings) : moved;
  if (acting.length === 0 && isStill) return [repeated(state, nowMs), []];
  // Some headsets raise Redial together with Hook (Teams capture): the hook is meant.
  const isHookPressed = acting.some(({ control, isSet }) => control.role === 'hook' && isSet);
  const isDoubled = ({ control }: Reading): boolean => control.role === 'redial' || control.role === 'send';
  // The hook last: where a report has another key beside it, that key is what a hand pressed.
  const meant = acting
    .filter((reading) => !(isHookPressed && isDoubled(reading)))
    .sort((a, b) => Number(a.control.role === 'hook') - Number(b.control.role === 'hook'));
  let current = isStill ? state : { ...state, movedAtMs: nowMs };
  const effects: HeadsetEffect[] = [];
  for (const reading of meant) {
    const [next, more] = tookReading(current, reading, nowMs);
    current = next;
    effects.push(...more);
  }
  return [current, effects];
}

function tookReading(state: HeadsetState, reading: Reading, nowMs: number): HeadsetStep {
  const { control, isSet } = reading;
  // Out of an array's report: let go, or another key went down.
  if (control.selector !== undefined && !isSet && control.role !== 'extra') return [state, []];
  const level = levelOf(reading);
  const [known, isLate] = level === undefined ? [state, false] : tookLevel(state, level, reading, nowMs);
  if (isLate) return [rewritten(known, nowMs), []];
  switch (control.role) {
    case 'hook':
      return tookHook(known, reading, nowMs);
    case 'mute':
      if (isMomentary(control)) return pressed(known, reading, { key: 'mute', to: 'toggle' }, nowMs);
      return tookMuteLevel(known, reading, nowMs);
    case 'consumer-mute':
      // Beside Phone Mute it is the loudspeaker's mute, which the desktop handles.
      if (!isSet || state.map.keys.some((key) => key.role === 'mute')) return [known, []];
      return pressed(known, reading, { key: 'mute', to: 'toggle' }, nowMs);
    case 'hold':
      if (!isMomentary(control) && (isSet === state.lamps.isHeld || nowMs - state.holdChangedAtMs < settleMs)) {
        return [known, []];
      }
      return pressed(known, reading, { key: 'flash' }, nowMs);
    case 'line-busy':
      return isMomentary(control) ? [known, []] : tookLineBusy(known, isSet, nowMs);
    case 'extra':
      return [known, extraPresses(reading)];
    case 'drop':
      if (state.quirks.doesConfirmByDrop && nowMs - state.hook.changedAtMs < settleMs) return [known, []];
      return tookMomentary(known, reading, nowMs);
    default:
      return tookMomentary(known, reading, nowMs);
  }
}

/** The device's word on one of its switches, and whether it is only the late acknowledgement of an earlier lamp. */
function tookLevel(
  state: HeadsetState,
  level: Level,
  { isSet, hasChanged }: Reading,
  nowMs: number,
): readonly [HeadsetState, boolean] {
  const known = { ...state, levels: { ...state.levels, [level]: isSet } };
  if (!hasChanged) return [known, false];
  const [echo, isLate] = switchMoved(state.echoes[level], isSet, wishedLevel(state.lamps, level), nowMs);
  return [{ ...known, echoes: { ...state.echoes, [level]: echo } }, isLate];
}

/**
 * Mute as a level. Some devices declare a level and mean a button: 1 while it is down. Two quick falls against our wish
 * in a row give that away; from then on each such fall is the end of a press, until a level stays.
 */
function tookMuteLevel(state: HeadsetState, reading: Reading, nowMs: number): HeadsetStep {
  const { isSet } = reading;
  const isShown = isMuteShown(state.lamps);
  const before = state.muteButton;
  if (isSet) {
    const known = { ...state, muteButton: { ...before, roseAtMs: nowMs } };
    if (isShown) return [known, []];
    if (nowMs - state.muteChangedAtMs < settleMs) return [rewritten(known, nowMs), []];
    return pressed(known, reading, { key: 'mute', to: 'muted' }, nowMs);
  }
  if (!isShown) return [state, []];
  const isQuick = nowMs - before.roseAtMs < settleMs;
  const falls = isQuick ? before.falls + 1 : 0;
  const known = { ...state, muteButton: { ...before, falls } };
  // The first press of a button has just been shown; only a press that met "muted" means the opposite.
  const isButton = falls >= buttonFalls && state.muteChangedAtMs < before.roseAtMs;
  if (nowMs - state.muteChangedAtMs < settleMs || (isQuick && !isButton)) return [rewritten(known, nowMs), []];
  return pressed(known, reading, { key: 'mute', to: 'unmuted' }, nowMs);
}

/** Once may be the device's own way back (webhid issue 72). */
const buttonFalls = 2;

function tookMomentary(known: HeadsetState, reading: Reading, nowMs: number): HeadsetStep {
  const press = reading.isSet ? momentaryPress(reading, known.lamps) : undefined;
  return press === undefined ? [known, []] : pressed(known, reading, press, nowMs);
}

/** A key that only says "pressed" is let go at once, so that nothing bound to it stays held. */
function extraPresses({ control, isSet }: Reading): readonly HeadsetEffect[] {
  const down = (isDown: boolean): HeadsetEffect => ({
    kind: 'press',
    press: { key: 'panel', keyId: control.digit, isDown },
  });
  return control.isRelative ? [down(true), down(false)] : [down(isSet)];
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
    case 'send':
      return lamps.isOffHook ? undefined : { key: 'hook', to: 'off-hook' };
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
  const { action, plan, isContested } = hookAction(state.hook, state.lamps, reading, nowMs);
  const next = { ...state, hook: plan };
  if (isContested) return busyElsewhere(rewritten(next, nowMs), true);
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
  const isSideKey = press.key === 'mute' || press.key === 'flash' || press.key === 'reject';
  const hook = isSideKey ? { ...noted.hook, sideKeyAtMs: nowMs, restoresLeft: 1 } : noted.hook;
  return [changesCall ? rewritten({ ...noted, hook }, nowMs) : noted, [{ kind: 'press', press }]];
}

// --- another program ------------------------------------------------------------------------------------------------

/** Line Busy says "in a call of any program". Ours raises it too, so it counts only once our own state has settled. */
function tookLineBusy(state: HeadsetState, isLineBusy: boolean, nowMs: number): HeadsetStep {
  if (isLineBusy) return [{ ...state, isLineBusy, lineBusyAtMs: nowMs, busyCheckAtMs: nowMs + settleMs }, []];
  const freed = { ...state, isLineBusy, busyCheckAtMs: undefined };
  // In our call the device has been told by somebody that there is none.
  return busyElsewhere(state.lamps.isOffHook ? rewritten(freed, nowMs) : freed, false);
}

/** What is true of another program once our own state has settled. */
export function busyChecked(state: HeadsetState, nowMs: number): HeadsetStep {
  if (state.busyCheckAtMs === undefined || state.busyCheckAtMs > nowMs) return [state, []];
  const checked = { ...state, busyCheckAtMs: undefined };
  const { lamps, hook, lineBusyAtMs } = state;
  const isOurs = lamps.isOffHook ? lineBusyAtMs - hook.changedAtMs < lineBusyOursMs : lamps.isRinging;
  return busyElsewhere(checked, state.isBusyElsewhere || (state.isLineBusy && !isOurs));
}

/** Tells whether another program uses the device, when that is news. */
export function busyElsewhere(state: HeadsetState, isBusy: boolean): HeadsetStep {
  if (state.isBusyElsewhere === isBusy) return [state, []];
  const effects: readonly HeadsetEffect[] = [
    { kind: 'busy-elsewhere', isBusy },
    { kind: 'press', press: { key: 'line-busy', isBusy } },
  ];
  return [{ ...state, isBusyElsewhere: isBusy }, effects];
}
