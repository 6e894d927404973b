/**
 * The headset that is not there: a report descriptor of our own, laid out as real ones are (facts/hid.md section 3):
 * hook and line busy absolute, the keys relative, reject in the Button form, a key pad that rests at 15, all lamps in one
 * report. Test vectors: test/native/simulated/simulated-headset.test.ts.
 */
const descriptorHex = [
  '050b 0905 a101 8502 1500 2501 7501', // Telephony, Headset, report 2, one-bit fields
  '0920 0997 9502 8102', // bit 0 Hook Switch, 1 Line Busy Tone: absolute
  '092f 0921 0924 9503 8106', // 2 Phone Mute, 3 Flash, 4 Redial: relative
  '0907 0509 9501 8102', // 5 reject
  '050c 09e9 09ea 9502 8106', // 6 Volume Up, 7 Volume Down
  '050b 19b0 29bb 250b 7504 9501 8140', // 8-11 key pad, array with null state
  '7504 9501 8101', // padding to two bytes
  '0508 2501 7501 0917 0918 0909 0920 0921 9505 9102', // bit 0 Off-Hook, 1 Ring, 2 Mute, 3 Hold, 4 Microphone
  '050b 099e 9501 9102', // 5 Ringer
  '9502 9101', // padding to one byte
  'c0',
].join('');

/** Its report descriptor. */
export const practiceHeadsetDescriptor: Uint8Array = Uint8Array.from(
  descriptorHex.replaceAll(' ', '').match(/../g) ?? [],
  (byte) => Number.parseInt(byte, 16),
);

/** Its one report id, both ways. */
export const practiceReportId = 2;
/** Bits of its input report. */
export const practiceKeyBits = {
  hook: 0,
  lineBusy: 1,
  mute: 2,
  flash: 3,
  redial: 4,
  reject: 5,
  volumeUp: 6,
  volumeDown: 7,
  keyPad: 8,
} as const;
/** What the key pad field holds while no key is down. */
export const practiceKeyPadRest = 15;
/** Bits of its output report. */
export const practiceLampBits = { offHook: 0, ring: 1, mute: 2, hold: 3 } as const;
