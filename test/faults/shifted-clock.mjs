import { readFileSync } from 'node:fs';

/**
 * `node --import shifted-clock.mjs`: the wall clock of a process is off by what stands in the file HOOKLINE_CLOCK_FILE
 * (milliseconds), and jumps when that changes. `performance.now()` goes on as ever, as a monotonic clock does.
 */
const RealDate = Date;
const path = process.env.HOOKLINE_CLOCK_FILE ?? '';
/** The file is read again after so long; a jump is seen as soon as anybody would notice one. */
const rereadMs = 5;
let offsetMs = 0;
let readAt = Number.NEGATIVE_INFINITY;

function shifted() {
  const now = performance.now();
  if (now - readAt > rereadMs) {
    readAt = now;
    offsetMs = Number(readFileSync(path, 'utf8'));
  }
  return RealDate.now() + offsetMs;
}

globalThis.Date = class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(shifted());
    else super(...parts);
  }

  static now() {
    return shifted();
  }
};
