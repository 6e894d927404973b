import type { StreamDeckControlDefinition } from '@elgato-stream-deck/core';
import type { PanelLayout } from '../../core/key-face.ts';
import type { PictureSize } from './draw-face.ts';

/**
 * What a key of a Stream Deck shows, by keyId: a picture of its own, a part of the strip above the knobs, or a colour.
 * Keys that show nothing are not in it.
 */
export type DeckShown =
  | { readonly on: 'key'; readonly index: number; readonly size: PictureSize }
  | { readonly on: 'strip'; readonly id: 0; readonly x: number; readonly size: PictureSize }
  | { readonly on: 'lamp'; readonly index: number };

/** The id of a knob that is pressed; its clicks have `-left` and `-right` behind it. */
export function knobId(index: number): string {
  return `knob-${index}`;
}

/** What each key of a model shows. The strip is shared evenly by the knobs below it. */
export function deckShows(controls: readonly StreamDeckControlDefinition[]): ReadonlyMap<string, DeckShown> {
  const knobs = controls.flatMap((control) => (control.type === 'encoder' ? [control.index] : []));
  const shows = new Map<string, DeckShown>();
  for (const control of controls) {
    if (control.type === 'button' && control.feedbackType !== 'none') {
      const { index } = control;
      const isPicture = control.feedbackType === 'lcd';
      shows.set(String(index), isPicture ? { on: 'key', index, size: control.pixelSize } : { on: 'lamp', index });
    }
    if (control.type === 'lcd-segment' && control.drawRegions) {
      const size = { width: Math.floor(control.pixelSize.width / knobs.length), height: control.pixelSize.height };
      knobs.forEach((knob, at) => {
        shows.set(knobId(knob), { on: 'strip', id: control.id, x: at * size.width, size });
      });
    }
  }
  return shows;
}

/** Keys by their number; a knob is three: a click to the left, pressed, a click to the right. */
export function deckLayout(controls: readonly StreamDeckControlDefinition[]): PanelLayout {
  const shows = deckShows(controls);
  const showsOf = (keyId: string): 'picture' | 'lamp' | 'none' => {
    const shown = shows.get(keyId);
    if (shown === undefined) return 'none';
    return shown.on === 'lamp' ? 'lamp' : 'picture';
  };
  const keys = controls.flatMap((control): PanelLayout['keys'] => {
    const { column, row } = control;
    if (control.type === 'lcd-segment') return [];
    if (control.type === 'button') {
      const keyId = String(control.index);
      return [{ keyId, column, row, width: 1, height: 1, shows: showsOf(keyId) }];
    }
    const keyId = knobId(control.index);
    const third = { row, width: 1 / 3, height: 1 };
    return [
      { ...third, keyId: `${keyId}-left`, column, shows: 'none' },
      { ...third, keyId, column: column + 1 / 3, shows: showsOf(keyId) },
      { ...third, keyId: `${keyId}-right`, column: column + 2 / 3, shows: 'none' },
    ];
  });
  // Thirds do not add up to whole numbers.
  const columns = Math.ceil(Math.max(1, ...keys.map((key) => key.column + key.width)) - 0.001);
  return { columns, rows: Math.max(1, ...keys.map((key) => key.row + 1)), keys };
}
