import type { LightModel } from './light-model.ts';

/**
 * ThingM blink(1). facts/hid.md section 10: feature report 1, command 'c' (fade to a colour), nine bytes with the id as
 * in the README of node-hid 3.4.0; fields from github.com/JnyJny/busylight_core `vendors/thingm/_blink1.py`.
 */

const reportId = 0x01;
/** 'c'. */
const fadeToColour = 0x63;
/** In hundredths of a second, big-endian: fast, as a flash needs it. */
const fadeTime = [0, 1] as const;
const allLeds = 0;

export const blink1: LightModel = {
  name: 'blink(1)',
  ids: [[0x27b8, 0x01ed]],
  transfer: 'feature',
  keepAliveEveryMs: null,
  unproven: [],
  encode: ({ red, green, blue }) => [Uint8Array.of(reportId, fadeToColour, red, green, blue, ...fadeTime, allLeds, 0)],
};
