import { type HeadsetState, levelOf } from './headset-state.ts';
import { repeatRunMs, repeatsApartMs, repeatsMax, unaskedAfterMs } from './headset-timing.ts';
import type { Reading } from './report-decoder.ts';

/**
 * What a report means in which no key moved. A device that does not echo our writes says "hook 0" to hang up a call that
 * was answered on the screen; a device that says its state again every second says the same and means nothing by it.
 */

/**
 * The reading by which a report contradicts us without having moved; at most one, for two cannot both be meant. None of
 * a report that differs from the one before it: it is about what differs, a key of no use to us or a field of the maker.
 */
export function restated(state: HeadsetState, readings: readonly Reading[]): readonly Reading[] {
  if (state.repeats.count >= repeatsMax || state.decoder.newest === 'changed') return [];
  const contradicting = readings.filter((reading) => {
    const level = levelOf(reading);
    return level !== undefined && state.levels[level] !== reading.isSet;
  });
  return contradicting.length === 1 ? contradicting : [];
}

/** Notes a report from which nothing follows. */
export function repeated(state: HeadsetState, nowMs: number): HeadsetState {
  const { repeats, hook, muteChangedAtMs, holdChangedAtMs, movedAtMs } = state;
  const stirredAtMs = Math.max(hook.changedAtMs, muteChangedAtMs, holdChangedAtMs, movedAtMs);
  const isUnasked = state.decoder.newest === 'same' && nowMs - stirredAtMs >= unaskedAfterMs;
  const sinceMs = nowMs - repeats.atMs;
  // A habit once known is not forgotten, and one burst is no habit.
  if (!isUnasked || repeats.count >= repeatsMax || sinceMs < repeatsApartMs) return state;
  return { ...state, repeats: { count: sinceMs < repeatRunMs ? repeats.count + 1 : 1, atMs: nowMs } };
}
