import { isDark, type LightModel } from './light-model.ts';

/**
 * Embrava Blynclight, and the Plantronics Status Indicator that is one. facts/hid.md section 10, from
 * github.com/JnyJny/busylight_core `vendors/embrava/_blynclight.py`; the place and order of the colours and the Mini's
 * and Plantronics' numbers from github.com/JnyJny/busylight `docs/hardware/devices/embrava.md` (watched on the wire by
 * its author): 00, red, blue, green, a control word of 24 bits, FF 22.
 */

/** Bit 17 of the control word, in its first byte. The sources disagree on the bit, so dark is black as well as off. */
const off = 0x02;

export const blynclight: LightModel = {
  name: 'Blynclight',
  ids: [
    [0x2c0d, 0x0001],
    [0x2c0d, 0x000a],
    [0x2c0d, 0x000c],
    [0x0e53, 0x2516],
    [0x0e53, 0x2517],
    [0x047f, 0xd005],
  ],
  transfer: 'output',
  keepAliveEveryMs: null,
  unproven: [
    'the order of the colours (red, blue, green): one program says so, no device was seen',
    'the bit for off: the sources disagree; dark is sent as black too',
  ],
  encode: (colour) => {
    const { red, green, blue } = colour;
    return [Uint8Array.of(0x00, red, blue, green, isDark(colour) ? off : 0, 0, 0, 0xff, 0x22)];
  },
};
