import type { KeyLook } from './key-look.ts';

/** Red, green and blue, each 0-255. */
export type LampColour = [red: number, green: number, blue: number];

/** Pure colours, for a light behind a cap: those of a screen look white there. */
const colours: Record<KeyLook['tone'], LampColour> = {
  neutral: [0, 0, 255],
  good: [0, 255, 0],
  ringing: [255, 120, 0],
  attention: [255, 70, 0],
  danger: [255, 0, 0],
};

/** The colour of a key that has a lamp and no picture; black when it is not lit. */
export function lampColour(look: KeyLook | null): LampColour {
  return look?.isLit === true ? colours[look.tone] : [0, 0, 0];
}
