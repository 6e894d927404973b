import type { LightModel } from './light-model.ts';

/**
 * Luxafor Flag. facts/hid.md section 10, from github.com/JnyJny/busylight_core `vendors/luxafor/_flag.py` and `flag.py`,
 * padded to eight bytes as gonnect `LuxaforFlag.cpp` does.
 */

/** Command 1: show a colour at once. */
const showColour = 0x01;
/** Every LED, on both sides. */
const allLeds = 0xff;

export const luxafor: LightModel = {
  name: 'Luxafor',
  ids: [[0x04d8, 0xf372]],
  transfer: 'output',
  keepAliveEveryMs: null,
  unproven: [],
  // The leading 0x00: the device has no report ids.
  encode: ({ red, green, blue }) => [Uint8Array.of(0x00, showColour, allLeds, red, green, blue, 0, 0, 0)],
};
