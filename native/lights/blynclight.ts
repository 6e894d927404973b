import { isDark, type LightModel } from './light-model.ts';

/**
 * Embrava Blynclight Standard, Plus, Mini, Wireless and embedded, and the Plantronics Status Indicator that is one.
 * Embrava's own web library (`SendBlyncUSB30ControlCommand`, its masks beside it): report id 00, then red, blue, green, the
 * light's control byte, two bytes of music, FF 22. It agrees with github.com/JnyJny/busylight
 * `docs/hardware/devices/embrava.md`. Numbers: that page, busylight_core `vendors/embrava/`, and for the others the table of
 * Embrava's `DeviceAccess` as programs that use it repeat it. Not here: BLYNCUSB10 and 20 (1130:0001, 1130:0002: another chip,
 * another report) and the Lumena headsets (report 5).
 */

/** `byMaskLightOnOff`: bit 0 of the control byte, set for off. Bit 1 would dim, bit 2 flash. */
const off = 0x01;

export const blynclight: LightModel = {
  name: 'Blynclight',
  ids: [
    [0x2c0d, 0x0001],
    [0x2c0d, 0x0002],
    [0x2c0d, 0x0003],
    [0x2c0d, 0x0006],
    [0x2c0d, 0x0009],
    [0x2c0d, 0x000a],
    [0x2c0d, 0x000b],
    [0x2c0d, 0x000c],
    [0x2c0d, 0x0010],
    [0x0e53, 0x2516],
    [0x0e53, 0x2517],
    [0x0e53, 0x2519],
    [0x047f, 0xd005],
  ],
  transfer: 'output',
  keepAliveEveryMs: null,
  unproven: [
    'six of its numbers (2c0d:0002, 2c0d:0003, 2c0d:0006, 2c0d:0009, 2c0d:000b, 0e53:2519): one table has them, no light was seen',
  ],
  encode: (colour) => {
    const { red, green, blue } = colour;
    return [Uint8Array.of(0x00, red, blue, green, isDark(colour) ? off : 0, 0, 0, 0xff, 0x22)];
  },
};
