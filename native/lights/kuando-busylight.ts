import { type Colour, isDark, type LightModel } from './light-model.ts';

/**
 * Kuando Busylight Alpha and Omega. facts/hid.md section 10, from github.com/JnyJny/busylight_core
 * `vendors/kuando/_busylight.py` and gonnect `KuandoOmega.cpp`: 64 bytes = 7 steps of 8 bytes and a footer of 8. Numbers:
 * `busylight_alpha.py` (3bca, 3bcb, 3bce) and `busylight_omega.py` (3bcd, 3bcf) there, 3bcc from github.com/ericpulvino/pyBusylight.
 */

/** Seven steps and the footer. */
const payloadLength = 64;
/** Where the footer's three bytes of padding stand; gonnect fills them with FF. */
const paddingAt = 59;
/** The last two bytes: the sum of all before them, big-endian. */
const checksumAt = 62;
/** Opcode 1, jump to step 0: the step shows its colour for ever. */
const jump = 0x10;
/** Opcode 8, keep alive, for 15 s: the most that its four bits hold. */
const keepAlive = 0x8f;
/** The device counts colour from 0 to 100. */
const colourMax = 100;

/** Half of the 15 s that a keep-alive lasts, so that one which is lost does no harm (busylight_core does the same). */
const keepAliveEveryMs = 7_500;

export const kuandoBusylight: LightModel = {
  name: 'Kuando Busylight',
  ids: [
    [0x04d8, 0xf848],
    [0x27bb, 0x3bca],
    [0x27bb, 0x3bcb],
    [0x27bb, 0x3bcc],
    [0x27bb, 0x3bcd],
    [0x27bb, 0x3bce],
    [0x27bb, 0x3bcf],
  ],
  transfer: 'output',
  keepAliveEveryMs,
  unproven: [],
  encode: (colour) => (isDark(colour) ? [shown(colour)] : [shown(colour), report([keepAlive])]),
};

function shown({ red, green, blue }: Colour): Uint8Array {
  // Opcode, repeat, red, green, blue; on-time, off-time and sound stay 0: steady and silent.
  return report([jump, 0, scaled(red), scaled(green), scaled(blue)]);
}

function scaled(part: number): number {
  return Math.round((part / 255) * colourMax);
}

/** A report whose first step begins with these bytes. The device has no report ids. */
function report(firstStep: readonly number[]): Uint8Array {
  const payload = new Uint8Array(payloadLength);
  payload.set(firstStep);
  payload.fill(0xff, paddingAt, checksumAt);
  const sum = payload.subarray(0, checksumAt).reduce((total, byte) => total + byte, 0);
  new DataView(payload.buffer).setUint16(checksumAt, sum);
  return Uint8Array.of(0x00, ...payload);
}
